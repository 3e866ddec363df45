/** `syscall.*`: that an event is a system call, and which. */

import type { SyscallEvent } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

export const syscall: FieldClass = {
  name: 'syscall',
  description: 'The system call.',
  sources: ['syscall'],
  fields: [
    field('syscall.type', 'CHARBUF', 'Name of the system call.', (event: SyscallEvent) => event.type, { cost: 0 })
  ]
}
