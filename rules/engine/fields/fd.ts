/** `fd.*`: the descriptor that the call made or worked on. */

import type { SyscallEvent as Call, DescriptorType, Endpoint } from '../../../collector/event.ts'
import { type Extraction, type FieldClass, field, type Scalar } from './field.ts'

type Side = 'client' | 'server' | 'local' | 'remote'

const path = { cost: 3 }
const file: DescriptorType = { char: 'f', name: 'file' }

export const fd: FieldClass = {
  name: 'fd',
  sources: ['syscall'],
  fields: [
    field('fd.num', 'INT64', 'Number of the descriptor; -1 when the call failed to make one.', numberOf),
    field(
      'fd.type',
      'CHARBUF',
      'Type: file, directory, ipv4, ipv6, unix, netlink, pipe, other.',
      (event: Call) => typeOf(event)?.name
    ),
    field('fd.typechar', 'CHARBUF', 'Type as a letter: f, d, 4, 6, u, n, p, o.', (event: Call) => typeOf(event)?.char),
    field(
      'fd.name',
      'CHARBUF',
      'Path of the file as the kernel resolved it, or the two ends of a connection. Tests see the path asked for as well.',
      paths(
        name => name,
        ({ descriptor }) => descriptor?.nameLength
      ),
      path
    ),
    field(
      'fd.nameraw',
      'CHARBUF',
      'Path as the process wrote it.',
      ({ descriptor }: Call) => descriptor?.nameRaw,
      path
    ),
    field(
      'fd.directory',
      'CHARBUF',
      'Directory of the file.',
      paths(
        (name, event) => (isPath(event) ? directoryOf(name) : undefined),
        ({ descriptor }) => descriptor?.directoryLength
      ),
      path
    ),
    field(
      'fd.filename',
      'CHARBUF',
      'Name of the file without its directory.',
      paths((name, event) => (isPath(event) ? name.slice(name.lastIndexOf('/') + 1) : undefined)),
      path
    ),
    field(
      'fd.uid',
      'CHARBUF',
      'Process id and number of the descriptor, joined.',
      ({ descriptor, process }: Call) =>
        descriptor?.number === undefined ? undefined : `${process.pid}${descriptor.number}`,
      path
    ),

    field(
      'fd.ip',
      'IPADDR',
      'Address of the client or the server.',
      ends(end => end.address)
    ),
    field('fd.cip', 'IPADDR', 'Address of the client.', address('client')),
    field('fd.sip', 'IPADDR', 'Address of the server.', address('server')),
    field('fd.lip', 'IPADDR', 'Local address.', address('local')),
    field('fd.rip', 'IPADDR', 'Remote address.', address('remote')),
    field(
      'fd.net',
      'IPNET',
      'Network of the client or the server.',
      ends(end => end.address)
    ),
    field('fd.cnet', 'IPNET', 'Network of the client.', address('client')),
    field('fd.snet', 'IPNET', 'Network of the server.', address('server')),
    field('fd.lnet', 'IPNET', 'Local network.', address('local')),
    field('fd.rnet', 'IPNET', 'Remote network.', address('remote')),
    field(
      'fd.port',
      'PORT',
      'Port of the client or the server.',
      ends(end => end.port)
    ),
    field('fd.cport', 'PORT', 'Port of the client.', port('client')),
    field('fd.sport', 'PORT', 'Port of the server.', port('server')),
    field('fd.lport', 'PORT', 'Local port.', port('local')),
    field('fd.rport', 'PORT', 'Remote port.', port('remote')),
    field(
      'fd.l4proto',
      'CHARBUF',
      'Protocol: tcp, udp, sctp, icmp, raw.',
      ({ descriptor }: Call) => descriptor?.l4proto
    ),
    field('fd.sockfamily', 'CHARBUF', 'Family of the socket: ip or unix.', socketFamily),
    field('fd.is_server', 'BOOL', 'Whether this end is the server.', ({ descriptor }: Call) =>
      descriptor?.server === undefined ? undefined : descriptor.server === descriptor.local
    ),
    field(
      'fd.connected',
      'BOOL',
      'Whether the socket, of IPv4 or IPv6, is connected.',
      ({ descriptor }: Call) => descriptor?.connected
    ),
    field(
      'fd.name_changed',
      'BOOL',
      'Whether the call gave the socket another end, for good or for what it sends.',
      ({ descriptor }: Call) => descriptor?.nameChanged
    ),
    field('fd.cip.name', 'CHARBUF', 'Name of the address of the client.'),
    field('fd.sip.name', 'CHARBUF', 'Name of the address of the server.'),
    field('fd.lip.name', 'CHARBUF', 'Name of the local address.'),
    field('fd.rip.name', 'CHARBUF', 'Name of the remote address.'),
    field('fd.dev', 'INT64', 'Number of the device that holds the file.'),
    field('fd.ino', 'INT64', 'Inode number of the file.')
  ]
}

/** `of` applied to the resolved path and to the one asked for; where only one of them is known, it stands for both. */
function paths(
  of: (name: string, event: Call) => string | undefined,
  length?: (event: Call) => number | undefined
): Extraction<Call> {
  return {
    kind: 'paths',
    length,
    resolved: ({ descriptor }) => descriptor?.name ?? descriptor?.nameAsked,
    asked: ({ descriptor }) => descriptor?.nameAsked ?? descriptor?.name,
    of
  }
}

function numberOf({ descriptor, result }: Call): number | undefined {
  return descriptor && (descriptor.number ?? (result < 0 ? -1 : undefined))
}

/** An open that failed, or whose file was gone before it was seen, is taken for that of a file. */
function typeOf({ descriptor, openFlags }: Call): DescriptorType | undefined {
  return descriptor && (descriptor.type ?? (openFlags === undefined ? undefined : file))
}

function isPath(event: Call): boolean {
  const char = typeOf(event)?.char
  return char === undefined || char === 'f' || char === 'd'
}

/** A name has a dozen bytes: to look at each costs half of what a call of `lastIndexOf` does. */
function directoryOf(name: string): string {
  let slash = name.length - 1
  while (slash > 0 && name.charCodeAt(slash) !== 0x2f) slash--
  return slash <= 0 ? '/' : name.slice(0, slash)
}

function ends(of: (end: Endpoint) => Scalar): Extraction<Call> {
  return {
    kind: 'ends',
    reads: [
      ({ descriptor }) => descriptor?.client && of(descriptor.client),
      ({ descriptor }) => descriptor?.server && of(descriptor.server)
    ]
  }
}

function address(side: Side): (event: Call) => string | undefined {
  return ({ descriptor }) => descriptor?.[side]?.address
}

function port(side: Side): (event: Call) => number | undefined {
  return ({ descriptor }) => descriptor?.[side]?.port
}

function socketFamily({ descriptor }: Call): string | undefined {
  const char = descriptor?.type?.char
  if (char === '4' || char === '6') return 'ip'
  return char === 'u' ? 'unix' : undefined
}
