/** What a call's descriptor refers to, decoded when it is asked for. */
import type { Descriptor, DescriptorType } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, offsets } from './layout.ts'
import { absolutePath } from './paths.ts'
import { AddressFamily, formatEndpoint, readSocketAddress, readSocketEnds, unmapped } from './sockets.ts'

export const descriptorTypes = {
  file: { char: 'f', name: 'file' },
  directory: { char: 'd', name: 'directory' },
  ipv4: { char: '4', name: 'ipv4' },
  ipv6: { char: '6', name: 'ipv6' },
  unix: { char: 'u', name: 'unix' },
  pipe: { char: 'p', name: 'pipe' },
  other: { char: 'o', name: 'other' }
} as const satisfies Record<string, DescriptorType>

/** include/uapi/linux/stat.h */
const S_IFMT = 0o170000
const typeOfMode = new Map<number, DescriptorType>([
  [0o010000, descriptorTypes.pipe],
  [0o040000, descriptorTypes.directory],
  [0o100000, descriptorTypes.file],
  // Devices are files to the rules: they are opened by path.
  [0o020000, descriptorTypes.file],
  [0o060000, descriptorTypes.file]
])

const noSocket = { l4proto: undefined, client: undefined, server: undefined, local: undefined, remote: undefined }

/** The descriptor of an open call; a failed one has names only. */
export function openedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const result = frames.i64(at + offsets.syscall.result)
  const asked = fields.string(frames, FieldTag.path)
  const resolved = fields.marked(frames, FieldTag.resolved)
  const directory = fields.marked(frames, FieldTag.directory)
  const nameAsked = asked === undefined ? undefined : asked === resolved ? resolved : absolutePath(asked, directory)
  const file = fields.starts[FieldTag.file]!
  return {
    ...noSocket,
    number: result >= 0 ? result : undefined,
    type: file === 0 ? undefined : (typeOfMode.get(frames.u32(file + 12) & S_IFMT) ?? descriptorTypes.other),
    name: resolved ?? nameAsked,
    nameAsked,
    nameRaw: fields.marked(frames, FieldTag.path)
  }
}

const l4protocols: Readonly<Record<number, Descriptor['l4proto']>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp' }
const SOCK_RAW = 3

/**
 * The socket of a connect call. The far end is the one that was asked for, as rules name it, where it could be read:
 * a service mesh or a load balancer in the kernel may have put another in its place, which the socket's own end shows.
 */
export function connectedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const number = frames.i32(at + offsets.syscall.args)
  const asked = fields.has(FieldTag.sockaddr)
    ? readSocketAddress(frames, fields.starts[FieldTag.sockaddr]!, fields.lengths[FieldTag.sockaddr]!)
    : undefined
  const ends = fields.has(FieldTag.socket) ? readSocketEnds(frames, fields.starts[FieldTag.socket]!) : undefined
  const family = asked?.family ?? ends?.family
  const names = { nameAsked: undefined, nameRaw: undefined }
  if (family === AddressFamily.unix) {
    return { ...noSocket, ...names, number, type: descriptorTypes.unix, name: asked?.path }
  }
  if (family !== AddressFamily.inet && family !== AddressFamily.inet6) {
    return { ...noSocket, ...names, number, type: descriptorTypes.other, name: undefined }
  }
  const farEnd = asked?.endpoint ?? ends?.remote
  const server = farEnd === undefined ? undefined : unmapped(farEnd)
  const client = ends === undefined ? undefined : unmapped(ends.local)
  const end = server ?? client
  const overIpv4 = end === undefined ? family === AddressFamily.inet : end.address.length === 4
  return {
    ...names,
    number,
    type: overIpv4 ? descriptorTypes.ipv4 : descriptorTypes.ipv6,
    name: server && client ? `${formatEndpoint(client)}->${formatEndpoint(server)}` : server && formatEndpoint(server),
    l4proto: ends?.type === SOCK_RAW ? 'raw' : l4protocols[ends?.protocol ?? 0],
    client,
    server,
    local: client,
    remote: server
  }
}
