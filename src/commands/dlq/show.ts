/** `tercel dlq show`: all that is known of a dead letter. */
import { Argument, Command } from 'commander'
import { indentedJson, printableJson, printableText } from '../../../base/printable.ts'
import { formatAge } from '../../../config/quantities.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { redact } from '../../log.ts'
import { print } from '../../print.ts'
import type { DeadLetterAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import { readId } from './filter.ts'

interface ShowOptions extends ConnectOptions {
  readonly json?: true
}

export const showCommand = addControlOptions(
  new Command('show')
    .description('show a dead letter: why it died, and its alert')
    .addArgument(new Argument('<id>', 'its number, as tercel dlq list shows it').argParser(readId))
    .option('--json', 'as JSON: one object')
).action(async (id: number, options: ShowOptions) => {
  const letter = await withControl(options, client =>
    client.get<DeadLetterAnswer>(`/dead-letters/${id}`, { one: true })
  )
  await print(options.json ? `${printableJson(letter)}\n` : textOf(letter))
})

/** An attacker wrote the alert, and a far end the reason. */
function textOf({ id, output, rule, priority, died, attempts, reason, alert, damaged }: DeadLetterAnswer): string {
  const age = formatAge(Math.max(1000, Date.now() - Date.parse(died)))
  const lines = [
    `dead letter ${id}`,
    `output    ${output}`,
    `rule      ${rule ?? 'unknown'}`,
    `priority  ${priority ?? 'unknown'}`,
    `died      ${died} (${age} ago)`,
    `attempts  ${attempts}`,
    `reason    ${reason}`
  ]
  const head = lines.map(line => printableText(redact(line))).join('\n')
  const body = alert === null ? `damaged in the spool: ${printableText(damaged ?? '')}` : indentedJson(alert)
  return `${head}\n\n${body}\n`
}
