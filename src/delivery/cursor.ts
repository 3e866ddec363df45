/** Where one output stands in the spool: everything up to its cursor is settled, and some alerts above it may be. */

/** The ways in which an alert is done with for an output. */
export const settlementKinds = ['delivered', 'dead', 'shed', 'filtered', 'throttled'] as const

export type SettlementKind = (typeof settlementKinds)[number]

export type Settlement =
  | { readonly seq: number; readonly kind: Exclude<SettlementKind, 'dead'> }
  | { readonly seq: number; readonly kind: 'dead'; readonly reason: string; readonly attempts: number }

/** accepted = delivered + dead + shed + filtered + throttled + waiting, always. Counts of alerts. */
export type Books = Readonly<Record<SettlementKind, number>> & { readonly accepted: number; readonly waiting: number }

/** A row of the table `outputs`. */
export type CursorRow = Record<SettlementKind, number> & {
  name: string
  start: number
  cursor: number
  settled_above: string
}

/** The most alerts above the cursor that are handed out: bounds what may be settled out of order. */
export const cursorWindow = 10_000

export class OutputCursor {
  readonly name: string
  /** Alerts after this one count as accepted for the output. */
  readonly start: number
  readonly #counts: Record<SettlementKind, number>
  readonly #above: Set<number>
  #cursor: number

  constructor(row: CursorRow) {
    this.name = row.name
    this.start = row.start
    this.#cursor = row.cursor
    this.#above = new Set(decodeRanges(row.settled_above))
    const { delivered, dead, shed, filtered, throttled } = row
    this.#counts = { delivered, dead, shed, filtered, throttled }
  }

  /** A cursor that waits for what comes after `start`. */
  static at(name: string, start: number): OutputCursor {
    const none = { delivered: 0, dead: 0, shed: 0, filtered: 0, throttled: 0 }
    return new OutputCursor({ name, start, cursor: start, settled_above: '[]', ...none })
  }

  get cursor(): number {
    return this.#cursor
  }

  isSettled(seq: number): boolean {
    return seq <= this.#cursor || this.#above.has(seq)
  }

  /** Counts an alert as done. False when it already was: a late answer changes nothing. */
  settle(seq: number, kind: SettlementKind): boolean {
    if (this.isSettled(seq)) return false
    this.#counts[kind] += 1
    this.#above.add(seq)
    while (this.#above.delete(this.#cursor + 1)) this.#cursor += 1
    return true
  }

  books(head: number): Books {
    const waiting = head - this.#cursor - this.#above.size
    return { accepted: head - this.start, ...this.#counts, waiting }
  }

  toRow(): CursorRow {
    const settledAbove = encodeRanges(this.#above)
    return { name: this.name, start: this.start, cursor: this.#cursor, settled_above: settledAbove, ...this.#counts }
  }
}

/** Numbers as JSON of inclusive ranges: {5, 6, 9} is `[[5,6],[9,9]]`. */
function encodeRanges(numbers: ReadonlySet<number>): string {
  const ranges: [number, number][] = []
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last !== undefined && last[1] === number - 1) last[1] = number
    else ranges.push([number, number])
  }
  return JSON.stringify(ranges)
}

function* decodeRanges(text: string): Generator<number> {
  for (const [first, last] of JSON.parse(text) as [number, number][]) {
    for (let number = first; number <= last; number += 1) yield number
  }
}
