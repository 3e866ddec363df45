/** `evt.*` of calls that read or write: the data, how much it is, and which way it goes. */

import type { SyscallEvent } from '../../../collector/event.ts'
import { knownArgument } from './arguments.ts'
import { isRead, isWrite } from './call-kinds.ts'
import { descriptorType } from './descriptor.ts'
import { type Field, field } from './field.ts'

/** The socket that the daemon of syslog(3) reads from. */
const syslogSocket = '/dev/log'

const pathText = { cost: 3 }

export const ioFields: readonly Field[] = [
  field(
    'evt.buffer',
    'BYTEBUF',
    'The first bytes that a call has read or written.',
    (event: SyscallEvent) => (moves(event) ? knownArgument(event, 'data') : undefined),
    { cost: 10 }
  ),
  field('evt.buflen', 'UINT64', 'Bytes that a call has read or written.', lengthIf(moves)),
  field('evt.buflen.in', 'UINT64', 'Bytes read.', lengthIf(isRead)),
  field('evt.buflen.out', 'UINT64', 'Bytes written.', lengthIf(isWrite)),
  field('evt.buflen.file', 'UINT64', 'Bytes read from a file or written to one.', lengthIf(moves, isFile)),
  field('evt.buflen.file.in', 'UINT64', 'Bytes read from a file.', lengthIf(isRead, isFile)),
  field('evt.buflen.file.out', 'UINT64', 'Bytes written to a file.', lengthIf(isWrite, isFile)),
  field(
    'evt.buflen.net',
    'UINT64',
    'Bytes read from an IPv4 or IPv6 socket or written to one.',
    lengthIf(moves, isNet)
  ),
  field('evt.buflen.net.in', 'UINT64', 'Bytes read from an IPv4 or IPv6 socket.', lengthIf(isRead, isNet)),
  field('evt.buflen.net.out', 'UINT64', 'Bytes written to an IPv4 or IPv6 socket.', lengthIf(isWrite, isNet)),
  field('evt.is_io', 'BOOL', 'Whether the call reads or writes.', moves),
  field('evt.is_io_read', 'BOOL', 'Whether the call reads.', isRead),
  field('evt.is_io_write', 'BOOL', 'Whether the call writes.', isWrite),
  field('evt.io_dir', 'CHARBUF', 'Which way the data goes: read or write.', direction),
  field('evt.is_syslog', 'BOOL', 'Whether the call writes to /dev/log.', writesToSyslog, pathText)
]

function moves(event: SyscallEvent): boolean {
  return isRead(event) || isWrite(event)
}

/** A call that does both counts as one that writes. */
function direction(event: SyscallEvent): string | undefined {
  if (isWrite(event)) return 'write'
  return isRead(event) ? 'read' : undefined
}

function isFile(event: SyscallEvent): boolean {
  return descriptorType(event)?.char === 'f'
}

function isNet(event: SyscallEvent): boolean {
  const char = descriptorType(event)?.char
  return char === '4' || char === '6'
}

/** The return value of a call that succeeded, where every condition holds. */
function lengthIf(...conditions: readonly ((event: SyscallEvent) => boolean)[]) {
  return (event: SyscallEvent): number | undefined =>
    event.result >= 0 && conditions.every(holds => holds(event)) ? event.result : undefined
}

function writesToSyslog(event: SyscallEvent): boolean {
  return isWrite(event) && event.descriptor?.name?.includes(syslogSocket) === true
}
