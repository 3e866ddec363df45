/** The arguments of a call, as its event carries them. */

import { notKnown } from '../../../collector/calls/call.ts'
import type { SyscallEvent } from '../../../collector/event.ts'
import type { Argument } from './field.ts'

/** An argument by name, or by position from 0. */
export function readArgument(event: SyscallEvent, _context: unknown, argument: Argument): string | undefined {
  if (typeof argument === 'number') return event.args[argument]?.value
  for (const { name, value } of event.args) if (name === argument) return value
  return undefined
}

/** The same by name, and undefined also where the argument could not be read. */
export function knownArgument(event: SyscallEvent, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : readArgument(event, undefined, name)
  return value === notKnown ? undefined : value
}

/** `name=value`, separated by blanks. */
export function formatArguments(event: SyscallEvent): string {
  return event.args.map(({ name, value }) => `${name}=${value}`).join(' ')
}
