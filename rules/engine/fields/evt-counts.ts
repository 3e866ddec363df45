/** `evt.count.*`: numbers to be summed over events. */

import type { SyscallEvent } from '../../../collector/event.ts'
import { errorKindOf } from './call-kinds.ts'
import { type Field, field } from './field.ts'

const free = { cost: 0 }

export const countFields: readonly Field[] = [
  field('evt.count.error', 'UINT32', '1 for a call that returned an error, else 0.', errors),
  field('evt.count.error.file', 'UINT32', 'As evt.count.error, for calls on files only.', errorsOf('file')),
  field('evt.count.error.net', 'UINT32', 'As evt.count.error, for calls on sockets only.', errorsOf('net')),
  field('evt.count.error.memory', 'UINT32', 'As evt.count.error, for calls that map memory only.', errorsOf('memory')),
  field('evt.count.error.other', 'UINT32', 'As evt.count.error, for all other calls only.', errorsOf('other')),
  field('evt.count.exit', 'UINT32', 'Always 1: a call is seen when it returns.', () => 1, free),
  field('evt.count.procinfo', 'UINT32', '1 for a report on a process, which no system call is.', () => 0, free),
  field('evt.count.threadinfo', 'UINT32', '1 for a report on a thread, which no system call is.', () => 0, free)
]

function errors({ result }: SyscallEvent): number {
  return result < 0 ? 1 : 0
}

function errorsOf(kind: ReturnType<typeof errorKindOf>): (event: SyscallEvent) => number | undefined {
  return event => (errorKindOf(event) === kind ? errors(event) : undefined)
}
