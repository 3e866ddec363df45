/** `tercel spool compact`: gives unused room of the spool's file back to the disk. */
import { Command } from 'commander'
import { printableJson } from '../../../base/printable.ts'
import { formatSize } from '../../../config/quantities.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { print } from '../../print.ts'
import type { CompactAnswer, CompactProgressAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import type { Step } from '../progress.ts'
import { runWork } from './work.ts'

interface CompactOptions extends ConnectOptions {
  readonly json?: true
}

export const compactCommand = addControlOptions(
  new Command('compact')
    .description('give room that the spool does not use back to the disk; tercel goes on meanwhile')
    .option('--json', 'as JSON: one object')
).action(async (options: CompactOptions) => {
  const report = await withControl(options, client =>
    runWork<CompactProgressAnswer, CompactAnswer>(client, '/spool/compact', stepOf)
  )
  await print(options.json ? `${printableJson(report)}\n` : textOf(report))
})

function stepOf({ given_bytes: done, free_bytes: total }: CompactProgressAnswer): Step {
  return { step: 'bytes given back', done, total }
}

function textOf({ before_bytes: before, after_bytes: after }: CompactAnswer): string {
  const given = before > after ? `${formatSize(before - after)} given back` : 'there was nothing to give back'
  return `${given}: the spool takes ${formatSize(after)}\n`
}
