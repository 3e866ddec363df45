/** `tercel spool verify`: reads all of the spool and says what is damaged. */
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { printableJson, printableText } from '../../../base/printable.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { count } from '../../count.ts'
import { print } from '../../print.ts'
import type { VerifyAnswer, VerifyProgressAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import { runWork } from './work.ts'

interface VerifyOptions extends ConnectOptions {
  readonly json?: true
}

const remedy =
  'alerts that are damaged become dead letters; for anything else stop tercel, move the folder of the spool away, and start it with a new one'

export const verifyCommand = addControlOptions(
  new Command('verify')
    .description('read the whole spool and say what of it is damaged; tercel goes on meanwhile')
    .option('--json', 'as JSON: one object')
    .addHelpText('after', '\nA spool that is damaged ends it with exit code 74.')
).action(async (options: VerifyOptions) => {
  const report = await withControl(options, client =>
    runWork<VerifyProgressAnswer, VerifyAnswer>(client, '/spool/verify', progress => progress)
  )
  await print(options.json ? `${printableJson(report)}\n` : textOf(report))
  if (!report.ok) throw new TercelError('TERCEL_SPOOL', `the spool is damaged: ${remedy}`)
})

function textOf({ ok, problems, alerts, dead_letters: deadLetters, ms }: VerifyAnswer): string {
  const read = `${count(alerts, 'alert')} and ${count(deadLetters, 'dead letter')} read in ${(ms / 1000).toFixed(1)} s`
  const lines = [...problems, `${ok ? 'the spool is sound' : 'problems were found'}: ${read}`]
  return lines.map(line => `${printableText(line)}\n`).join('')
}
