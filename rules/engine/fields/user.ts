/** `user.*` and `group.*`: on whose behalf the call was made. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

export const user: FieldClass = {
  name: 'user',
  sources: ['syscall'],
  fields: [
    field('user.uid', 'UINT32', 'Effective user id.', (event: Call) => event.uid),
    field(
      'user.name',
      'CHARBUF',
      'Name of the effective user.',
      (event: Call, { names }) => names.user(event.uid, event.process.containerId),
      { cost: 2 }
    ),
    field(
      'user.loginuid',
      'INT64',
      'User id of the login, which su and sudo leave as it was; -1 without a login.',
      ({ process }: Call) => process.loginUid
    ),
    field(
      'user.loginname',
      'CHARBUF',
      'Name of the user of the login; the text <NA> without a login.',
      ({ process }: Call, { names }) =>
        // People log in to the host, also those who then enter a container.
        process.loginUid < 0 ? '<NA>' : names.user(process.loginUid, ''),
      { cost: 2 }
    ),
    field('user.homedir', 'CHARBUF', 'Home directory of the user.'),
    field('user.shell', 'CHARBUF', 'Login shell of the user.'),
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
