/** What the frame of a call says of its socket: the address that was passed in, and the socket as the kernel has it. */
import type { Endpoint } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, fieldCut } from './layout.ts'
import { cutMark } from './paths.ts'
import {
  AddressFamily,
  isUnspecified,
  readSocketAddress,
  readSocketEnds,
  type SocketAddress,
  type SocketEnds,
  SocketType,
  unmapped
} from './sockets.ts'

/** include/net/tcp_states.h */
const TCP_LISTEN = 10
const connectedStates: ReadonlySet<number> = new Set([1, 4, 5, 8, 9, 11])

/** What the frame of a call says of its socket. */
export interface CallSocket {
  /** The address that was passed in. */
  readonly asked: SocketAddress | undefined
  readonly ends: SocketEnds | undefined
  /** Of a Unix socket: what it is bound to. */
  readonly path: string | undefined
  /** Of a Unix socket: what its peer is bound to. */
  readonly peer: string | undefined
  readonly local: Endpoint | undefined
  /** Undefined where the socket has none. */
  readonly remote: Endpoint | undefined
  readonly connected: boolean
}

/** Reads it off the fields of a frame. */
export function readCallSocket(frames: FrameBuffer, fields: FieldIndex): CallSocket {
  const { starts, lengths } = fields
  const ends = fields.has(FieldTag.socket) ? readSocketEnds(frames, starts[FieldTag.socket]!) : undefined
  const asked = fields.has(FieldTag.sockaddr)
    ? readSocketAddress(frames, starts[FieldTag.sockaddr]!, lengths[FieldTag.sockaddr]!)
    : undefined
  const isInternet = ends?.family === AddressFamily.inet || ends?.family === AddressFamily.inet6
  return {
    asked,
    ends,
    path: socketPath(frames, fields, FieldTag.socketPath),
    peer: socketPath(frames, fields, FieldTag.peerPath),
    local: isInternet ? unmapped(ends.local) : undefined,
    remote: isInternet && !isUnbound(ends.remote) ? unmapped(ends.remote) : undefined,
    connected: ends !== undefined && connectedStates.has(ends.state)
  }
}

/** A path; an abstract name starts with @. */
function socketPath(frames: FrameBuffer, fields: FieldIndex, tag: number): string | undefined {
  const path = fields.string(frames, tag)
  if (path?.startsWith('\0')) return `@${path.slice(1)}`
  return path !== undefined && (fields.flags[tag]! & fieldCut) !== 0 ? cutMark + path : path
}

export function isUnbound(end: Endpoint): boolean {
  return end.port === 0 && isUnspecified(end)
}

/**
 * A TCP socket keeps the limit of the queue of the one that it was accepted from; one that has connected has none, nor has
 * one that was accepted from a queue of no length. (net/core/sock.c, sk_clone_lock, leaves it as it was.)
 */
export function wasAccepted(ends: SocketEnds | undefined): boolean {
  return ends !== undefined && ends.type === SocketType.stream && ends.state !== TCP_LISTEN && ends.queueLimit > 0
}
