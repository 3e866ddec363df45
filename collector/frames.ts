/** The stream of the reader: walking the frames of a chunk without copying them, and reading members and fields. */
import {
  FieldTag,
  fieldCut,
  fieldHeaderLength,
  fieldTagCount,
  fieldUnreadable,
  frameMaxLength,
  headerLength,
  minimumLength,
  offsets,
  structureLengths
} from './layout.ts'
import { cutMark } from './paths.ts'

/** What the stream was not allowed to be; the connection cannot go on, for where the next frame starts is not known. */
export class StreamError extends Error {}

/** Takes one frame: where it starts in the buffer, its length and kind. */
export type FrameVisitor = (at: number, length: number, kind: number) => void

const ignore = () => {}

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

  /**
   * Takes note of `count` bytes in `space()` and walks the frames that are whole; `skip` is told the kinds of those that
   * are malformed, and `whole` at the end the bytes of all that were walked, also when a later one made no sense. Throws
   * a StreamError.
   */
  advance(
    count: number,
    visit: FrameVisitor,
    skip: (kind: number) => void = ignore,
    whole: (bytes: Uint8Array) => void = ignore
  ): void {
    const end = this.#length + count
    let at = 0
    try {
      while (end - at >= headerLength) {
        const length = this.words[at >> 2]!
        if (length < headerLength || length > frameMaxLength || (length & 7) !== 0) {
          throw new StreamError(`the reader sent a frame of ${length} bytes: reader and collector do not fit together`)
        }
        if (end - at < length) break
        const kind = this.bytes[at + offsets.kind]!
        const least = minimumLength[kind]
        if (least === undefined || length < least) {
          this.malformed++
          skip(kind)
        } else {
          visit(at, length, kind)
        }
        at += length
      }
    } finally {
      if (at > 0) whole(this.bytes.subarray(0, at))
    }
    if (at < end) this.bytes.copyWithin(0, at, end)
    this.#length = end - at
  }

  /** How many bytes of a frame that is not whole yet are kept. */
  get unfinished(): number {
    return this.#length
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

  /** Whether `length` bytes from `a` on are those from `b` on. For texts of a few dozen bytes, which a call costs more than. */
  same(a: number, b: number, length: number): boolean {
    const { bytes } = this
    for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false
    return true
  }

  /** A text that ends at a NUL or after `length` bytes. */
  text(at: number, length: number): string {
    let end = at
    while (end < at + length && this.bytes[end] !== 0) end++
    return this.latin1(at, end)
  }
}

/** The paths that the kernel knows are put together from their end on: what is left of a cut one is its end. */
const cutAtStart: ReadonlySet<number> = new Set([
  FieldTag.directory,
  FieldTag.resolved,
  FieldTag.exepath,
  FieldTag.cwd,
  FieldTag.cgroup,
  FieldTag.cgroupV1
])

/** By tag. */
const leastLengths = Uint32Array.from({ length: fieldTagCount }, (_, tag) => structureLengths[tag] ?? 0)

/** Where the fields of one frame are. Reused from frame to frame. */
export class FieldIndex {
  /** By tag: where the bytes start, 0 when the frame has no such field or it could not be read. */
  readonly starts = new Int32Array(fieldTagCount)
  readonly lengths = new Int32Array(fieldTagCount)
  readonly flags = new Uint8Array(fieldTagCount)
  /** By tag: the text of the field, if `#textOf` says that it is that of this frame. */
  readonly #texts: string[] = new Array(fieldTagCount).fill('')
  readonly #textOf = new Float64Array(fieldTagCount)
  #frame = 0

  /**
   * Finds the `count` fields from `at` on. False when they do not fit into the frame that ends at `end`, or one is
   * shorter than the structure it holds; those found so far are kept.
   */
  read(frames: FrameBuffer, at: number, count: number, end: number): boolean {
    const { starts } = this
    // For so few, quicker than a call of fill.
    for (let tag = 0; tag < fieldTagCount; tag++) starts[tag] = 0
    this.#frame++
    for (let i = 0; i < count; i++) {
      if (at + fieldHeaderLength > end) return false
      const tag = frames.u16(at)
      const length = frames.u32(at + 4)
      const start = at + fieldHeaderLength
      if (length > end - start) return false
      const flags = frames.bytes[at + 2]!
      if (tag < fieldTagCount && (flags & fieldUnreadable) === 0) {
        if (length < leastLengths[tag]!) return false
        starts[tag] = start
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
    if (this.#textOf[tag] === this.#frame) return this.#texts[tag]
    this.#textOf[tag] = this.#frame
    const text = frames.latin1(start, start + this.lengths[tag]!)
    this.#texts[tag] = text
    return text
  }

  /** The same with `cutMark` where bytes are missing: so what is left of a path is never taken for an absolute one. */
  marked(frames: FrameBuffer, tag: number): string | undefined {
    const text = this.string(frames, tag)
    if (text === undefined || (this.flags[tag]! & fieldCut) === 0) return text
    return cutAtStart.has(tag) ? cutMark + text : text + cutMark
  }
}
