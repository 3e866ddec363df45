/** `tercel dlq replay`: dead letters are sent again. */
import { Command } from 'commander'
import { printableText } from '../../../base/printable.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { print } from '../../print.ts'
import type { ReplayedAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import { addChoiceOptions, type ChoiceOptions, choiceOf } from './choice.ts'
import { lettersText } from './filter.ts'

export const replayCommand = addControlOptions(
  addChoiceOptions(
    new Command('replay').description('put dead letters back into the spool: their outputs send them again')
  )
).action(async (options: ConnectOptions & ChoiceOptions, command: Command) => {
  const body = choiceOf(options, command)
  const { replayed } = await withControl(options, client =>
    client.post<ReplayedAnswer>('/dead-letters/replay', { body })
  )
  await print(printableText(`replayed ${lettersText(replayed, options)}`).concat('\n'))
})
