/** `tercel dlq drop`: dead letters are deleted. */
import { Command } from 'commander'
import { printableText } from '../../../base/printable.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { print } from '../../print.ts'
import type { DroppedAnswer } from '../../server/api-types.ts'
import { confirm, requireTerminal, yesOption } from '../confirm.ts'
import { addControlOptions } from '../control-options.ts'
import { addChoiceOptions, type ChoiceOptions, choiceOf, countChosen } from './choice.ts'
import { filterOf, lettersText } from './filter.ts'

interface DropOptions extends ConnectOptions, ChoiceOptions {
  readonly yes?: true
}

export const dropCommand = addControlOptions(
  addChoiceOptions(new Command('drop').description('delete dead letters for good')).addOption(yesOption())
).action(async (options: DropOptions, command: Command) => {
  const body = choiceOf(options, command)
  if (!options.yes) requireTerminal(command)
  const dropped = await withControl(options, async client => {
    if (options.yes) return (await client.post<DroppedAnswer>('/dead-letters/drop', { body })).dropped
    // What dies while the question is open was not asked about.
    const asked = { until: new Date().toISOString(), ...options }
    const number = await countChosen(client, asked)
    if (number === 0) return 0
    if (!(await confirm(`delete ${lettersText(number, options)} for good`))) return undefined
    return (await client.post<DroppedAnswer>('/dead-letters/drop', { body: { filter: filterOf(asked) } })).dropped
  })
  const done = dropped === undefined ? 'nothing was deleted' : `deleted ${lettersText(dropped, options)}`
  await print(`${printableText(done)}\n`)
})
