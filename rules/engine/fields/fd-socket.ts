/** `fd.*` of sockets: their ends and their protocol. */

import type { SyscallEvent as Call, Endpoint } from '../../../collector/event.ts'
import { type Extraction, type Field, field, type Scalar } from './field.ts'

type Side = 'client' | 'server' | 'local' | 'remote'

const portText = { cost: 2 }

export const socketFields: readonly Field[] = [
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
  field('fd.l4proto', 'CHARBUF', 'Protocol: tcp, udp, sctp, icmp, raw.', ({ descriptor }: Call) => descriptor?.l4proto),
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
  field('fd.cip.name', 'CHARBUF', 'Name of the address of the client.', host('client')),
  field('fd.sip.name', 'CHARBUF', 'Name of the address of the server.', host('server')),
  field('fd.lip.name', 'CHARBUF', 'Name of the local address.', host('local')),
  field('fd.rip.name', 'CHARBUF', 'Name of the remote address.', host('remote')),
  field(
    'fd.proto',
    'PORT',
    'The same as fd.port.',
    ends(end => end.port)
  ),
  field('fd.cproto', 'CHARBUF', 'Port of the client, as text.', portTextOf('client'), portText),
  field('fd.sproto', 'CHARBUF', 'Port of the server, as text.', portTextOf('server'), portText),
  field('fd.lproto', 'CHARBUF', 'Local port, as text.', portTextOf('local'), portText),
  field('fd.rproto', 'CHARBUF', 'Remote port, as text.', portTextOf('remote'), portText)
]

function ends(of: (end: Endpoint) => Scalar): Extraction<Call> {
  return {
    kind: 'ends',
    reads: [
      ({ descriptor }) => descriptor?.client && of(descriptor.client),
      ({ descriptor }) => descriptor?.server && of(descriptor.server)
    ]
  }
}

function host(side: Side): Extraction<Call> {
  return { kind: 'host', read: address(side) }
}

function address(side: Side): (event: Call) => string | undefined {
  return ({ descriptor }) => descriptor?.[side]?.address
}

function port(side: Side): (event: Call) => number | undefined {
  return ({ descriptor }) => descriptor?.[side]?.port
}

function portTextOf(side: Side): (event: Call) => string | undefined {
  const read = port(side)
  return event => read(event)?.toString()
}

function socketFamily({ descriptor }: Call): string | undefined {
  const char = descriptor?.type?.char
  if (char === '4' || char === '6') return 'ip'
  return char === 'u' ? 'unix' : undefined
}
