/** `tercel rules`: what helps to write rules. Its commands are in rules/, one file for each. */
import { Command } from 'commander'
import { checkCommand } from './rules/check.ts'
import { codesCommand } from './rules/codes.ts'
import { evalCommand } from './rules/eval.ts'
import { explainCommand } from './rules/explain.ts'
import { listCommand } from './rules/list.ts'
import { testCommand } from './rules/test.ts'

export const rulesCommand = new Command('rules')
  .description('check, list, explain, try out and test rules')
  .addCommand(checkCommand)
  .addCommand(listCommand)
  .addCommand(explainCommand)
  .addCommand(evalCommand)
  .addCommand(testCommand)
  .addCommand(codesCommand)
