/** `proc.*` of the file that the process runs. */

import { type Field, field } from './field.ts'

export const executableFields: readonly Field[] = [
  field('proc.is_exe_writable', 'BOOL', 'Whether the executable may be written by the user who runs it.'),
  field('proc.is_exe_upper_layer', 'BOOL', 'Whether the executable was added to the running container.'),
  field('proc.is_exe_lower_layer', 'BOOL', 'Whether the executable comes from the image.'),
  field('proc.is_exe_from_memfd', 'BOOL', 'Whether the executable is a file in memory.'),
  field('proc.exe_ino', 'INT64', 'Inode number of the executable.'),
  field(
    'proc.exe_ino.ctime',
    'ABSTIME',
    'When the inode of the executable was last changed, in nanoseconds since the epoch.'
  ),
  field('proc.exe_ino.mtime', 'ABSTIME', 'When the executable was last written, in nanoseconds since the epoch.'),
  field(
    'proc.exe_ino.ctime_duration_proc_start',
    'ABSTIME',
    'Nanoseconds between the last change of the inode and the start of the process.'
  ),
  field(
    'proc.exe_ino.ctime_duration_pidns_start',
    'ABSTIME',
    'Nanoseconds between the start of the namespace of process ids and the last change of the inode.'
  )
]
