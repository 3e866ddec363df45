/** What goes into the spool and what comes out of it, as plain data. */
import type { Priority } from '../../rules/alert.ts'

/** Says of a batch that one output alone waits for it; for the others it counts as never accepted. */
export interface Address {
  readonly output: string
  /** Throttle windows of the output, by id, that are deleted with the transaction that accepts the batch. */
  readonly closes?: readonly string[]
  /** The dead letters that the alerts were: likewise. */
  readonly letters?: readonly number[]
}

/** Alerts as they travel to the spool, column by column: one entry per alert in each array. */
export interface AlertBatch {
  /** Each alert as JSON. */
  readonly texts: string[]
  readonly severities: number[]
  readonly rules: string[]
  /** Whether it is a report of tercel itself: those are shed last. */
  readonly internal: boolean[]
  /** Length of each text in UTF-8. */
  readonly bytes: number[]
  totalBytes: number
  /** Without it all outputs wait for the batch. */
  readonly address?: Address
}

export interface AddressedBatch extends AlertBatch {
  readonly address: Address
}

export interface SpooledAlert {
  readonly seq: number
  /** Milliseconds since the epoch at which it was accepted. */
  readonly acceptedMs: number
  readonly bytes: number
  readonly json: string
  /** Put in for this output alone, such as a replayed dead letter: it is not routed or throttled again. */
  readonly addressed: boolean
}

export interface DeadLetter {
  readonly id: number
  readonly output: string
  readonly rule: string
  readonly priority: Priority
  readonly reason: string
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly deadMs: number
  readonly json: string
}

/** How many there are. */
export interface DeadLetterSum {
  readonly count: number
  /** What they take in the file, about. */
  readonly bytes: number
}

/** Of one output. */
export interface DeadLetterCount extends DeadLetterSum {
  readonly output: string
}

export interface ReadRequest {
  /** Alerts after this one; the output's cursor where that is further on. */
  readonly after: number
  readonly maxCount: number
  /** Of alert JSON. One alert is always given, however large. */
  readonly maxBytes: number
}

/** How many alerts were shed. */
export type ShedCounts = Readonly<Partial<Record<Priority, number>>>
