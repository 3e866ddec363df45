/** `tercel dlq drop`: dead letters are deleted. */
import { Command } from 'commander'
import { printableText } from '../../../base/printable.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { print } from '../../print.ts'
import type { DroppedAnswer } from '../../server/api-types.ts'
import { confirm, requireTerminal, yesOption } from '../confirm.ts'
import { addControlOptions } from '../control-options.ts'
import { addChoiceOptions, type ChoiceOptions, choiceOf, countChosen } from './choice.ts'
import { lettersText } from './filter.ts'

interface DropOptions extends ConnectOptions, ChoiceOptions {
  readonly yes?: true
}

export const dropCommand = addControlOptions(
  addChoiceOptions(new Command('drop').description('delete dead letters for good')).addOption(yesOption())
).action(async (options: DropOptions, command: Command) => {
  const body = choiceOf(options, command)
  if (!options.yes) requireTerminal(command)
  const dropped = await withControl(options, async client => {
    const number = options.yes ? undefined : await countChosen(client, options)
    if (number === 0) return 0
    if (number !== undefined && !(await confirm(`delete ${lettersText(number, options)} for good`))) return undefined
    return (await client.post<DroppedAnswer>('/dead-letters/drop', { body })).dropped
  })
  const done = dropped === undefined ? 'nothing was deleted' : `deleted ${lettersText(dropped, options)}`
  await print(`${printableText(done)}\n`)
})
