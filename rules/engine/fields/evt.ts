/** `evt.*`: the event itself. */

import type { Event, SyscallEvent } from '../../../collector/event.ts'
import { accessMode, OpenFlag } from '../../../collector/flags.ts'
import { clockTime, dateTime, floorSeconds, isoTime } from '../time.ts'
import { errnoName } from './errno.ts'
import { type Argument, type FieldClass, field } from './field.ts'

/** The bit of O_TMPFILE that is not O_DIRECTORY. */
const temporaryFile = OpenFlag.TMPFILE & ~OpenFlag.DIRECTORY

const key = { argument: { required: true, of: 'either' } } as const
const longText = { cost: 10 }

/** What every event has, whatever its source. */
export const evt: FieldClass = {
  name: 'evt',
  sources: undefined,
  fields: [
    field(
      'evt.num',
      'UINT64',
      'Number of the event, counted from 1 by the engine.',
      (_, context) => context.eventNumber
    ),
    field('evt.type', 'CHARBUF', 'Name of the system call, or of the happening.', (event: Event) => event.type, {
      cost: 0
    }),
    field('evt.source', 'CHARBUF', 'Source of the event, such as syscall.', (event: Event) => event.source, {
      cost: 0
    }),
    field('evt.hostname', 'CHARBUF', 'Name of the host.', (_, context) => context.hostname),
    field('evt.count', 'UINT64', 'Always 1, for sums over events.', () => 1, { cost: 0 }),
    field(
      'evt.time',
      'CHARBUF',
      'Time of day in UTC, with nanoseconds.',
      (event: Event) => clockTime(event.time),
      longText
    ),
    field(
      'evt.time.s',
      'CHARBUF',
      'Time of day in UTC, without nanoseconds.',
      (event: Event) => clockTime(event.time).slice(0, 8),
      longText
    ),
    field(
      'evt.time.iso8601',
      'CHARBUF',
      'Time in ISO 8601, UTC, with nanoseconds.',
      (event: Event) => isoTime(event.time),
      longText
    ),
    field(
      'evt.datetime',
      'CHARBUF',
      'Date and time in UTC, with nanoseconds.',
      (event: Event) => dateTime(event.time),
      longText
    ),
    field(
      'evt.datetime.s',
      'CHARBUF',
      'Date and time in UTC, without nanoseconds.',
      (event: Event) => dateTime(event.time).slice(0, 19),
      longText
    ),
    field('evt.rawtime', 'ABSTIME', 'Nanoseconds since the Unix epoch.', (event: Event) => event.time),
    field('evt.rawtime.s', 'UINT64', 'Whole seconds since the Unix epoch.', (event: Event) =>
      Number(floorSeconds(event.time))
    ),
    field('evt.rawtime.ns', 'UINT64', 'Nanoseconds within the second.', (event: Event) =>
      Number(event.time - floorSeconds(event.time) * 1_000_000_000n)
    )
  ]
}

/** What a system call has beside that. */
export const evtSyscall: FieldClass = {
  name: 'evt',
  sources: ['syscall'],
  fields: [
    field('evt.dir', 'CHARBUF', 'Deprecated: events are seen when the call returns, so this is always <.', () => '<', {
      cost: 0
    }),
    field('syscall.type', 'CHARBUF', 'Name of the system call.', (event: SyscallEvent) => event.type, { cost: 0 }),
    field('evt.cpu', 'INT64', 'Number of the CPU.', (event: SyscallEvent) => event.cpu),
    field('evt.args', 'CHARBUF', 'All arguments: name=value, separated by blanks.', formatArguments, longText),
    field('evt.info', 'CHARBUF', 'The same as evt.args.', formatArguments, longText),
    field(
      'evt.arg',
      'CHARBUF',
      'One argument, by name or position: evt.arg.flags, evt.arg[flags], evt.arg[0]. Paths are absolute.',
      readArgument,
      { ...key, cost: 2 }
    ),
    field('evt.rawarg', 'CHARBUF', 'One argument as a number.', undefined, key),
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
    field('evt.is_open_exec', 'BOOL', 'Whether a file was made that may be executed.', opensExecutable, { cost: 3 }),
    field('evt.buffer', 'BYTEBUF', 'Data of a read or write.'),
    field('evt.buflen', 'UINT64', 'Length of the data of a read or write.'),
    field('evt.category', 'CHARBUF', 'Category of the system call.'),
    field('evt.latency', 'RELTIME', 'Time between the call and its return.')
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

function formatArguments(event: SyscallEvent): string {
  return event.args.map(({ name, value }) => `${name}=${value}`).join(' ')
}

function readArgument(event: SyscallEvent, _context: unknown, argument: Argument): string | undefined {
  if (typeof argument === 'number') return event.args[argument]?.value
  for (const { name, value } of event.args) if (name === argument) return value
  return undefined
}
