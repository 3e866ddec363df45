/** What the descriptor of a call refers to where that is a socket: its kind, its ends, and which of them is the server. */

import { type CallSocket, isUnbound, readCallSocket, wasAccepted } from './call-socket.ts'
import { descriptorMade } from './descriptor.ts'
import type { Descriptor, DescriptorType, Endpoint } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, fieldLate, offsets } from './layout.ts'
import { familyMade } from './socket-names.ts'
import {
  AddressFamily,
  formatEndpoint,
  isUnspecified,
  readEndpoint,
  SocketType,
  sameEndpoint,
  unmapped
} from './sockets.ts'

const types = {
  ipv4: { char: '4', name: 'ipv4' },
  ipv6: { char: '6', name: 'ipv6' },
  unix: { char: 'u', name: 'unix' },
  netlink: { char: 'n', name: 'netlink' },
  other: { char: 'o', name: 'other' }
} as const satisfies Record<string, DescriptorType>

/** include/uapi/linux/in.h and in6.h */
const l4protocols: Readonly<Record<number, Descriptor['l4proto']>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
  58: 'icmp',
  132: 'sctp',
  136: 'udp', // UDP-Lite
  256: 'tcp', // SMC, which begins as TCP and goes on as such where it must
  262: 'tcp' // MPTCP, which is TCP to the network
}

const EINPROGRESS = -115

/** The socket with another name: that which the call is about. */
function withPath(sock: CallSocket, path: string | undefined): CallSocket {
  return { ...sock, path, peer: undefined }
}

/** Which ends a call is about, and who is who. */
interface Roles {
  readonly client?: Endpoint | undefined
  readonly server?: Endpoint | undefined
  readonly local?: Endpoint | undefined
  readonly remote?: Endpoint | undefined
  readonly connected: boolean
  readonly nameChanged: boolean
}

/** One shape for all sockets; what is not said is not known. */
class SocketDescriptor implements Descriptor {
  readonly number: number | undefined
  readonly type: DescriptorType
  readonly nameRaw = undefined
  readonly l4proto: Descriptor['l4proto']
  readonly client: Endpoint | undefined
  readonly server: Endpoint | undefined
  readonly local: Endpoint | undefined
  readonly remote: Endpoint | undefined
  readonly connected: boolean | undefined
  readonly nameChanged: boolean
  /** The path of a Unix socket as the kernel found it, and as the program wrote it: a symbolic link can make them differ. */
  readonly #path: string | undefined
  readonly #askedPath: string | undefined
  /** The ends that the name of any other shows. */
  readonly #from: Endpoint | undefined
  readonly #end: Endpoint | undefined

  constructor(number: number | undefined, family: number | undefined, sock: CallSocket, roles: Roles) {
    const { asked, ends, path = sock.peer } = sock
    const { client, server, local, remote, connected, nameChanged } = roles
    this.number = number
    this.nameChanged = nameChanged
    const isInternet = family === AddressFamily.inet || family === AddressFamily.inet6
    this.client = isInternet ? client : undefined
    this.server = isInternet ? server : undefined
    this.local = isInternet ? local : undefined
    this.remote = isInternet ? remote : undefined
    this.connected = isInternet ? connected : undefined
    if (!isInternet) {
      const isUnix = family === AddressFamily.unix
      this.type = isUnix ? types.unix : family === AddressFamily.netlink ? types.netlink : types.other
      this.#path = isUnix ? (path ?? asked?.path) : undefined
      this.#askedPath = isUnix ? (asked?.path ?? this.#path) : undefined
      this.l4proto = undefined
      return
    }
    const from = client ?? (server === local ? remote : local)
    const end = server ?? (from && isUnbound(from) ? undefined : from)
    const overIpv4 = end === undefined ? family === AddressFamily.inet : end.address.length === 4
    this.type = overIpv4 ? types.ipv4 : types.ipv6
    this.#from = server && from
    this.#end = end
    this.l4proto = ends?.type === SocketType.raw ? 'raw' : l4protocols[ends?.protocol ?? 0]
  }

  /** Most rules look at addresses and ports: the text of them is made when it is asked for. */
  get name(): string | undefined {
    if (this.#end === undefined) return this.#path
    return this.#from ? `${formatEndpoint(this.#from)}->${formatEndpoint(this.#end)}` : formatEndpoint(this.#end)
  }

  get nameAsked(): string | undefined {
    return this.#askedPath
  }
}

const describe = (number: number | undefined, family: number | undefined, sock: CallSocket, roles: Roles): Descriptor =>
  new SocketDescriptor(number, family, sock, roles)

const firstArgument = (frames: FrameBuffer, at: number) => frames.i32(at + offsets.syscall.args)

/**
 * The socket of a connect call. The far end is the one that was asked for, as rules name it, where it could be read:
 * a service mesh or a load balancer in the kernel may have put another in its place, which the socket's own end shows.
 * That counts where the address was read when the call had returned: a thread may have changed it by then.
 */
export function connectedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const { asked, ends, local, peer } = sock
  const result = frames.i64(at + offsets.syscall.result)
  const wanted = asked?.endpoint && unmapped(asked.endpoint)
  const isLate = fields.has(FieldTag.sockaddr) && (fields.flags[FieldTag.sockaddr]! & fieldLate) !== 0
  const remote = isLate ? (sock.remote ?? wanted) : (wanted ?? sock.remote)
  // An address of no family ends a connection.
  const family = asked?.family || ends?.family
  return describe(
    firstArgument(frames, at),
    family,
    withPath(sock, result >= 0 ? (peer ?? asked?.path) : asked?.path),
    {
      ...{ client: local, server: remote, local, remote },
      // One that failed leaves the socket as it was.
      connected: result >= 0 && remote !== undefined,
      nameChanged: result >= 0 || result === EINPROGRESS
    }
  )
}

/** The socket of a bind or listen call: the address that it has, or, of a bind that failed, the one it was to have. */
export function boundDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const { asked, ends } = sock
  const result = frames.i64(at + offsets.syscall.result)
  const wanted = asked?.endpoint && unmapped(asked.endpoint)
  const local = result >= 0 ? (sock.local ?? wanted) : (wanted ?? sock.local)
  return describe(firstArgument(frames, at), ends?.family ?? asked?.family, sock, {
    ...{ server: local, local },
    connected: sock.connected,
    nameChanged: asked !== undefined && result >= 0
  })
}

/** The connection that was accepted: who connected is the client. Of a call that failed, the socket that listens. */
export function acceptedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const { local, remote, connected } = sock
  const number = descriptorMade(frames, at)
  return describe(number, sock.ends?.family, sock, {
    ...{ client: remote, server: local, local, remote },
    connected,
    nameChanged: number !== undefined
  })
}

/**
 * The socket of a sendto or sendmsg call, to where it sends: a connection to its peer, anything else to the address in
 * the call. Where it sends to is the server, unless the connection was accepted.
 */
export function sendingDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const { ends, local, connected } = sock
  const asked = destination(frames, fields, sock)
  const remote = ends?.type === SocketType.stream ? (sock.remote ?? asked) : (asked ?? sock.remote)
  const nameChanged = remote !== undefined && !(sock.remote !== undefined && sameEndpoint(remote, sock.remote))
  const family = ends?.family ?? sock.asked?.family
  const towards = withPath(sock, sock.asked?.path ?? sock.peer ?? sock.path)
  if (wasAccepted(ends)) {
    return describe(firstArgument(frames, at), family, towards, {
      ...{ client: remote, server: local, local, remote, connected, nameChanged }
    })
  }
  // The address that a socket without one sends from is chosen for each packet, and not kept.
  const client = local === undefined || isUnspecified(local) ? undefined : local
  return describe(firstArgument(frames, at), family, towards, {
    ...{ client, server: remote, local, remote, connected, nameChanged }
  })
}

/**
 * IPv4 sockets take an address of no family for one of their own (net/ipv4/udp.c, udp_sendmsg), and so do raw ones of
 * IPv6 (net/ipv6/raw.c, rawv6_sendmsg).
 */
function destination(frames: FrameBuffer, fields: FieldIndex, { asked, ends }: CallSocket): Endpoint | undefined {
  if (asked?.family !== AddressFamily.unspecified) return asked?.endpoint && unmapped(asked.endpoint)
  const { inet, inet6 } = AddressFamily
  if (ends?.family !== inet && (ends?.family !== inet6 || ends.type !== SocketType.raw)) return undefined
  const endpoint = readEndpoint(
    frames,
    fields.starts[FieldTag.sockaddr]!,
    fields.lengths[FieldTag.sockaddr]!,
    ends.family
  )
  return endpoint && unmapped(endpoint)
}

/** The socket that a socket call made, or should have made. */
export function madeDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const asked = familyMade(firstArgument(frames, at), frames.i32(at + offsets.syscall.args + 8))
  return describe(descriptorMade(frames, at), sock.ends?.family ?? asked, sock, {
    connected: false,
    nameChanged: false
  })
}

/** A socket as it is, whatever it was used for before. */
export function socketDescriptor(number: number | undefined, frames: FrameBuffer, fields: FieldIndex): Descriptor {
  const sock = readCallSocket(frames, fields)
  const { ends, remote, connected } = sock
  const local = sock.local && isUnbound(sock.local) ? undefined : sock.local
  const isServer = remote === undefined || wasAccepted(ends)
  const [client, server] = isServer ? [remote, local] : [local, remote]
  return describe(number, ends?.family, sock, { client, server, local, remote, connected, nameChanged: false })
}
