/** Which dead letters a command changes: those of a filter, or all, which has to be said. */
import type { Command } from 'commander'
import type { ControlClient } from '../../control/client.ts'
import type { DeadLetterChoice, DeadLetterCountAnswer } from '../../server/api-types.ts'
import { addFilterOptions, type FilterOptions, filterOf } from './filter.ts'

export interface ChoiceOptions extends FilterOptions {
  readonly all?: true
}

export function addChoiceOptions(command: Command): Command {
  return addFilterOptions(command).option('--all', 'all of them: without any other option this has to be said')
}

/** What of the options goes to the API. Ends the command where they do not say what is meant. */
export function choiceOf(options: ChoiceOptions, command: Command): DeadLetterChoice {
  const filter = filterOf(options)
  const isEmpty = Object.keys(filter).length === 0
  if (isEmpty && options.all !== true) command.error('error: say which dead letters, such as --output NAME, or --all')
  if (!isEmpty && options.all === true) command.error("error: '--all' cannot be used with options that choose some")
  return isEmpty ? { all: true } : { filter }
}

export async function countChosen(client: ControlClient, options: ChoiceOptions): Promise<number> {
  return (await client.get<DeadLetterCountAnswer>('/dead-letters/count', { query: filterOf(options) })).count
}
