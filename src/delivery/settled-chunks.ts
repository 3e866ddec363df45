/**
 * What an output has settled out of order, as the file knows it: bits in chunks of 8,192 alerts, one row a chunk. Only
 * alerts above the cursor that are still in the file need a bit; one that is gone was settled by all.
 */
import type { AlertIndex } from './alert-index.ts'

/** Alerts to a chunk: 1 KiB of bits. */
export const chunkSize = 8_192

/** A row to be written; without bits, to be deleted. */
export interface ChunkChange {
  readonly chunk: number
  readonly bits: Uint8Array | undefined
}

export function chunkOf(seq: number): number {
  return Math.floor(seq / chunkSize)
}

/** Bits of the chunk; the lowest bit of the first byte is the chunk's first alert, on every machine. */
export function encodeChunk(members: Iterable<number>): Uint8Array | undefined {
  let bits: Uint8Array | undefined
  for (const seq of members) {
    const at = seq % chunkSize
    bits ??= new Uint8Array(chunkSize / 8)
    bits[at >>> 3]! |= 1 << (at & 7)
  }
  return bits
}

/** Whether an alert is set in the bits of its chunk. */
export function chunkHas(bits: Uint8Array, seq: number): boolean {
  const at = seq % chunkSize
  return ((bits[at >>> 3]! >>> (at & 7)) & 1) === 1
}

/** Which chunks of one output are on disk, and which have changed since. */
export class SettledChunks {
  readonly #stored: Set<number>
  readonly #changed = new Set<number>()

  constructor(stored: Iterable<number> = []) {
    this.#stored = new Set(stored)
  }

  /** An alert above the cursor was settled. */
  settled(seq: number): void {
    this.#changed.add(chunkOf(seq))
  }

  /** Alerts were deleted from the file: their bits are not needed any more. */
  deleted(firstSeq: number, lastSeq: number): void {
    if (this.#stored.size === 0) return
    for (let chunk = chunkOf(firstSeq); chunk <= chunkOf(lastSeq); chunk += 1) {
      if (this.#stored.has(chunk)) this.#changed.add(chunk)
    }
  }

  /** What the next commit has to write for a cursor that stands here. */
  changes(cursor: number, encode: (chunk: number) => Uint8Array | undefined): ChunkChange[] {
    const done = chunkOf(cursor + 1)
    for (const chunk of this.#stored) if (chunk < done) this.#changed.add(chunk)
    const changes: ChunkChange[] = []
    for (const chunk of this.#changed) {
      const bits = chunk < done ? undefined : encode(chunk)
      // Noted before it is written: a commit that seems to fail may have taken place.
      if (bits !== undefined) this.#stored.add(chunk)
      if (this.#stored.has(chunk)) changes.push({ chunk, bits })
    }
    return changes
  }

  /** These are on disk. */
  written(changes: readonly ChunkChange[]): void {
    for (const { chunk, bits } of changes) if (bits === undefined) this.#stored.delete(chunk)
    this.#changed.clear()
  }
}

/**
 * The bits of a chunk for an output, from the index.
 *
 * @param deletedTo alerts that nobody waits for need no bit up to here: they are deleted with the same commit.
 */
export function encodeSettled(
  index: AlertIndex,
  slot: number,
  { chunk, cursor, deletedTo }: { chunk: number; cursor: number; deletedTo: number }
): Uint8Array | undefined {
  return encodeChunk(settledIn(index, slot, { chunk, cursor, deletedTo }))
}

function* settledIn(
  index: AlertIndex,
  slot: number,
  { chunk, cursor, deletedTo }: { chunk: number; cursor: number; deletedTo: number }
): Generator<number> {
  const first = Math.max(chunk * chunkSize, cursor + 1)
  const end = (chunk + 1) * chunkSize
  for (const segment of index.segments) {
    if (segment.lastSeq < first || segment.firstSeq >= end) continue
    let idle = segment.nextIdle(0)
    for (let at = segment.lowerBound(first); at < segment.count && segment.seqAt(at) < end; at += 1) {
      if (!segment.present(at) || segment.waits(slot, at)) continue
      if (idle < at) idle = segment.nextIdle(at)
      if (idle !== at || segment.seqAt(at) > deletedTo) yield segment.seqAt(at)
    }
  }
}
