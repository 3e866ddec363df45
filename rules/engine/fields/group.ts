/** `group.*`: the group on whose behalf the call was made. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

export const group: FieldClass = {
  name: 'group',
  description: 'The group on whose behalf the call was made.',
  sources: ['syscall'],
  fields: [
    field('group.gid', 'UINT32', 'Effective group id.', (event: Call) => event.gid),
    field(
      'group.name',
      'CHARBUF',
      'Name of the effective group.',
      (event: Call, { names }) => names.group(event.gid, event.process.containerId),
      { cost: 2 }
    )
  ]
}
