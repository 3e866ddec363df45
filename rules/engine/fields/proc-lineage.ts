/** `proc.*` of other processes: the parent, any ancestor, and the leaders of the session and of the process group. */

import type { SyscallEvent as Call, Process } from '../../../collector/event.ts'
import { type Field, field } from './field.ts'
import { ancestors, commandLine, groupLeader, joinedArguments, oldestShell } from './lineage.ts'

const lineage = { argument: { required: false, of: 'index' }, cost: 5 } as const
const longLineage = { ...lineage, cost: 20 }
const longText = { cost: 10 }
const leader = { cost: 5 }

const parentFields: readonly Field[] = [
  field('proc.ppid', 'INT64', 'Process id of the parent.', ({ process }: Call) => process.ppid),
  field(
    'proc.pvpid',
    'INT64',
    'Process id of the parent in its own namespace.',
    ofParent(process => process.vpid)
  ),
  field(
    'proc.pname',
    'CHARBUF',
    'Name of the parent.',
    ofParent(process => process.name)
  ),
  field(
    'proc.pexe',
    'CHARBUF',
    'First argument of the parent.',
    ofParent(process => process.exe)
  ),
  field(
    'proc.pexepath',
    'CHARBUF',
    'Path of the executable of the parent.',
    ofParent(process => process.exepath)
  ),
  field('proc.pcmdline', 'CHARBUF', 'Name and arguments of the parent.', ofParent(commandLine), longText),
  field(
    'proc.ppid.duration',
    'RELTIME',
    'Nanoseconds since the parent began.',
    (event: Call) => event.process.parent && event.time - event.process.parent.startTime,
    { cost: 2 }
  ),
  field(
    'proc.ppid.ts',
    'RELTIME',
    'When the parent began, in nanoseconds since the Unix epoch.',
    ofParent(process => process.startTime)
  )
]

const ancestorFields: readonly Field[] = [
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
  field('proc.aargs', 'CHARBUF', 'Arguments of an ancestor after the first.', ancestors(joinedArguments), longLineage),
  field('proc.acmdline', 'CHARBUF', 'Name and arguments of an ancestor.', ancestors(commandLine), longLineage),
  field(
    'proc.apid',
    'INT64',
    'Process id of an ancestor.',
    ancestors(process => process.pid),
    lineage
  ),
  field('proc.aenv', 'CHARBUF', 'Environment of an ancestor, or a variable that the nearest one has.', undefined, {
    argument: { required: false, of: 'either' },
    shape: 'ancestors'
  }),
  field(
    'proc.loginshellid',
    'INT64',
    'Process id of the oldest shell (its name ends in sh) among the ancestors and itself.',
    ({ process }: Call) => oldestShell(process)?.pid,
    leader
  )
]

const leaderFields: readonly Field[] = [
  field(
    'proc.sname',
    'CHARBUF',
    'Name of the leader of the session.',
    ofSession(process => process.name)
  ),
  field(
    'proc.sid.exe',
    'CHARBUF',
    'First argument of the leader of the session.',
    ofSession(process => process.exe)
  ),
  field(
    'proc.sid.exepath',
    'CHARBUF',
    'Path of the executable of the leader of the session.',
    ofSession(process => process.exepath)
  ),
  field(
    'proc.pgid.name',
    'CHARBUF',
    'Name of the leader of the process group; missing unless it is an ancestor, or the process itself.',
    ofGroup(process => process.name),
    leader
  ),
  field(
    'proc.pgid.exe',
    'CHARBUF',
    'First argument of the leader of the process group.',
    ofGroup(process => process.exe),
    leader
  ),
  field(
    'proc.pgid.exepath',
    'CHARBUF',
    'Path of the executable of the leader of the process group.',
    ofGroup(process => process.exepath),
    leader
  ),
  field(
    'proc.vpgid.name',
    'CHARBUF',
    'The same as proc.pgid.name.',
    ofGroup(process => process.name),
    leader
  ),
  field(
    'proc.vpgid.exe',
    'CHARBUF',
    'The same as proc.pgid.exe.',
    ofGroup(process => process.exe),
    leader
  ),
  field(
    'proc.vpgid.exepath',
    'CHARBUF',
    'The same as proc.pgid.exepath.',
    ofGroup(process => process.exepath),
    leader
  )
]

export const lineageFields: readonly Field[] = [...parentFields, ...ancestorFields, ...leaderFields]

type Reader<Value> = (event: Call) => Value | undefined

function ofParent<Value>(of: (process: Process) => Value | undefined): Reader<Value> {
  return ({ process }) => process.parent && of(process.parent)
}

function ofSession<Value>(of: (process: Process) => Value | undefined): Reader<Value> {
  return ({ process }) => process.sessionLeader && of(process.sessionLeader)
}

function ofGroup<Value>(of: (process: Process) => Value | undefined): Reader<Value> {
  return ({ process }) => {
    const found = groupLeader(process)
    return found && of(found)
  }
}
