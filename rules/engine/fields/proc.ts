/** `proc.*` and `thread.*`: the process that made the call, its ancestors and its session. */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type FieldClass, field } from './field.ts'
import { ancestors, commandLine, executableLine } from './lineage.ts'

const lineage = { argument: { required: false, of: 'index' }, cost: 5 } as const
const key = { argument: { required: false, of: 'key' } } as const
const longText = { cost: 10 }

export const proc: FieldClass = {
  name: 'proc',
  sources: ['syscall'],
  fields: [
    field('proc.name', 'CHARBUF', 'Name of the process, at most 15 bytes.', ({ process }: Call) => process.name),
    field(
      'proc.exe',
      'CHARBUF',
      'The first argument (argv[0]), which the process chose.',
      ({ process }: Call) => process.exe
    ),
    field('proc.exepath', 'CHARBUF', 'Path of the executable.', ({ process }: Call) => process.exepath),
    field(
      'proc.args',
      'CHARBUF',
      'The arguments, separated by blanks.',
      ({ process }: Call) => process.args.join(' '),
      longText
    ),
    field('proc.cmdline', 'CHARBUF', 'Name and arguments.', ({ process }: Call) => commandLine(process), longText),
    field(
      'proc.exeline',
      'CHARBUF',
      'First argument and the other arguments.',
      ({ process }: Call) => executableLine(process),
      longText
    ),
    field('proc.cmdnargs', 'UINT64', 'Number of arguments.', ({ process }: Call) => process.args.length),
    field('proc.cwd', 'CHARBUF', 'Working directory.', ({ process }: Call) => process.cwd),
    field('proc.pid', 'INT64', 'Process id.', ({ process }: Call) => process.pid),
    field('proc.vpid', 'INT64', 'Process id in its own namespace.', ({ process }: Call) => process.vpid),
    field('proc.sid', 'INT64', 'Session id.', ({ process }: Call) => process.sid),
    field('proc.vsid', 'INT64', 'Session id in its own namespace.', ({ process }: Call) => process.vsid),
    field('proc.pgid', 'INT64', 'Process group id.', ({ process }: Call) => process.pgid),
    field('proc.vpgid', 'INT64', 'Process group id in its own namespace.', ({ process }: Call) => process.vpgid),
    field(
      'proc.is_sid_leader',
      'BOOL',
      'Whether it leads its session.',
      ({ process }: Call) => process.pid === process.sid
    ),
    field(
      'proc.is_vsid_leader',
      'BOOL',
      'The same within its namespace.',
      ({ process }: Call) => process.vpid === process.vsid
    ),
    field(
      'proc.is_pgid_leader',
      'BOOL',
      'Whether it leads its process group.',
      ({ process }: Call) => process.pid === process.pgid
    ),
    field(
      'proc.is_vpgid_leader',
      'BOOL',
      'The same within its namespace.',
      ({ process }: Call) => process.vpid === process.vpgid
    ),
    field('proc.tty', 'UINT32', 'Device number of the terminal; 0 without one.', ({ process }: Call) => process.tty),
    field(
      'proc.duration',
      'RELTIME',
      'Time since the process began.',
      (event: Call) => event.time - event.process.startTime,
      { cost: 2 }
    ),
    field('proc.pid.ts', 'ABSTIME', 'When the process began.', ({ process }: Call) => process.startTime),

    field('proc.ppid', 'INT64', 'Process id of the parent.', ({ process }: Call) => process.ppid),
    field(
      'proc.pvpid',
      'INT64',
      'Process id of the parent in its own namespace.',
      ({ process }: Call) => process.parent?.vpid
    ),
    field('proc.pname', 'CHARBUF', 'Name of the parent.', ({ process }: Call) => process.parent?.name),
    field('proc.pexe', 'CHARBUF', 'First argument of the parent.', ({ process }: Call) => process.parent?.exe),
    field(
      'proc.pexepath',
      'CHARBUF',
      'Path of the executable of the parent.',
      ({ process }: Call) => process.parent?.exepath
    ),
    field(
      'proc.pcmdline',
      'CHARBUF',
      'Name and arguments of the parent.',
      ({ process }: Call) => process.parent && commandLine(process.parent),
      longText
    ),
    field(
      'proc.ppid.duration',
      'RELTIME',
      'Time since the parent began.',
      (event: Call) => event.process.parent && event.time - event.process.parent.startTime,
      { cost: 2 }
    ),
    field('proc.ppid.ts', 'ABSTIME', 'When the parent began.', ({ process }: Call) => process.parent?.startTime),

    field(
      'proc.aname',
      'CHARBUF',
      'Name of an ancestor: [0] the process itself, [1] its parent; without an index any ancestor.',
      ancestors(process => process.name),
      lineage
    ),
    field(
      'proc.aexe',
      'CHARBUF',
      'First argument of an ancestor.',
      ancestors(process => process.exe),
      lineage
    ),
    field(
      'proc.aexepath',
      'CHARBUF',
      'Path of the executable of an ancestor.',
      ancestors(process => process.exepath),
      lineage
    ),
    field('proc.acmdline', 'CHARBUF', 'Name and arguments of an ancestor.', ancestors(commandLine), {
      ...lineage,
      cost: 20
    }),
    field(
      'proc.apid',
      'INT64',
      'Process id of an ancestor.',
      ancestors(process => process.pid),
      lineage
    ),

    field(
      'proc.sname',
      'CHARBUF',
      'Name of the leader of the session.',
      ({ process }: Call) => process.sessionLeader?.name
    ),
    field(
      'proc.sexe',
      'CHARBUF',
      'First argument of the leader of the session.',
      ({ process }: Call) => process.sessionLeader?.exe
    ),
    field(
      'proc.sexepath',
      'CHARBUF',
      'Path of the executable of the leader of the session.',
      ({ process }: Call) => process.sessionLeader?.exepath
    ),

    field('proc.env', 'CHARBUF', 'Environment, or one variable of it.', undefined, key),
    field('proc.is_exe_writable', 'BOOL', 'Whether the executable may be written by the user who runs it.'),
    field('proc.is_exe_upper_layer', 'BOOL', 'Whether the executable was added to the running container.'),
    field('proc.is_exe_lower_layer', 'BOOL', 'Whether the executable comes from the image.'),
    field('proc.is_exe_from_memfd', 'BOOL', 'Whether the executable is a file in memory.'),
    field('proc.exe_ino', 'INT64', 'Inode number of the executable.'),
    field('proc.exe_ino.ctime', 'ABSTIME', 'When the inode of the executable was last changed.'),
    field('proc.exe_ino.mtime', 'ABSTIME', 'When the executable was last written.'),
    field(
      'proc.exe_ino.ctime_duration_proc_start',
      'RELTIME',
      'Time between the last change of the inode and the start.'
    ),
    field(
      'proc.exe_ino.ctime_duration_pidns_start',
      'RELTIME',
      'Time between the start of the container and the last change of the inode.'
    ),
    field('proc.pidns_init_start_ts', 'ABSTIME', 'When the first process of the namespace began.'),
    field('proc.loginshellid', 'INT64', 'Process id of the oldest shell among the ancestors.'),
    field('proc.fdopencount', 'UINT64', 'Number of open descriptors.'),
    field('proc.fdlimit', 'INT64', 'Limit of open descriptors.')
  ]
}

export const thread: FieldClass = {
  name: 'thread',
  sources: ['syscall'],
  fields: [
    field('thread.tid', 'INT64', 'Id of the thread that made the call.', (event: Call) => event.tid),
    field('thread.vtid', 'INT64', 'Id of the thread in its own namespace.'),
    field(
      'thread.name',
      'CHARBUF',
      'Name of the thread, which may differ from that of its process.',
      (event: Call) => event.threadName
    ),
    field('thread.ismain', 'BOOL', 'Whether it is the main thread.', (event: Call) => event.tid === event.process.pid),
    field('thread.cap_permitted', 'CHARBUF', 'Permitted capabilities.'),
    field('thread.cap_effective', 'CHARBUF', 'Effective capabilities.'),
    field('thread.cap_inheritable', 'CHARBUF', 'Inheritable capabilities.'),
    field('thread.cgroup', 'CHARBUF', 'Control group of one subsystem.', undefined, key),
    field('thread.cgroups', 'CHARBUF', 'Control groups of all subsystems.')
  ]
}
