/**
 * The stream of the reader, as reader/frame.h defines it: walking the frames of a chunk without copying them, and
 * reading members and fields at their offsets. A test checks every offset here against frames that C wrote.
 */

export const frameMagic = 0x4c435254
export const frameVersion = 1
export const frameMaxLength = 65536

export const FrameKind = {
  hello: 1,
  process: 2,
  exec: 3,
  fork: 4,
  exit: 5,
  syscall: 6,
  stats: 7,
  configured: 8,
  scanned: 9
} as const

export const ControlKind = { configure: 64, settled: 65 } as const

export const FieldTag = {
  path: 1,
  directory: 2,
  resolved: 3,
  file: 4,
  openHow: 5,
  sockaddr: 6,
  socket: 7,
  filename: 8,
  exepath: 9,
  cwd: 10,
  argv: 11,
  cgroup: 12,
  cgroupV1: 13
} as const

export const fieldTagCount = 14

/** The lengths of the fields that are structures: what is read at their offsets must be there. */
const structureLengths: Readonly<Record<number, number>> = {
  [FieldTag.file]: 16,
  [FieldTag.openHow]: 24,
  [FieldTag.socket]: 48
}

/** Names of enum counter, in its order; the first is not a loss. */
export const counterNames = ['frames', 'ring_full', 'busy', 'storage', 'cut', 'unreadable', 'unresolved'] as const

/** Offsets from the start of a frame, in bytes. */
const task = { time: 8, startTime: 16, tgid: 24, tid: 28, uid: 32, gid: 36, comm: 40 }
export const commLength = 16

export const offsets = {
  length: 0,
  kind: 4,
  cpu: 6,
  task,
  process: {
    parentStartTime: 56,
    originStartTime: 64,
    parentTgid: 72,
    originTgid: 76,
    loginUid: 80,
    tty: 84,
    sid: 88,
    pgid: 92,
    vpid: 96,
    vsid: 100,
    vpgid: 104,
    call: 108,
    fieldCount: 110,
    fields: 112
  },
  exit: { exitCode: 56, end: 64 },
  syscall: { result: 56, args: 64, call: 112, fieldCount: 114, flags: 116, fields: 120 },
  stats: { bootOffset: 8, counters: 16, end: 80 },
  hello: {
    magic: 8,
    version: 12,
    bootOffset: 16,
    connection: 24,
    unsettled: 32,
    awayNs: 40,
    counters: 48,
    pid: 112,
    cpus: 116,
    end: 120
  },
  configured: { generation: 8, error: 12, end: 16 }
} as const

/** The least length of each kind: a shorter frame is not decoded. */
const minimumLength: Readonly<Record<number, number>> = {
  [FrameKind.hello]: offsets.hello.end,
  [FrameKind.process]: offsets.process.fields,
  [FrameKind.exec]: offsets.process.fields,
  [FrameKind.fork]: offsets.process.fields,
  [FrameKind.exit]: offsets.exit.end,
  [FrameKind.syscall]: offsets.syscall.fields,
  [FrameKind.stats]: offsets.stats.end,
  [FrameKind.configured]: offsets.configured.end,
  [FrameKind.scanned]: 8
}

const headerLength = 8
const fieldHeaderLength = 8

/** What the stream was not allowed to be; the connection cannot go on, for where the next frame starts is not known. */
export class StreamError extends Error {}

/** Takes one frame: where it starts in the buffer, its length and kind. */
export type FrameVisitor = (at: number, length: number, kind: number) => void

/**
 * Holds the bytes of the stream. The socket writes to `space()`, then `advance` walks all whole frames; what is left of
 * the last one moves to the front, so frames always start on a multiple of eight and are whole.
 */
export class FrameBuffer {
  readonly bytes: Buffer
  readonly words: Uint32Array
  readonly signedWords: Int32Array
  /** Frames that were skipped because they were too short for their kind, or of an unknown kind. */
  malformed = 0
  #length = 0

  constructor(capacity = 1024 * 1024) {
    const memory = new ArrayBuffer(Math.max(capacity, 2 * frameMaxLength))
    this.bytes = Buffer.from(memory)
    this.words = new Uint32Array(memory)
    this.signedWords = new Int32Array(memory)
  }

  /** Where the next bytes of the stream go. Never empty. */
  space(): Uint8Array {
    return this.bytes.subarray(this.#length)
  }

  /** Takes note of `count` bytes in `space()` and walks the frames that are whole. Throws a StreamError. */
  advance(count: number, visit: FrameVisitor): void {
    const end = this.#length + count
    let at = 0
    while (end - at >= headerLength) {
      const length = this.words[at >> 2]!
      if (length < headerLength || length > frameMaxLength || (length & 7) !== 0) {
        throw new StreamError(`the reader sent a frame of ${length} bytes: reader and collector do not fit together`)
      }
      if (end - at < length) break
      const kind = this.bytes[at + offsets.kind]!
      const least = minimumLength[kind]
      if (least === undefined || length < least) this.malformed++
      else visit(at, length, kind)
      at += length
    }
    this.bytes.copyWithin(0, at, end)
    this.#length = end - at
  }

  /** Forgets what is left of a connection. */
  reset(): void {
    this.#length = 0
  }

  u16(at: number): number {
    return this.bytes[at]! | (this.bytes[at + 1]! << 8)
  }

  u32(at: number): number {
    return this.words[at >> 2]!
  }

  i32(at: number): number {
    return this.signedWords[at >> 2]!
  }

  /** As a number: exact below 2^53. */
  u64(at: number): number {
    return this.words[(at >> 2) + 1]! * 0x100000000 + this.words[at >> 2]!
  }

  /** As a number: exact within ±2^53. */
  i64(at: number): number {
    return this.signedWords[(at >> 2) + 1]! * 0x100000000 + this.words[at >> 2]!
  }

  bigU64(at: number): bigint {
    return (BigInt(this.words[(at >> 2) + 1]!) << 32n) | BigInt(this.words[at >> 2]!)
  }

  bigI64(at: number): bigint {
    return (BigInt(this.signedWords[(at >> 2) + 1]!) << 32n) | BigInt(this.words[at >> 2]!)
  }

  /** The bytes as a string, one character a byte. */
  latin1(start: number, end: number): string {
    return this.bytes.toString('latin1', start, end)
  }

  /** A text that ends at a NUL or after `length` bytes. */
  text(at: number, length: number): string {
    const nul = this.bytes.indexOf(0, at)
    return this.latin1(at, nul >= 0 && nul < at + length ? nul : at + length)
  }
}

/** Where the fields of one frame are. Reused from frame to frame. */
export class FieldIndex {
  /** By tag: where the bytes start, 0 when the frame has no such field or it could not be read. */
  readonly starts = new Int32Array(fieldTagCount)
  readonly lengths = new Int32Array(fieldTagCount)
  readonly flags = new Uint8Array(fieldTagCount)

  /**
   * Finds the `count` fields from `at` on. False when they do not fit into the frame that ends at `end`, or one is
   * shorter than the structure it holds; those found so far are kept.
   */
  read(frames: FrameBuffer, at: number, count: number, end: number): boolean {
    this.starts.fill(0)
    for (let i = 0; i < count; i++) {
      if (at + fieldHeaderLength > end) return false
      const tag = frames.u16(at)
      const length = frames.u32(at + 4)
      const start = at + fieldHeaderLength
      if (length > end - start) return false
      const flags = frames.bytes[at + 2]!
      if (tag < fieldTagCount && (flags & fieldUnreadable) === 0) {
        if (length < (structureLengths[tag] ?? 0)) return false
        this.starts[tag] = start
        this.lengths[tag] = length
        this.flags[tag] = flags
      }
      at = start + ((length + 7) & ~7)
    }
    return true
  }

  has(tag: number): boolean {
    return this.starts[tag] !== 0
  }

  /** The bytes as latin1, or undefined when the frame has no such field or it could not be read. */
  string(frames: FrameBuffer, tag: number): string | undefined {
    const start = this.starts[tag]!
    if (start === 0) return undefined
    return frames.latin1(start, start + this.lengths[tag]!)
  }
}

export const fieldCut = 1
export const fieldUnreadable = 2

/** The message that asks for `calls` (numbers of calls.ts) to be traced. */
export function configureMessage(generation: number, calls: readonly number[]): Buffer {
  const length = (headerLength + 8 + calls.length * 2 + 7) & ~7
  const message = Buffer.alloc(length)
  message.writeUInt32LE(length, 0)
  message.writeUInt8(ControlKind.configure, offsets.kind)
  message.writeUInt32LE(generation, 8)
  message.writeUInt32LE(calls.length, 12)
  for (const [index, call] of calls.entries()) message.writeUInt16LE(call, 16 + index * 2)
  return message
}

/** The message that says that what came of the first `events` events of the connection is committed. */
export function settledMessage(events: number): Buffer {
  const message = Buffer.alloc(16)
  message.writeUInt32LE(16, 0)
  message.writeUInt8(ControlKind.settled, offsets.kind)
  message.writeBigUInt64LE(BigInt(events), 8)
  return message
}
