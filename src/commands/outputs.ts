/** `tercel outputs`: what there is to send alerts to, and whether it takes them. Its commands are in outputs/. */
import { Command } from 'commander'
import { describeCommand } from './outputs/describe.ts'
import { listCommand } from './outputs/list.ts'
import { testCommand } from './outputs/test.ts'

export const outputsCommand = new Command('outputs')
  .description('list, describe and test outputs')
  .addCommand(listCommand)
  .addCommand(describeCommand)
  .addCommand(testCommand)
