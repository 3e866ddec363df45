/** Dead letters in the file, and their bound: an output that rejects everything must not take the room of the living. */
import type { UnwrittenDead } from './cursors.ts'
import type { DeadLetter } from './records.ts'
import type { SpoolStatements } from './spool-statements.ts'

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
  readonly #maxBytes: number
  #bytes = 0
  #uncommitted = { bytes: 0, dropped: 0 }

  constructor(maxSpoolBytes: number) {
    this.#maxBytes = deadLetterShare * maxSpoolBytes
  }

  /** Whether the next commit deletes some. */
  get tooMany(): boolean {
    return this.#bytes > this.#maxBytes
  }

  /** Takes in what is in the file. */
  load(sql: SpoolStatements): void {
    this.#bytes = Number(sql.deadBytes.get()?.bytes)
  }

  /** Writes letters and keeps the bound; to be called in a transaction, and `committed` after it. */
  write(sql: SpoolStatements, letters: readonly UnwrittenDead[], nowMs: number): void {
    this.#uncommitted = { bytes: this.#bytes, dropped: 0 }
    for (const { output, settlement } of letters) {
      const reason = settlement.reason.slice(0, maxReasonLength)
      const written = sql.insertDead.get(output, reason, settlement.attempts, nowMs, settlement.seq)
      this.#uncommitted.bytes += Number(written?.bytes ?? 0)
    }
    if (this.#uncommitted.bytes > this.#maxBytes) this.#drop(sql, letters.length + deleteStep)
  }

  committed(): void {
    this.#bytes = this.#uncommitted.bytes
    this.dropped += this.#uncommitted.dropped
  }

  /** The oldest. */
  list(sql: SpoolStatements, limit: number): DeadLetter[] {
    return sql.deadLetters.all(limit) as unknown as DeadLetter[]
  }

  #drop(sql: SpoolStatements, most: number): void {
    const target = (1 - distance) * this.#maxBytes
    let last: number | undefined
    for (const { id, bytes } of sql.oldestDead.iterate(most)) {
      if (this.#uncommitted.bytes <= target) break
      this.#uncommitted.bytes -= Number(bytes)
      this.#uncommitted.dropped += 1
      last = Number(id)
    }
    if (last !== undefined) sql.deleteDead.run(last)
  }
}
