/** Which dead letters a command is about. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { count } from '../../count.ts'
import type { DeadLetterFilterBody } from '../../server/api-types.ts'
import { timeOption } from '../options.ts'

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
