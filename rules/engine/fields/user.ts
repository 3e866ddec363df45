/** `user.*`: on whose behalf the call was made. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'

const lookup = { cost: 2 }

export const user: FieldClass = {
  name: 'user',
  description: 'The user on whose behalf the call was made.',
  sources: ['syscall'],
  fields: [
    field('user.uid', 'UINT32', 'Effective user id.', (event: Call) => event.uid),
    field(
      'user.name',
      'CHARBUF',
      'Name of the effective user.',
      (event: Call, { names }) => names.user(event.uid, event.process.containerId),
      lookup
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
      lookup
    ),
    field('user.homedir', 'CHARBUF', 'Home directory of the user.'),
    field('user.shell', 'CHARBUF', 'Login shell of the user.')
  ]
}
