/** The bytes of a recording in, its header and the frames of one block after the other out. */
import { constants, crc32, zstdDecompressSync } from 'node:zlib'
import { TercelError } from '../../base/errors.ts'
import { frameVersion } from '../layout.ts'
import {
  BlockKind,
  blockHeadLength,
  decodeBlockHead,
  formatVersion,
  headerMaxLength,
  prologueLength,
  recordingMagic,
  windowLog
} from './format.ts'
import { type RecordingHeader, readHeader } from './header.ts'

/** Where the bytes come from. */
export interface RecordingInput {
  /** For messages. */
  readonly name: string
  /** Fills `target` from what stands at `position` on; gives how many bytes there were. */
  read(target: Uint8Array, position: number): number
}

/** What comes next; `position` is the byte at which it begins. */
export type Block =
  | { readonly kind: 'frames'; readonly position: number; readonly frames: Buffer }
  /** Its bytes are not those that were written: that many events are missing here. */
  | { readonly kind: 'damaged'; readonly position: number; readonly events: number }
  /** All is read; the recorder ended in order. `excess`: whether anything follows. */
  | { readonly kind: 'end'; readonly position: number; readonly excess: boolean }
  /** What follows, if anything, cannot be read. */
  | { readonly kind: 'cut'; readonly position: number; readonly reason: string }

export class RecordingReader {
  readonly header: RecordingHeader
  readonly #input: RecordingInput
  readonly #head = Buffer.alloc(blockHeadLength)
  #payload = Buffer.alloc(0)
  #number = 0
  #position: number

  /** @throws TercelError TERCEL_RECORDING when it is no recording, or none that this tercel can read. */
  constructor(input: RecordingInput) {
    this.#input = input
    const prologue = this.#read(Buffer.alloc(prologueLength), 0)
    if (!prologue.subarray(0, recordingMagic.length).equals(recordingMagic)) {
      throw this.#error(
        prologue.length === 0 ? 'is empty: a recording of tercel was expected' : 'is no recording of tercel'
      )
    }
    if (prologue.length < prologueLength) throw this.#error('is cut within its header: nothing of it can be replayed')
    const version = prologue.readUInt32LE(8)
    if (version !== formatVersion) {
      throw this.#error(
        `has version ${version} of the format, this tercel reads ${formatVersion}: replay it with another`
      )
    }
    if (prologue.readUInt32LE(20) !== crc32(prologue.subarray(0, 20))) throw this.#error('has a damaged header')
    this.header = this.#readHeader(prologue.readUInt32LE(12), prologue.readUInt32LE(16))
    this.#position = prologueLength + prologue.readUInt32LE(12)
  }

  /** For messages. */
  get name(): string {
    return this.#input.name
  }

  /** Where the next block begins. */
  get position(): number {
    return this.#position
  }

  /** The next block; the last one is an `end` or a `cut`. */
  next(): Block {
    const position = this.#position
    const head = this.#read(this.#head, position)
    if (head.length === 0) return { kind: 'cut', position, reason: 'it ends there without having been finished' }
    if (head.length < blockHeadLength) return { kind: 'cut', position, reason: 'it ends within a block' }
    const block = decodeBlockHead(head)
    if (block === undefined || block.number !== this.#number) {
      return {
        kind: 'cut',
        position,
        reason: 'a block is damaged in its head, so where the next one begins is not known'
      }
    }
    if (block.kind === BlockKind.end) {
      return { kind: 'end', position, excess: this.#read(Buffer.alloc(1), position + blockHeadLength).length > 0 }
    }
    if (this.#payload.length < block.payloadLength) this.#payload = Buffer.alloc(block.payloadLength)
    const payload = this.#read(this.#payload.subarray(0, block.payloadLength), position + blockHeadLength)
    if (payload.length < block.payloadLength) return { kind: 'cut', position, reason: 'it ends within a block' }
    this.#number++
    this.#position = position + blockHeadLength + block.payloadLength
    const frames = crc32(payload) === block.payloadChecksum ? decompress(payload, block.framesLength) : undefined
    if (frames === undefined) return { kind: 'damaged', position, events: block.events }
    return { kind: 'frames', position, frames }
  }

  #readHeader(length: number, checksum: number): RecordingHeader {
    if (length > headerMaxLength) throw this.#error('has a header that is too large')
    const json = this.#read(Buffer.alloc(length), prologueLength)
    if (json.length < length) throw this.#error('is cut within its header: nothing of it can be replayed')
    const header = crc32(json) === checksum ? readHeader(parse(json)) : undefined
    if (header === undefined) throw this.#error('has a damaged header')
    if (header.frameVersion === frameVersion) return header
    throw this.#error(
      `was made by tercel ${header.tercel} with version ${header.frameVersion} of the frames, this tercel reads ` +
        `${frameVersion}: replay it with that release`
    )
  }

  #read(target: Buffer, position: number): Buffer {
    return target.subarray(0, this.#input.read(target, position))
  }

  #error(what: string): TercelError {
    return new TercelError('TERCEL_RECORDING', `${this.#input.name} ${what}`)
  }
}

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString())
  } catch {
    return undefined
  }
}

interface Decompressed {
  readonly buffer: Buffer
  readonly engine: { readonly bytesWritten: number }
}

/** Undefined when it is not what becomes `length` bytes, or would need more memory than a writer makes it need. */
function decompress(payload: Buffer, length: number): Buffer | undefined {
  try {
    const params = { [constants.ZSTD_d_windowLogMax]: windowLog }
    // A chunk that is full makes zlib ask for what else there is, in another of its size: so one byte stays free.
    const options = { maxOutputLength: length, chunkSize: Math.max(length + 1, 64), params, info: true }
    // With `info` it gives the engine as well, which knows how much it has taken: Node 24 stops at the end of what was
    // compressed and says nothing of what stands behind it.
    const { buffer, engine } = zstdDecompressSync(payload, options) as unknown as Decompressed
    return buffer.length === length && engine.bytesWritten === payload.length ? buffer : undefined
  } catch {
    return undefined
  }
}
