/**
 * Recordings: the raw frames of a reader in a file, with what is needed to understand them elsewhere. This folder knows the
 * file: here is its form, header.ts says what stands in the header, writer.ts and reader.ts are the two ends. Little-endian:
 *
 *     prologue, 24 bytes
 *        0   8  magic; like PNG's it shows when a transfer took the file for text
 *        8   4  version of this format
 *       12   4  bytes of the header
 *       16   4  CRC-32 of the header
 *       20   4  CRC-32 of the 20 bytes before
 *     header     JSON (header.ts)
 *     blocks, each of a head of 32 bytes and a payload
 *        0   4  "BLCK"
 *        4   4  kind: 1 frames, 2 the end (without a payload; nothing follows)
 *        8   4  number of the block, from 0
 *       12   4  bytes of the payload
 *       16   4  bytes of its frames
 *       20   4  events (exec, fork, exit and syscall frames) in it
 *       24   4  CRC-32 of the payload
 *       28   4  CRC-32 of the 28 bytes before
 *     payload    whole frames as reader/frame.h has them, compressed with Zstandard
 *
 * A block is the unit of loss. One is written when it is full and once a second, so a recorder that is killed leaves a file
 * that lacks its last second and its end, and says so. Head and payload are checked separately: a damaged payload is
 * skipped, for the head says where the next block begins and how many events are missing. Behind a damaged head nothing is
 * read. Looking for the next "BLCK" would find blocks that a recorded process wrote: its command line stands in a payload.
 *
 * Every length is bounded, and checked before memory is taken for it: a recording may come from anybody.
 */
import { crc32 } from 'node:zlib'

export const recordingMagic = Buffer.from('\x89TRCL\r\n\x1a', 'latin1')
export const formatVersion = 1

export const prologueLength = 24
/** For users and groups of a large machine. */
export const headerMaxLength = 16 * 1024 * 1024

export const blockMarker = 0x4b434c42
export const blockHeadLength = 32
export const BlockKind = { frames: 1, end: 2 } as const

/** Frames of a block; a FrameBuffer holds as many, so that it takes a block at once. */
export const blockMaxFrames = 1024 * 1024
/** What cannot be compressed grows: by less than 1/128 and 512 bytes (ZSTD_COMPRESSBOUND of zstd.h). */
export const blockMaxPayload = blockMaxFrames + blockMaxFrames / 128 + 512
/** log2 of the window of Zstandard: as large as a block, and what a decoder needs at most. */
export const windowLog = 20

export interface BlockHead {
  readonly kind: number
  readonly number: number
  readonly payloadLength: number
  readonly framesLength: number
  readonly events: number
  readonly payloadChecksum: number
}

/** The prologue of a recording with this header. */
export function encodePrologue(header: Uint8Array): Buffer {
  const bytes = Buffer.alloc(prologueLength)
  recordingMagic.copy(bytes)
  bytes.writeUInt32LE(formatVersion, 8)
  bytes.writeUInt32LE(header.length, 12)
  bytes.writeUInt32LE(crc32(header), 16)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 20)), 20)
  return bytes
}

export function encodeBlockHead(head: BlockHead): Buffer {
  const bytes = Buffer.alloc(blockHeadLength)
  const { kind, number, payloadLength, framesLength, events, payloadChecksum } = head
  const members = [blockMarker, kind, number, payloadLength, framesLength, events, payloadChecksum]
  for (const [index, member] of members.entries()) bytes.writeUInt32LE(member, 4 * index)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
  return bytes
}

/** The head that these 32 bytes are; undefined when they are damaged, or no head that a writer makes. */
export function decodeBlockHead(bytes: Buffer): BlockHead | undefined {
  if (bytes.readUInt32LE(0) !== blockMarker || bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return undefined
  const head = {
    kind: bytes.readUInt32LE(4),
    number: bytes.readUInt32LE(8),
    payloadLength: bytes.readUInt32LE(12),
    framesLength: bytes.readUInt32LE(16),
    events: bytes.readUInt32LE(20),
    payloadChecksum: bytes.readUInt32LE(24)
  }
  const { kind, payloadLength, framesLength } = head
  if (kind === BlockKind.end) return payloadLength === 0 && framesLength === 0 ? head : undefined
  const fits = payloadLength <= blockMaxPayload && framesLength > 0 && framesLength <= blockMaxFrames
  return kind === BlockKind.frames && fits ? head : undefined
}
