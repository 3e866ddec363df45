/** `tercel dlq`: dead letters, which are alerts that an output will never take as they are. Its commands are in dlq/. */
import { Command } from 'commander'
import { dropCommand } from './dlq/drop.ts'
import { listCommand } from './dlq/list.ts'
import { replayCommand } from './dlq/replay.ts'
import { showCommand } from './dlq/show.ts'

export const dlqCommand = new Command('dlq')
  .description('list, show, replay and drop dead letters: alerts that a far end refused for good')
  .addCommand(listCommand)
  .addCommand(showCommand)
  .addCommand(replayCommand)
  .addCommand(dropCommand)
