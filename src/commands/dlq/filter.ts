/** Which dead letters a command is about. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseTime } from '../../../config/quantities.ts'
import { count } from '../../count.ts'
import type { DeadLetterFilterBody } from '../../server/api-types.ts'

/** As commander gives them: an option that is not given may be there as undefined. */
export type FilterOptions = DeadLetterFilterBody

/** Adds the options; those that are given must all fit. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--output <name>', 'only those of this output')
    .option('--rule <name>', 'only those of this rule; * stands for any text')
    .option('--reason <text>', 'only those whose reason has this text in it, in capitals or not')
    .addOption(timeOption('--since <time>', 'only those that died since then: a time (UTC), or 2h for two hours ago'))
    .addOption(timeOption('--until <time>', 'only those that died before then'))
    .addOption(new Option('--id <id...>', 'only these').argParser(readIds))
}

/** An option whose value becomes ISO 8601. */
export function timeOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(text => {
    const ms = parseTime(text, Date.now())
    if (ms !== undefined) return new Date(ms).toISOString()
    throw new InvalidArgumentError('expected a time such as 2026-01-02T03:04:05Z, or 2h for two hours ago')
  })
}

/** What of the options goes to the API. */
export function filterOf({ output, rule, reason, since, until, id }: FilterOptions): DeadLetterFilterBody {
  const filter = { output, rule, reason, since, until, id }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** `3 dead letters`, `1 dead letter of hook` */
export function lettersText(number: number, { output }: FilterOptions = {}): string {
  return `${count(number, 'dead letter')}${output === undefined ? '' : ` of ${output}`}`
}

/** One id on its own. */
export function readId(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  throw new InvalidArgumentError('expected the number of a dead letter, as tercel dlq list shows it')
}

function readIds(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, ...text.split(',').map(readId)]
}
