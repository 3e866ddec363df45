/**
 * Frames as the reader sends them, made by the tests. The offsets are written out here and not taken from the decoder;
 * golden.test.ts checks the decoder against those of C.
 */
import { FieldTag, FrameKind, frameMagic } from '../../collector/layout.ts'

/** Strings are latin1, as everywhere in the collector. */
export interface Field {
  readonly tag: number
  readonly bytes: string | Uint8Array
  readonly flags?: number
  /** What the header says in place of the true length. */
  readonly length?: number
}

export interface Task {
  /** ns since boot. */
  readonly time?: number
  readonly startTime?: number
  readonly pid?: number
  /** The same as `pid` unless it is given. */
  readonly tid?: number
  readonly uid?: number
  readonly gid?: number
  readonly name?: string
}

export interface ProcessFrame extends Task {
  readonly kind?: number
  readonly ppid?: number
  readonly parentStart?: number
  /** Fork: the process that was copied; the parent unless it is given. */
  readonly originPid?: number
  readonly originStart?: number
  readonly loginUid?: number
  readonly tty?: number
  readonly sid?: number
  readonly pgid?: number
  readonly vpid?: number
  readonly vsid?: number
  readonly vpgid?: number
  readonly call?: number
  readonly fields?: readonly Field[]
}

export interface SyscallFrame extends Task {
  readonly call: number
  readonly result?: number
  readonly args?: readonly number[]
  readonly fields?: readonly Field[]
}

export interface HelloFrame {
  readonly magic?: number
  readonly version?: number
  readonly bootOffset?: number
  readonly connection?: number
  readonly unsettled?: number
  readonly awayNs?: number
  readonly counters?: readonly number[]
}

const padded = (length: number) => (length + 7) & ~7

function fieldBytes({ tag, bytes, flags = 0, length }: Field): Buffer {
  const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
  const field = Buffer.alloc(8 + padded(data.length))
  field.writeUInt16LE(tag, 0)
  field.writeUInt16LE(flags, 2)
  field.writeUInt32LE(length ?? data.length, 4)
  field.set(data, 8)
  return field
}

/** A frame of `size` fixed bytes and the fields, with the header filled in. */
export function frameOf(kind: number, size: number, fields: readonly Field[] = []): Buffer {
  const frame = Buffer.concat([Buffer.alloc(size), ...fields.map(fieldBytes)])
  frame.writeUInt32LE(frame.length, 0)
  frame.writeUInt8(kind, 4)
  return frame
}

const writeU64 = (frame: Buffer, value: number, at: number) => frame.writeBigInt64LE(BigInt(value), at)

function writeTask(frame: Buffer, task: Task): void {
  const { time = 1000, startTime = 500, pid = 100, uid = 0, gid = 0, name = 'cat' } = task
  writeU64(frame, time, 8)
  writeU64(frame, startTime, 16)
  frame.writeUInt32LE(pid, 24)
  frame.writeUInt32LE(task.tid ?? pid, 28)
  frame.writeUInt32LE(uid, 32)
  frame.writeUInt32LE(gid, 36)
  frame.write(name, 40, 15, 'latin1')
}

export function processFrame(members: ProcessFrame): Buffer {
  const { kind = FrameKind.exec, ppid = 1, parentStart = 1, loginUid = 0xffffffff, fields = [] } = members
  const frame = frameOf(kind, 112, fields)
  writeTask(frame, members)
  writeU64(frame, parentStart, 56)
  writeU64(frame, members.originStart ?? parentStart, 64)
  const { originPid = ppid, tty = 0, sid = 0, pgid = 0, vpid = 0, vsid = 0, vpgid = 0 } = members
  for (const [index, value] of [ppid, originPid, loginUid, tty, sid, pgid, vpid, vsid, vpgid].entries()) {
    frame.writeUInt32LE(value, 72 + 4 * index)
  }
  frame.writeUInt16LE(members.call ?? 0, 108)
  frame.writeUInt16LE(fields.length, 110)
  return frame
}

export function exitFrame(task: Task): Buffer {
  const frame = frameOf(FrameKind.exit, 64)
  writeTask(frame, task)
  return frame
}

export function syscallFrame(members: SyscallFrame): Buffer {
  const { call, result = 0, args = [], fields = [] } = members
  const frame = frameOf(FrameKind.syscall, 120, fields)
  writeTask(frame, members)
  writeU64(frame, result, 56)
  for (const [index, value] of args.entries()) writeU64(frame, value, 64 + 8 * index)
  frame.writeUInt16LE(call, 112)
  frame.writeUInt16LE(fields.length, 114)
  return frame
}

export function helloFrame(members: HelloFrame = {}): Buffer {
  const { magic = frameMagic, version = 1, bootOffset = 0, connection = 1, unsettled = 0, awayNs = 0 } = members
  const frame = frameOf(FrameKind.hello, 120)
  frame.writeUInt32LE(magic, 8)
  frame.writeUInt32LE(version, 12)
  for (const [index, value] of [bootOffset, connection, unsettled, awayNs].entries()) {
    writeU64(frame, value, 16 + 8 * index)
  }
  for (const [index, value] of (members.counters ?? []).entries()) writeU64(frame, value, 48 + 8 * index)
  return frame
}

export function statsFrame(counters: readonly number[], bootOffset = 0): Buffer {
  const frame = frameOf(FrameKind.stats, 80)
  writeU64(frame, bootOffset, 8)
  for (const [index, value] of counters.entries()) writeU64(frame, value, 16 + 8 * index)
  return frame
}

export function configuredFrame(error = 0, generation = 1): Buffer {
  const frame = frameOf(FrameKind.configured, 16)
  frame.writeUInt32LE(generation, 8)
  frame.writeUInt32LE(error, 12)
  return frame
}

export const scannedFrame = (): Buffer => frameOf(FrameKind.scanned, 8)

/** The fields that say what runs. */
export function imageFields(argv: readonly string[], exepath = '/usr/bin/cat', cwd = '/', cgroup = '/'): Field[] {
  return [
    { tag: FieldTag.filename, bytes: exepath },
    { tag: FieldTag.exepath, bytes: exepath },
    { tag: FieldTag.cwd, bytes: cwd },
    { tag: FieldTag.argv, bytes: argv.map(argument => `${argument}\0`).join('') },
    { tag: FieldTag.cgroup, bytes: cgroup }
  ]
}

/** struct file_field. */
export function fileField(mode: number, inode = 7, device = 0x800001, flags = 0): Field {
  const bytes = Buffer.alloc(24)
  writeU64(bytes, inode, 0)
  bytes.writeUInt32LE(device, 8)
  bytes.writeUInt32LE(mode, 12)
  bytes.writeUInt32LE(flags, 16)
  return { tag: FieldTag.file, bytes }
}

export interface SocketEnds {
  readonly family: number
  readonly type?: number
  readonly protocol?: number
  /** TCP_ESTABLISHED unless it is given. */
  readonly state?: number
  readonly queueLimit?: number
  readonly local?: readonly number[]
  readonly localPort?: number
  readonly remote?: readonly number[]
  readonly remotePort?: number
}

/** struct socket_field; addresses are 4 or 16 bytes. */
export function socketField(ends: SocketEnds): Field {
  const { family, type = 1, protocol = 6, state = 1, queueLimit = 0 } = ends
  const { local = [], localPort = 0, remote = [], remotePort = 0 } = ends
  const bytes = Buffer.alloc(48)
  for (const [index, value] of [family, type, protocol, state, localPort, remotePort].entries()) {
    bytes.writeUInt16LE(value, 2 * index)
  }
  bytes.writeUInt32LE(queueLimit, 12)
  bytes.set(local, 16)
  bytes.set(remote, 32)
  return { tag: FieldTag.socket, bytes }
}

export function openHowField(flags: number, mode: number, resolve: number): Field {
  const bytes = Buffer.alloc(24)
  for (const [index, value] of [flags, mode, resolve].entries()) writeU64(bytes, value, 8 * index)
  return { tag: FieldTag.openHow, bytes }
}

/** struct message_field. */
export function messageField(size: number): Field {
  const bytes = Buffer.alloc(8)
  writeU64(bytes, size, 0)
  return { tag: FieldTag.message, bytes }
}

/** struct queue_field. */
export function queueField(length: number, limit: number): Field {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt32LE(limit, 4)
  return { tag: FieldTag.queue, bytes }
}

/** struct sockaddr_in. */
export function sockaddrIpv4(address: readonly number[], port: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt16LE(2, 0)
  bytes.writeUInt16BE(port, 2)
  bytes.set(address, 4)
  return bytes
}

/** struct sockaddr_in6. */
export function sockaddrIpv6(address: readonly number[], port: number): Buffer {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt16LE(10, 0)
  bytes.writeUInt16BE(port, 2)
  bytes.set(address, 8)
  return bytes
}

/** struct sockaddr_un: `path` follows the family as it is. */
export function sockaddrUnix(path: string): Buffer {
  return Buffer.concat([Buffer.from([1, 0]), Buffer.from(path, 'latin1')])
}
