/**
 * What is in the spool's file, in memory: of each alert its size, priority, rule and age, and who waits for it. So the
 * books, the limits and the choice of what to shed need no query. Takes 14 bytes an alert and a bit for each output.
 */
import { AlertSegment, type IndexedAlert, joined, segmentSize } from './alert-segment.ts'
import { tableOf } from './alert-tables.ts'

/** Alerts that lie next to each other in the index and that nobody waits for, to be deleted. */
export interface IdleRun {
  readonly firstSeq: number
  readonly lastSeq: number
  /** Which of `alertTables` hold some of them, as bits. */
  readonly tables: number
  /** Whether some of them were for one output alone. */
  readonly addressed: boolean
}

/** An alert as it is found in its table. */
export interface Place {
  readonly seq: number
  readonly table: number
  readonly addressed: boolean
}

/** Rules are numbered in 16 bits; what comes beyond shares the last number. */
const lastRule = 0xffff

export class AlertIndex {
  /** The newest accepted alert; 0 before the first. */
  head = 0
  /** How many alerts are in the file that nobody waits for. Without outputs everything is kept: 0 then. */
  idle = 0
  readonly #segments: AlertSegment[] = []
  readonly #slots = new Set<number>()
  readonly #rules = new Map<string, number>()

  /** Oldest first. */
  get segments(): readonly AlertSegment[] {
    return this.#segments
  }

  /** How many alerts are in the file. */
  get size(): number {
    return this.#segments.reduce((sum, { live }) => sum + live, 0)
  }

  /** How long ago the oldest alert in the file was accepted, in milliseconds; 0 when there is none. */
  oldestMs(nowMs: number): number {
    const oldest = this.#segments.find(({ live }) => live > 0)
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.acceptedMsAt(oldest.nextPresent(0)))
  }

  /** How many of them are for one output alone. */
  get addressed(): number {
    return this.#segments.reduce((sum, { addressed }) => sum + addressed, 0)
  }

  /** Adds an alert that came after all others; these outputs wait for it, or all. */
  append(alert: IndexedAlert, rule: string, slots: Iterable<number> = this.#slots): void {
    let segment = this.#segments.at(-1)
    if (segment === undefined || !segment.fits(alert.seq, alert.acceptedMs)) {
      segment = new AlertSegment(alert.seq, alert.acceptedMs)
      this.#segments.push(segment)
    }
    const at = segment.append(alert, this.#ruleNumber(rule))
    for (const slot of slots) segment.wait(slot, at)
  }

  /**
   * Makes room for an output that waits for what is in the file after `after`, but for those it has settled.
   *
   * @param addressed what is for it alone; of the others that are for one output it is none of them.
   * @returns its slot, by which it is named from then on.
   */
  addOutput(after: number, isSettled: (seq: number) => boolean, addressed: Iterable<number> = []): number {
    let slot = 0
    while (this.#slots.has(slot)) slot += 1
    this.#slots.add(slot)
    for (const segment of this.#segments) {
      for (let at = segment.lowerBound(after + 1); at < segment.count; at += 1) {
        if (segment.present(at) && !segment.addressedAt(at) && !isSettled(segment.seqAt(at))) segment.wait(slot, at)
      }
    }
    for (const seq of addressed) {
      const segment = seq > after && !isSettled(seq) ? this.find(seq) : undefined
      const at = segment?.lowerBound(seq) ?? 0
      if (segment?.addressedAt(at) && segment.seqAt(at) === seq) segment.wait(slot, at)
    }
    this.#countIdle()
    return slot
  }

  removeOutput(slot: number): void {
    this.#slots.delete(slot)
    for (const segment of this.#segments) segment.forget(slot)
    this.#countIdle()
  }

  /** The segment that holds an alert, or would hold it; undefined when it came before all or after all. */
  find(seq: number): AlertSegment | undefined {
    const segment = this.#segments[this.#firstFrom(seq)]
    return segment !== undefined && segment.firstSeq <= seq ? segment : undefined
  }

  /** An output is done with an alert. Gives its bytes, or undefined when the output did not wait for it. */
  settle(slot: number, seq: number): number | undefined {
    const segment = this.find(seq)
    if (segment === undefined) return undefined
    const at = segment.lowerBound(seq)
    if (at === segment.count || segment.seqAt(at) !== seq || !segment.waits(slot, at)) return undefined
    if (segment.settle(slot, at)) this.idle += 1
    return segment.bytesAt(at)
  }

  /** Calls with the alerts after `after` that an output waits for, oldest first, until `visit` gives false. */
  eachWaiting(slot: number, after: number, visit: (segment: AlertSegment, at: number) => boolean): void {
    for (let index = this.#firstFrom(after + 1); index < this.#segments.length; index += 1) {
      const segment = this.#segments[index]!
      let at = segment.nextWaiting(slot, segment.lowerBound(after + 1))
      while (at < segment.count) {
        if (!visit(segment, at)) return
        at = segment.nextWaiting(slot, at + 1)
      }
    }
  }

  /** Calls with the alerts in the file after `after` and up to `last`. */
  eachPresent(after: number, last: number, visit: (segment: AlertSegment, at: number) => void): void {
    for (let index = this.#firstFrom(after + 1); index < this.#segments.length; index += 1) {
      const segment = this.#segments[index]!
      let at = segment.nextPresent(segment.lowerBound(after + 1))
      for (; at < segment.count && segment.seqAt(at) <= last; at = segment.nextPresent(at + 1)) visit(segment, at)
      if (at < segment.count) return
    }
  }

  /** The first alert after `after` that an output waits for. */
  nextWaiting(slot: number, after: number): number | undefined {
    let found: number | undefined
    this.eachWaiting(slot, after, (segment, at) => {
      found = segment.seqAt(at)
      return false
    })
    return found
  }

  /** The next alerts that an output waits for; at least one, however large. */
  page(slot: number, after: number, maxCount: number, maxBytes: number): Place[] {
    const found: Place[] = []
    let bytes = 0
    this.eachWaiting(slot, after, (segment, at) => {
      bytes += segment.bytesAt(at)
      if (found.length > 0 && bytes > maxBytes) return false
      const table = tableOf(segment.severityAt(at), segment.internalAt(at))
      found.push({ seq: segment.seqAt(at), table, addressed: segment.addressedAt(at) })
      return found.length < maxCount
    })
    return found
  }

  /** What can be deleted, oldest first: all, or up to so many alerts in so many runs. */
  idleRuns(maxAlerts: number, maxRuns: number): IdleRun[] {
    const runs: IdleRun[] = []
    if (this.idle === 0) return runs
    let left = maxAlerts
    for (const segment of this.#segments) {
      if (segment.idle === 0) continue
      let at = segment.nextIdle(0)
      while (at < segment.count) {
        if (left === 0 || runs.length === maxRuns) return runs
        const firstSeq = segment.seqAt(at)
        let tables = 0
        let addressed = false
        let last = at
        let next = at
        for (; next < segment.count && next <= last + 1 && left > 0; next = segment.nextIdle(last + 1)) {
          tables |= 1 << tableOf(segment.severityAt(next), segment.internalAt(next))
          addressed ||= segment.addressedAt(next)
          last = next
          left -= 1
        }
        runs.push({ firstSeq, lastSeq: segment.seqAt(last), tables, addressed })
        at = next
      }
    }
    return runs
  }

  /** These were deleted from the file. */
  remove(runs: readonly IdleRun[]): void {
    for (const { firstSeq, lastSeq } of runs) {
      const segment = this.find(firstSeq)!
      const before = segment.idle
      const end = segment.lowerBound(lastSeq + 1)
      for (let at = segment.lowerBound(firstSeq); at < end; at += 1) segment.remove(at)
      this.idle -= before - segment.idle
    }
    if (runs.length > 0) this.#compact()
  }

  /** Drops segments that are empty and joins neighbours that are, so that memory follows what is in the file. */
  #compact(): void {
    const kept: AlertSegment[] = []
    const newest = this.#segments.at(-1)
    for (const segment of this.#segments) {
      const before = kept.at(-1)
      if (segment.live === 0 && (segment !== newest || segment.count === segmentSize)) continue
      if (before !== undefined && segment !== newest && before.live + segment.live <= segmentSize / 2) {
        kept[kept.length - 1] = joined(before, segment) ?? before
        if (kept.at(-1) === before) kept.push(segment)
      } else kept.push(segment)
    }
    if (kept.length < this.#segments.length) this.#segments.splice(0, this.#segments.length, ...kept)
  }

  /** The place of the first segment that ends at `seq` or after it. */
  #firstFrom(seq: number): number {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#segments[middle]!.lastSeq < seq) low = middle + 1
      else high = middle
    }
    return low
  }

  #countIdle(): void {
    this.idle = 0
    for (const segment of this.#segments) {
      segment.countIdle()
      if (this.#slots.size === 0) segment.idle = 0
      this.idle += segment.idle
    }
  }

  #ruleNumber(name: string): number {
    const known = this.#rules.get(name)
    if (known !== undefined) return known
    if (this.#rules.size === lastRule) return lastRule
    const number = this.#rules.size
    this.#rules.set(name, number)
    return number
  }
}
