/**
 * Where one output stands in the spool: everything up to its cursor is settled, some alerts above it may be, and how many
 * alerts and bytes wait for it.
 */
import type { AlertIndex } from './alert-index.ts'
import { type BacklogLimits, unlimitedBacklog } from './backlog.ts'
import { chunkHas, chunkOf, SettledChunks } from './settled-chunks.ts'
import type { ThrottleWindow } from './throttle-windows.ts'

/** The ways in which an alert is done with for an output. */
export const settlementKinds = ['delivered', 'dead', 'shed', 'filtered', 'throttled'] as const

export type SettlementKind = (typeof settlementKinds)[number]

export type Settlement =
  | { readonly seq: number; readonly kind: Exclude<SettlementKind, 'dead' | 'throttled'> }
  /** With the window that counts it; of those that are settled for a window at once, the last has it. */
  | { readonly seq: number; readonly kind: 'throttled'; readonly window?: ThrottleWindow }
  | { readonly seq: number; readonly kind: 'dead'; readonly reason: string; readonly attempts: number }

/** accepted = delivered + dead + shed + filtered + throttled + waiting, always. Counts of alerts. */
export type Books = Readonly<Record<SettlementKind, number>> & {
  readonly accepted: number
  readonly waiting: number
  /** Of the JSON of what waits. */
  readonly waitingBytes: number
  /** How long ago the oldest alert that waits was accepted, in milliseconds; 0 when none waits. */
  readonly oldestWaitingMs: number
}

/** A row of the table `outputs`. */
export type CursorRow = Record<SettlementKind, number> & { name: string; start: number; cursor: number }

/** The rows of the table `settled` of an output, by chunk. */
export type SettledRows = ReadonlyMap<number, Uint8Array>

export class OutputCursor {
  readonly name: string
  /** By which the index knows the output. */
  readonly slot: number
  readonly chunks: SettledChunks
  limits: BacklogLimits = unlimitedBacklog
  /** What waits up to here was handed to the lane: it may be on its way. */
  handedOut = 0
  readonly #index: AlertIndex
  readonly #counts: Record<SettlementKind, number>
  /** All that was accepted less this was accepted for the output. */
  #start: number
  #cursor: number
  #waiting = 0
  #waitingBytes = 0

  /** @param addressed what is in the file for this output alone. */
  constructor(index: AlertIndex, row: CursorRow, settled: SettledRows = new Map(), addressed: Iterable<number> = []) {
    this.#index = index
    this.name = row.name
    this.#start = row.start
    const { delivered, dead, shed, filtered, throttled } = row
    this.#counts = { delivered, dead, shed, filtered, throttled }
    this.chunks = new SettledChunks(settled.keys())
    const isSettled = (seq: number) => {
      const bits = settled.get(chunkOf(seq))
      return bits !== undefined && chunkHas(bits, seq)
    }
    this.slot = index.addOutput(row.cursor, isSettled, addressed)
    index.eachWaiting(this.slot, row.cursor, (segment, at) => {
      this.accept(segment.bytesAt(at))
      return true
    })
    this.#cursor = row.cursor
    this.#advance()
  }

  /** A cursor that waits for what comes from now on, or for all that is in the file. */
  static at(index: AlertIndex, name: string, from: 'now' | 'oldest'): OutputCursor {
    const { head, size, addressed, segments } = index
    const none = { delivered: 0, dead: 0, shed: 0, filtered: 0, throttled: 0 }
    const row =
      from === 'now'
        ? { start: head, cursor: head }
        : // What is there for another output alone was never accepted for this one.
          { start: head - size + addressed, cursor: (segments[0]?.firstSeq ?? head + 1) - 1 }
    return new OutputCursor(index, { name, ...row, ...none })
  }

  get cursor(): number {
    return this.#cursor
  }

  get waiting(): number {
    return this.#waiting
  }

  /** Of the JSON of what waits. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** An alert that the index has just taken waits for this output too. */
  accept(bytes: number): void {
    this.#waiting += 1
    this.#waitingBytes += bytes
  }

  /** An alert that the index has just taken is for another output alone: it counts as never accepted for this one. */
  pass(): void {
    this.#start += 1
    if (this.#waiting === 0) this.#cursor = this.#index.head
  }

  /** Counts an alert as done. False when it already was: a late answer changes nothing. */
  settle(seq: number, kind: SettlementKind): boolean {
    const bytes = this.#index.settle(this.slot, seq)
    if (bytes === undefined) return false
    this.#counts[kind] += 1
    this.#waiting -= 1
    this.#waitingBytes -= bytes
    if (seq === this.#cursor + 1) this.#advance()
    else this.chunks.settled(seq)
    return true
  }

  books(nowMs: number): Books {
    const { head } = this.#index
    let oldestWaitingMs = 0
    this.#index.eachWaiting(this.slot, this.#cursor, (segment, at) => {
      oldestWaitingMs = Math.max(0, nowMs - segment.acceptedMsAt(at))
      return false
    })
    const waiting = { waiting: this.#waiting, waitingBytes: this.#waitingBytes, oldestWaitingMs }
    return { accepted: head - this.#start, ...this.#counts, ...waiting }
  }

  /** @param passed how many alerts for other outputs alone are written with it. */
  toRow(passed = 0): CursorRow {
    return { name: this.name, start: this.#start + passed, cursor: this.#cursor, ...this.#counts }
  }

  /** The cursor stands below the first alert that waits, or at the head. */
  #advance(): void {
    const next = this.#waiting === 0 ? undefined : this.#index.nextWaiting(this.slot, this.#cursor)
    this.#cursor = next === undefined ? this.#index.head : next - 1
  }
}
