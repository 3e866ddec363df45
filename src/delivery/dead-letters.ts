/** Dead letters in the file, and their bound: an output that rejects everything must not take the room of the living. */
import { priorities } from '../../rules/alert.ts'
import type { UnwrittenDead } from './cursors.ts'
import { type DeadLetterFilter, DeadLetterScan } from './dead-letter-scan.ts'
import type { AlertBatch, DeadLetter, DeadLetterSum } from './records.ts'
import type { SpoolFile } from './spool-file.ts'

/** The share of the spool's limit that they may take; beyond it the oldest are deleted. */
const deadLetterShare = 0.25

/** How far below its limit it is taken then, as a share of it, so that it is not done for each letter. */
const distance = 0.05

/** Letters that are deleted with one transaction, beside as many as it writes. */
const deleteStep = 1_000

const maxReasonLength = 1_000

export class DeadLetters {
  /** How many were deleted to keep the bound, since the start. */
  dropped = 0
  readonly #file: SpoolFile
  readonly #maxBytes: number
  #sum: DeadLetterSum = { count: 0, bytes: 0 }
  #uncommitted = { count: 0, bytes: 0, dropped: 0 }

  constructor(file: SpoolFile) {
    this.#file = file
    this.#maxBytes = deadLetterShare * file.maxBytes
  }

  /** Whether the next commit deletes some. */
  get tooMany(): boolean {
    return this.#sum.bytes > this.#maxBytes
  }

  /** What is written. */
  get sum(): DeadLetterSum {
    return this.#sum
  }

  /** Takes in what is in the file. */
  load(): void {
    this.#sum = this.#file.sql.deadSum.get() as unknown as DeadLetterSum
  }

  /**
   * Writes letters, deletes those that batches replay, and keeps the bound; to be called in a transaction, and
   * `committed` after it.
   */
  write(letters: readonly UnwrittenDead[], batches: readonly AlertBatch[], nowMs: number): void {
    this.#uncommitted = { ...this.#sum, dropped: 0 }
    for (const { address } of batches) this.#delete(address?.letters ?? [])
    for (const { output, settlement } of letters) {
      const reason = settlement.reason.slice(0, maxReasonLength)
      const written = this.#file.sql.insertDead.get(output, reason, settlement.attempts, nowMs, settlement.seq)
      this.#uncommitted.count += written === undefined ? 0 : 1
      this.#uncommitted.bytes += Number(written?.bytes ?? 0)
    }
    if (this.#uncommitted.bytes > this.#maxBytes) this.#keepBound(letters.length + deleteStep)
  }

  committed(): void {
    const { count, bytes, dropped } = this.#uncommitted
    this.#sum = { count, bytes }
    this.dropped += dropped
  }

  /** A walk through those that are written by now and fit a filter. */
  scan(filter: DeadLetterFilter): DeadLetterScan {
    return new DeadLetterScan(this.#file, filter)
  }

  /** Gives undefined for one that is gone. */
  read(id: number): DeadLetter | undefined {
    const row = this.#file.sql.deadLetter.get(id)
    if (row === undefined) return undefined
    const { severity, ...letter } = row
    return { ...letter, priority: priorities[Number(severity)] ?? 'Debug' } as unknown as DeadLetter
  }

  /** Deletes some in a transaction of its own. Gives how many were there. */
  drop(ids: readonly number[]): number {
    let count = 0
    this.#uncommitted = { ...this.#sum, dropped: 0 }
    this.#file.transaction(() => {
      count = this.#delete(ids)
    })
    this.committed()
    return count
  }

  #delete(ids: readonly number[]): number {
    let count = 0
    for (const id of ids) {
      const deleted = this.#file.sql.deleteDead.get(id)
      if (deleted === undefined) continue
      count += 1
      this.#uncommitted.count -= 1
      this.#uncommitted.bytes -= Number(deleted.bytes)
    }
    return count
  }

  #keepBound(most: number): void {
    const target = (1 - distance) * this.#maxBytes
    let last: number | undefined
    for (const { id, bytes } of this.#file.sql.oldestDead.iterate(most)) {
      if (this.#uncommitted.bytes <= target) break
      this.#uncommitted.bytes -= Number(bytes)
      this.#uncommitted.count -= 1
      this.#uncommitted.dropped += 1
      last = Number(id)
    }
    if (last !== undefined) this.#file.sql.deleteDeadUpTo.run(last)
  }
}
