/** Whole frames in, the bytes of a recording out (format.ts says in what form). Knows no file. */
import { constants, crc32, zstdCompressSync } from 'node:zlib'
import { TercelError } from '../../base/errors.ts'
import { eventKinds, FrameKind, offsets } from '../layout.ts'
import { BlockKind, blockMaxFrames, encodeBlockHead, encodePrologue, headerMaxLength, windowLog } from './format.ts'
import type { RecordingHeader } from './header.ts'

/** A block is written as soon as it has this many bytes of frames: larger ones are hardly compressed better. */
const blockFrames = 256 * 1024

/** Measured on a real stream: a tenth of its size for 2 ms of CPU a MB. Level 6 takes four times that for an eighth less. */
const compression = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: windowLog }
}

export class RecordingWriter {
  /** Exec, fork, exit and syscall frames that were added. */
  events = 0
  /** Stats frames that were added; the reader sends one a second, when it has emptied its ring. */
  stats = 0
  /** Bytes that were written. */
  bytes = 0
  readonly #write: (bytes: Uint8Array) => void
  readonly #frames = Buffer.alloc(blockMaxFrames)
  #length = 0
  #blockEvents = 0
  #number = 0

  /**
   * @param write takes the next bytes of the recording; when it throws, so does what called it, and the writer must not be
   *   used again. It is called with the header at once.
   * @throws TercelError TERCEL_RECORDING when the header is too large.
   */
  constructor(header: RecordingHeader, write: (bytes: Uint8Array) => void) {
    this.#write = write
    const json = Buffer.from(JSON.stringify(header))
    if (json.length > headerMaxLength) {
      const message = `/etc/passwd and /etc/group are too large to be recorded: their names take ${json.length} bytes`
      throw new TercelError('TERCEL_RECORDING', message)
    }
    this.#put(Buffer.concat([encodePrologue(json), json]))
  }

  /** Adds whole frames, at most as many bytes as a FrameBuffer holds. */
  add(frames: Uint8Array): void {
    if (this.#length + frames.length > blockMaxFrames) this.flush()
    this.#frames.set(frames, this.#length)
    this.#count(this.#length, this.#length + frames.length)
    this.#length += frames.length
    if (this.#length >= blockFrames) this.flush()
  }

  /** Writes what was added since the last block, if anything. */
  flush(): void {
    if (this.#length === 0) return
    const payload = zstdCompressSync(this.#frames.subarray(0, this.#length), compression)
    this.#putBlock(BlockKind.frames, payload)
    this.#length = 0
    this.#blockEvents = 0
  }

  /** Writes what is left, and that this is all. */
  end(): void {
    this.flush()
    this.#putBlock(BlockKind.end, Buffer.alloc(0))
  }

  #count(at: number, end: number): void {
    const before = this.events
    while (at < end) {
      const kind = this.#frames[at + offsets.kind]!
      if (eventKinds.has(kind)) this.events++
      if (kind === FrameKind.stats) this.stats++
      at += this.#frames.readUInt32LE(at)
    }
    this.#blockEvents += this.events - before
  }

  #putBlock(kind: number, payload: Uint8Array): void {
    const head = encodeBlockHead({
      kind,
      number: this.#number++,
      payloadLength: payload.length,
      framesLength: this.#length,
      events: this.#blockEvents,
      payloadChecksum: crc32(payload)
    })
    this.#put(Buffer.concat([head, payload]))
  }

  #put(bytes: Uint8Array): void {
    this.#write(bytes)
    this.bytes += bytes.length
  }
}
