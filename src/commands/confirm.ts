/** Asking before something is gone for good. */
import { createInterface } from 'node:readline/promises'
import { isatty } from 'node:tty'
import { type Command, Option } from 'commander'
import { printableText } from '../../base/printable.ts'

const stdin = 0

export function yesOption(): Option {
  return new Option('-y, --yes', 'do not ask; needed where there is no terminal')
}

/** Ends the command where it would have to ask and there is no terminal. */
export function requireTerminal(command: Command): void {
  if (!isatty(stdin)) command.error('error: there is no terminal to ask on: say --yes to do it')
}

/**
 * Asks on the terminal; true when the answer is yes.
 *
 * @param question without its question mark.
 */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // At the end of the input there is no answer.
  const ended = new Promise<string>(resolve => lines.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([lines.question(`${printableText(question)}? [y/N] `), ended])
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    lines.close()
  }
}
