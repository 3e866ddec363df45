/** What goes into the spool and what comes out of it, as plain data. */
import type { Priority } from '../../rules/alert.ts'

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
}

export interface SpooledAlert {
  readonly seq: number
  /** Milliseconds since the epoch at which it was accepted. */
  readonly acceptedMs: number
  readonly bytes: number
  /** It was made for this output, which has to send it as it is. */
  readonly addressed: boolean
  readonly json: string
}

export interface DeadLetter {
  readonly id: number
  readonly output: string
  readonly reason: string
  readonly attempts: number
  /** Milliseconds since the epoch. */
  readonly deadMs: number
  readonly json: string
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
