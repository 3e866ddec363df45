/** `evt.*` of system calls: their arguments and results; data that they move stands in evt-io.ts. */

import type { SyscallEvent } from '../../../collector/event.ts'
import { accessMode, OpenFlag } from '../../../collector/flags.ts'
import { formatArguments, knownArgument, readArgument } from './arguments.ts'
import { categoryOf, isWait } from './call-kinds.ts'
import { errnoName } from './errno.ts'
import { countFields } from './evt-counts.ts'
import { ioFields } from './evt-io.ts'
import { type Field, type FieldClass, field } from './field.ts'

/** The bit of O_TMPFILE that is not O_DIRECTORY. */
const temporaryFile = OpenFlag.TMPFILE & ~OpenFlag.DIRECTORY

const free = { cost: 0 }
const longText = { cost: 10 }
const nameOrPosition = { argument: { required: true, of: 'either' } } as const
const requiredKey = { argument: { required: true, of: 'key' } } as const
const untimed = { deprecated: 'How long calls take is not measured.' }

/** The arguments that the two paths of evt.abspath are made of: those of calls that take a directory beside a path. */
const absolutePaths: Readonly<Record<string, readonly [first: string, second?: string]>> = {
  openat: ['name'],
  openat2: ['name'],
  linkat: ['oldpath', 'newpath'],
  symlinkat: ['linkpath', 'linkpath'],
  renameat: ['oldpath', 'newpath'],
  renameat2: ['oldpath', 'newpath'],
  unlinkat: ['name'],
  mkdirat: ['path'],
  fchmodat: ['filename'],
  fchownat: ['pathname']
}

const argumentFields: readonly Field[] = [
  field('evt.args', 'CHARBUF', 'All arguments: name=value, separated by blanks.', formatArguments, longText),
  field('evt.info', 'CHARBUF', 'The same as evt.args.', formatArguments, longText),
  field(
    'evt.arg',
    'CHARBUF',
    'One argument, by name or position: evt.arg.flags, evt.arg[flags], evt.arg[0]. Paths are absolute.',
    readArgument,
    { ...nameOrPosition, cost: 25 }
  ),
  field('evt.rawarg', 'CHARBUF', 'One argument as the kernel has it, such as a number.', undefined, nameOrPosition),
  field(
    'evt.abspath',
    'CHARBUF',
    'Absolute path of an argument beside a directory, or the first of two.',
    pathOf(0),
    longText
  ),
  field('evt.abspath.src', 'CHARBUF', 'The same as evt.abspath.', pathOf(0), longText),
  field('evt.abspath.dst', 'CHARBUF', 'The second of two paths of which evt.abspath is the first.', pathOf(1), longText)
]

const resultFields: readonly Field[] = [
  field('evt.res', 'CHARBUF', 'SUCCESS, or the name of the error, such as ENOENT.', (event: SyscallEvent) =>
    event.result >= 0 ? 'SUCCESS' : errnoName(-event.result)
  ),
  field('evt.rawres', 'INT64', 'Return value; negative is an error number.', (event: SyscallEvent) => event.result),
  field('evt.failed', 'BOOL', 'Whether the call returned an error.', (event: SyscallEvent) => event.result < 0),
  field('evt.is_open_read', 'BOOL', 'Whether a file was opened for reading.', (event: SyscallEvent) =>
    opensAs(event, OpenFlag.RDONLY)
  ),
  field('evt.is_open_write', 'BOOL', 'Whether a file was opened for writing.', (event: SyscallEvent) =>
    opensAs(event, OpenFlag.WRONLY)
  ),
  field(
    'evt.is_open_create',
    'BOOL',
    'Whether the call would make the file if it was missing.',
    (event: SyscallEvent) => (event.openFlags === undefined ? undefined : (event.openFlags & OpenFlag.CREAT) !== 0)
  ),
  field('evt.is_open_exec', 'BOOL', 'Whether a file was made that may be executed.', opensExecutable, { cost: 3 })
]

const timeFields: readonly Field[] = [
  field('evt.latency', 'RELTIME', 'Nanoseconds between the call and its return.', undefined, untimed),
  field('evt.latency.s', 'RELTIME', 'Whole seconds between the call and its return.', undefined, untimed),
  field('evt.latency.ns', 'RELTIME', 'Nanoseconds within the second of evt.latency.s.', undefined, untimed),
  field('evt.latency.quantized', 'UINT64', 'Logarithm of evt.latency.', undefined, untimed),
  field('evt.latency.human', 'CHARBUF', 'Time between the call and its return, with a unit.', undefined, untimed),
  field('evt.is_wait', 'BOOL', 'Whether the call waits, as poll and nanosleep do.', isWait),
  field('evt.wait_latency', 'RELTIME', 'Nanoseconds that a call waited.', undefined, untimed),
  field(
    'evt.around',
    'UINT64',
    'Milliseconds between the event and the time in brackets, which is as in evt.rawtime.',
    undefined,
    requiredKey
  )
]

const infrastructureFields: readonly Field[] = [
  field('evt.infra.docker.name', 'CHARBUF', 'Name of an event of the Docker daemon.'),
  field('evt.infra.docker.container.id', 'CHARBUF', 'Id of the container that such an event tells of.'),
  field('evt.infra.docker.container.name', 'CHARBUF', 'Name of the container that such an event tells of.'),
  field('evt.infra.docker.container.image', 'CHARBUF', 'Image of the container that such an event tells of.')
]

/** What a system call has beside what every event has. */
export const evtSyscall: FieldClass = {
  name: 'evt',
  description: 'What a system call has beside what every event has.',
  sources: ['syscall'],
  fields: [
    field('evt.dir', 'CHARBUF', 'Always <, which stands for a call that returns.', () => '<', {
      ...free,
      deprecated: 'Leave it out: calls are seen when they return, and only then.'
    }),
    field(
      'evt.type.is',
      'UINT32',
      '1 for the system call of that name, 0 for others: evt.type.is.open.',
      (event: SyscallEvent, _context, name) => (event.type === name ? 1 : 0),
      requiredKey
    ),
    field('evt.category', 'CHARBUF', 'Category of the call, such as file, net or process.', categoryOf, { cost: 2 }),
    field('evt.cpu', 'INT64', 'Number of the CPU.', (event: SyscallEvent) => event.cpu),
    ...argumentFields,
    ...resultFields,
    ...ioFields,
    ...countFields,
    ...timeFields,
    ...infrastructureFields
  ]
}

function opensAs({ openFlags }: SyscallEvent, mode: number): boolean | undefined {
  if (openFlags === undefined) return undefined
  const asked = openFlags & accessMode
  return asked === mode || asked === OpenFlag.RDWR
}

/** The mode counts only where the call can make a file. */
function opensExecutable(event: SyscallEvent): boolean | undefined {
  if (event.openFlags === undefined) return undefined
  if ((event.openFlags & (OpenFlag.CREAT | temporaryFile)) === 0) return false
  const mode = readArgument(event, undefined, 'mode')
  return mode !== undefined && (/S_IX/.test(mode) || (Number.parseInt(mode, 8) & 0o111) !== 0)
}

function pathOf(position: 0 | 1): (event: SyscallEvent) => string | undefined {
  return event => knownArgument(event, absolutePaths[event.type]?.[position])
}
