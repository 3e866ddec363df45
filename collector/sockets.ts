/** Socket addresses and ends, from the bytes of a frame. */
import type { Endpoint } from './event.ts'
import type { FrameBuffer } from './frames.ts'

/** include/linux/socket.h */
export const AddressFamily = { unspecified: 0, unix: 1, inet: 2, inet6: 10, netlink: 16, packet: 17 } as const

/** include/linux/net.h */
export const SocketType = { stream: 1, datagram: 2, raw: 3, packet: 10 } as const

/** What was passed to the call. */
export interface SocketAddress {
  readonly family: number
  /** IPv4 and IPv6. */
  readonly endpoint?: Endpoint
  /** Unix: the path; an abstract name starts with @. */
  readonly path?: string
}

/** Reads a struct sockaddr of `length` bytes; undefined when it is too short to say what it is. */
export function readSocketAddress(frames: FrameBuffer, at: number, length: number): SocketAddress | undefined {
  if (length < 2) return undefined
  const { bytes } = frames
  const family = frames.u16(at)
  const endpoint = readEndpoint(frames, at, length, family)
  if (endpoint !== undefined) return { family, endpoint }
  if (family === AddressFamily.unix) {
    const abstract = length > 2 && bytes[at + 2] === 0
    const path = abstract ? `@${frames.latin1(at + 3, at + length)}` : frames.text(at + 2, length - 2)
    return { family, path }
  }
  return { family }
}

/** Reads a struct sockaddr as one of IPv4 or IPv6, whatever it says itself; undefined where it is too short for that. */
export function readEndpoint(frames: FrameBuffer, at: number, length: number, family: number): Endpoint | undefined {
  const { bytes } = frames
  const port = (bytes[at + 2]! << 8) | bytes[at + 3]!
  if (family === AddressFamily.inet && length >= 8) return { address: ipv4Address(bytes, at + 4), port }
  if (family === AddressFamily.inet6 && length >= 24) return { address: frames.latin1(at + 8, at + 24), port }
  return undefined
}

/** struct socket_field of reader/frame.h. */
export interface SocketEnds {
  readonly family: number
  /** One of `SocketType`, or another. */
  readonly type: number
  /** IPPROTO_TCP 6, IPPROTO_UDP 17, … */
  readonly protocol: number
  /** include/net/tcp_states.h; sockets of other protocols use two of them, for connected and not connected. */
  readonly state: number
  /** How many connections may wait: of a socket that listens, and of those that were accepted from it; else 0. */
  readonly queueLimit: number
  readonly local: Endpoint
  readonly remote: Endpoint
}

export function readSocketEnds(frames: FrameBuffer, at: number): SocketEnds {
  const family = frames.u16(at)
  const address = (start: number) =>
    family === AddressFamily.inet6 ? frames.latin1(start, start + 16) : ipv4Address(frames.bytes, start)
  return {
    family,
    type: frames.u16(at + 2),
    protocol: frames.u16(at + 4),
    state: frames.u16(at + 6),
    queueLimit: frames.u32(at + 12),
    local: { address: address(at + 16), port: frames.u16(at + 8) },
    remote: { address: address(at + 32), port: frames.u16(at + 10) }
  }
}

/** Four bytes as a string: for so few a call of the buffer takes several times as long. */
function ipv4Address(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
}

/** An IPv4-mapped IPv6 address (::ffff:a.b.c.d) as the IPv4 address it stands for, which is how rules name it. */
export function unmapped(end: Endpoint): Endpoint {
  return end.address.length === 16 && end.address.startsWith(mappedPrefix)
    ? { address: end.address.slice(12), port: end.port }
    : end
}

/** Whether it is 0.0.0.0 or ::, which stands for every address of the machine, or for none yet. */
export function isUnspecified({ address }: Endpoint): boolean {
  return /^\0*$/.test(address)
}

export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return a.port === b.port && a.address === b.address
}

const mappedPrefix = '\0\0\0\0\0\0\0\0\0\0\xff\xff'

/** `10.0.0.1:443`, `[2001:db8::1]:443`. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return address.length === 4 ? `${formatAddress(address)}:${port}` : `[${formatAddress(address)}]:${port}`
}

/** The text of an address of 4 or 16 bytes; IPv6 as RFC 5952 writes it. */
export function formatAddress(address: string): string {
  const byte = (index: number) => address.charCodeAt(index)
  if (address.length === 4) return `${byte(0)}.${byte(1)}.${byte(2)}.${byte(3)}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((address.charCodeAt(i) << 8) | address.charCodeAt(i + 1))
  const { start, length } = longestZeroRun(groups)
  const text = (part: number[]) => part.map(group => group.toString(16)).join(':')
  return length < 2 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start }
  }
  return best
}
