/**
 * `proc.*`: the process that made the call. Its ancestors and leaders stand in proc-lineage.ts, the file that it runs in
 * proc-executable.ts, threads in thread.ts.
 */

import type { SyscallEvent as Call } from '../../../collector/event.ts'
import { type Argument, type Field, type FieldClass, field } from './field.ts'
import { commandLine, executableLine, joinedArguments } from './lineage.ts'
import { executableFields } from './proc-executable.ts'
import { lineageFields } from './proc-lineage.ts'

const longText = { cost: 10 }
const key = { argument: { required: false, of: 'key' } } as const
const index = { argument: { required: false, of: 'index' } } as const
const probe = { deprecated: 'Probes are not told from other processes.' }

const programFields: readonly Field[] = [
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
    'The arguments after the first, separated by blanks, or one of them: proc.args[0].',
    readArguments,
    { ...index, ...longText }
  ),
  field('proc.cmdline', 'CHARBUF', 'Name and arguments.', ({ process }: Call) => commandLine(process), longText),
  field(
    'proc.exeline',
    'CHARBUF',
    'First argument and the other arguments.',
    ({ process }: Call) => executableLine(process),
    longText
  ),
  field('proc.cmdnargs', 'UINT64', 'Number of arguments after the first.', ({ process }: Call) => process.args.length),
  field(
    'proc.cmdlenargs',
    'UINT64',
    'Bytes of the arguments after the first, without blanks between them.',
    ({ process }: Call) => process.args.reduce((sum, { length }) => sum + length, 0)
  ),
  field('proc.env', 'CHARBUF', 'Environment, or one variable of it: proc.env[HOME].', undefined, key),
  field('proc.cwd', 'CHARBUF', 'Working directory.', ({ process }: Call) => process.cwd)
]

const idFields: readonly Field[] = [
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
    'Whether it leads its session, as its own namespace numbers processes.',
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
    'Whether it leads its process group, as its own namespace numbers processes.',
    ({ process }: Call) => process.vpid === process.vpgid
  ),
  field('proc.tty', 'UINT32', 'Device number of the terminal; 0 without one.', ({ process }: Call) => process.tty)
]

const timeFields: readonly Field[] = [
  field(
    'proc.duration',
    'RELTIME',
    'Nanoseconds since the process began.',
    (event: Call) => event.time - event.process.startTime,
    { cost: 2 }
  ),
  field(
    'proc.pid.ts',
    'RELTIME',
    'When the process began, in nanoseconds since the Unix epoch.',
    ({ process }: Call) => process.startTime
  ),
  field(
    'proc.pidns_init_start_ts',
    'UINT64',
    'When the first process of its namespace began, in nanoseconds since the epoch.'
  )
]

const resourceFields: readonly Field[] = [
  field('proc.fdopencount', 'UINT64', 'Number of open descriptors.'),
  field('proc.fdlimit', 'INT64', 'How many descriptors it may have.'),
  field('proc.fdusage', 'UINT64', 'Open descriptors in percent of the limit.'),
  field('proc.vmsize', 'UINT64', 'Virtual memory, in KiB.'),
  field('proc.vmrss', 'UINT64', 'Resident memory, in KiB.'),
  field('proc.vmswap', 'UINT64', 'Swapped memory, in KiB.'),
  field('proc.nthreads', 'UINT64', 'Number of threads.'),
  field('proc.nchilds', 'UINT64', 'Number of threads beside the main thread.'),
  field('proc.stdin.type', 'CHARBUF', 'Type of standard input, as fd.type tells it.'),
  field('proc.stdout.type', 'CHARBUF', 'Type of standard output.'),
  field('proc.stderr.type', 'CHARBUF', 'Type of standard error.'),
  field('proc.stdin.name', 'CHARBUF', 'Name of standard input, as fd.name tells it.'),
  field('proc.stdout.name', 'CHARBUF', 'Name of standard output.'),
  field('proc.stderr.name', 'CHARBUF', 'Name of standard error.'),
  field('proc.is_container_healthcheck', 'BOOL', 'Whether it checks the health of its container.', undefined, probe),
  field('proc.is_container_liveness_probe', 'BOOL', 'Whether it is a liveness probe.', undefined, probe),
  field('proc.is_container_readiness_probe', 'BOOL', 'Whether it is a readiness probe.', undefined, probe)
]

export const proc: FieldClass = {
  name: 'proc',
  description: 'The process that made the call, its ancestors and its leaders.',
  sources: ['syscall'],
  fields: [...programFields, ...idFields, ...timeFields, ...lineageFields, ...executableFields, ...resourceFields]
}

function readArguments({ process }: Call, _context: unknown, position: Argument): string | undefined {
  return position === undefined ? joinedArguments(process) : process.args[Number(position)]
}
