/** The batches that wait to be committed, in the order in which they came, and how many of them go together. */
import type { AlertBatch } from './records.ts'
import { footprint } from './spool-database.ts'

/** The largest transaction: longer ones keep readers waiting. */
const maxGroupCount = 5_000
const maxGroupBytes = 4 * 1024 * 1024

/** What of the reserve a transaction may be, since the reserve has to hold the WAL when the disk is full. */
const groupShare = 0.25

interface Waiting {
  readonly batch: AlertBatch
  readonly accepted: () => void
}

export class GroupQueue {
  readonly #groupBytes: number
  readonly #waiting: Waiting[] = []

  constructor(reserveBytes: number) {
    this.#groupBytes = Math.min(maxGroupBytes, groupShare * reserveBytes)
  }

  /** How many batches wait. */
  get length(): number {
    return this.#waiting.length
  }

  append(batch: AlertBatch, accepted: () => void): void {
    this.#waiting.push({ batch, accepted })
  }

  /**
   * The batches at the front that go together and fit.
   *
   * @param room in the file, in bytes as `footprint` reckons them.
   * @param backlogRoom in the backlogs of outputs, in bytes of alert JSON.
   */
  group(room: number, backlogRoom: number): AlertBatch[] {
    let count = 0
    let bytes = 0
    const end = this.#waiting.findIndex(({ batch }, index) => {
      count += batch.texts.length
      bytes += batch.totalBytes
      // A batch that is larger than a group goes alone.
      const tooLarge = index > 0 && (count > maxGroupCount || bytes > this.#groupBytes)
      return tooLarge || bytes > backlogRoom || footprint(bytes, count) > room
    })
    const group = end === -1 ? this.#waiting : this.#waiting.slice(0, end)
    return group.map(({ batch }) => batch)
  }

  /** What the next transaction needs, in bytes: with less free, the disk would only be found full again. */
  get footprint(): number {
    let count = 0
    let bytes = 0
    for (const { batch } of this.#waiting) {
      count += batch.texts.length
      bytes += batch.totalBytes
      if (count > maxGroupCount || bytes > this.#groupBytes) break
    }
    return Math.ceil(footprint(bytes, count))
  }

  /** Of the JSON of the first batch. */
  get firstBytes(): number {
    return this.#waiting[0]?.batch.totalBytes ?? 0
  }

  /** What the first batch needs alone, in bytes. */
  get firstFootprint(): number {
    const batch = this.#waiting[0]?.batch
    return batch === undefined ? 0 : footprint(batch.totalBytes, batch.texts.length)
  }

  /** The first batches are on disk. */
  accept(count: number): void {
    for (const { accepted } of this.#waiting.splice(0, count)) accepted()
  }
}
