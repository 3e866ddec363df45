/** How the command line tells what went wrong: one place for every command. */
import { CommanderError } from 'commander'
import { messageOf, TercelError } from '../base/errors.ts'
import { printableText } from '../base/printable.ts'
import { redact } from './log.ts'
import { printedProblems } from './problems.ts'

/** sysexits.h */
const EX_USAGE = 64
const EX_SOFTWARE = 70

export interface Report {
  /** Lines for standard error; empty when commander has already said it. */
  readonly text: string
  readonly exitCode: number
}

/**
 * What to print for an error, and the exit code. What the operator can mend has no stack trace; a defect has one.
 * Secrets of the configuration are left out.
 */
export function report(error: unknown): Report {
  if (error instanceof CommanderError) return { text: '', exitCode: error.exitCode === 0 ? 0 : EX_USAGE }
  if (error instanceof TercelError && error.operator) {
    const lines = [printableText(redact(`tercel: ${error.message}`)), ...printedProblems(error)]
    return { text: `${lines.join('\n')}\n`, exitCode: error.exitCode }
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
  const cause = error instanceof Error && error.cause !== undefined ? `\ncaused by: ${messageOf(error.cause)}` : ''
  return { text: `tercel: this is a defect of tercel\n${redact(stack + cause)}\n`, exitCode: EX_SOFTWARE }
}
