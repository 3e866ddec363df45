/** The batches that wait to be committed, in the order in which they came, and how many of them go together. */
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
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
  readonly refused: (error: TercelError) => void
}

export class GroupQueue {
  readonly #groupBytes: number
  /** Batches for one output alone stand before the others: a backlog that blocks those does not hold them up. */
  readonly #waiting: Waiting[] = []

  constructor(reserveBytes: number) {
    this.#groupBytes = Math.min(maxGroupBytes, groupShare * reserveBytes)
  }

  /** How many batches wait. */
  get length(): number {
    return this.#waiting.length
  }

  append(entry: Waiting): void {
    const isAddressed = entry.batch.address !== undefined
    const at = isAddressed ? this.#waiting.findIndex(({ batch }) => batch.address === undefined) : -1
    this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, entry)
  }

  /** An output is gone: batches for it alone are refused. */
  refuse(output: string): void {
    for (const entry of this.#waiting.filter(({ batch }) => batch.address?.output === output)) {
      this.#waiting.splice(this.#waiting.indexOf(entry), 1)
      entry.refused(unknownOutput(output))
    }
  }

  /**
   * The batches at the front that go together and fit.
   *
   * @param room in the file, in bytes as `footprint` reckons them.
   * @param backlogRoom in the backlogs of outputs that block, in bytes of alert JSON. What is for one output alone is
   *   there already, as a dead letter or counted by its throttle: it does not wait for that.
   */
  group(room: number, backlogRoom: number): AlertBatch[] {
    let count = 0
    let bytes = 0
    let forAll = 0
    const end = this.#waiting.findIndex(({ batch }, index) => {
      count += batch.texts.length
      bytes += batch.totalBytes
      forAll += batch.address === undefined ? batch.totalBytes : 0
      // A batch that is larger than a group goes alone.
      const tooLarge = index > 0 && (count > maxGroupCount || bytes > this.#groupBytes)
      return tooLarge || forAll > backlogRoom || footprint(bytes, count) > room
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

  /** What the first batch needs in the backlogs of outputs, in bytes of alert JSON. */
  get firstBytes(): number {
    const batch = this.#waiting[0]?.batch
    return batch === undefined || batch.address !== undefined ? 0 : batch.totalBytes
  }

  /** What the first batch needs alone, in bytes. */
  get firstFootprint(): number {
    const batch = this.#waiting[0]?.batch
    return batch === undefined ? 0 : footprint(batch.totalBytes, batch.texts.length)
  }

  /** These batches are on disk. */
  accept(batches: readonly AlertBatch[]): void {
    const accepted = new Set(batches)
    const entries = this.#waiting.splice(0)
    for (const entry of entries) if (!accepted.has(entry.batch)) this.#waiting.push(entry)
    for (const entry of entries) if (accepted.has(entry.batch)) entry.accepted()
  }
}

/** What is answered to whoever names an output that has no cursor. */
export function unknownOutput(output: string): TercelError {
  return new TercelError('TERCEL_SPOOL', `the spool knows no output ${printableText(output)}`)
}
