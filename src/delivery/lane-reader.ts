/**
 * What a lane reads: alerts of the spool, page by page, less those that its output does not get. It waits for a page to
 * fill where that is asked for, and sums up what a throttle has held back.
 */
import { messageOf } from '../../base/errors.ts'
import type { BatchLimits } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'
import { shapeProblem } from './alert-shape.ts'
import { batches, bytesOf } from './batches.ts'
import type { Clock } from './clock.ts'
import type { Settlement } from './cursor.ts'
import type { ReadRequest, SpooledAlert } from './records.ts'
import type { Router } from './router.ts'
import type { Spool } from './spool.ts'
import type { Summary } from './throttle.ts'
import type { Held } from './verdict.ts'

export interface LaneReaderOptions {
  /** The output's name. */
  readonly name: string
  readonly spool: Pick<Spool, 'next' | 'append'>
  /** The most that one send takes. */
  readonly batch: BatchLimits
  /** How long alerts wait for a batch to fill, in milliseconds. */
  readonly lingerMs: number
  readonly router: Router
  readonly clock: Clock
  /** Told of what is done with before it is sent. */
  readonly settle: (settlements: readonly Settlement[]) => void
}

export interface ReadOptions {
  /** Whether to wait for alerts, and for a batch to fill. */
  readonly wait: boolean
  /** Ends the waiting. */
  readonly signal: AbortSignal
}

/** What is read from the spool at once, where the output's batches are smaller. */
const pageCount = 500
const pageBytes = 1024 * 1024

/** Summaries that go into the spool at once: windows may end together by thousands. */
const appendLimits = { maxCount: 500, maxBytes: 256 * 1024 }

/** So much later than a window ends it is summed up: the threads' clocks are not quite the same. */
const windowGraceMs = 1_000

export class LaneReader {
  readonly #options: LaneReaderOptions
  readonly #request: Omit<ReadRequest, 'after'>
  #after = 0

  constructor(options: LaneReaderOptions) {
    const { maxCount, maxBytes } = options.batch
    this.#options = options
    this.#request = { maxCount: Math.max(maxCount, pageCount), maxBytes: Math.max(maxBytes, pageBytes) }
  }

  /** The next alerts to send; none may mean that others were read. Undefined: there is nothing, and it was not to wait. */
  async read({ wait, signal }: ReadOptions): Promise<readonly Held[] | undefined> {
    const page = await this.#page(wait, signal)
    if (page === undefined) return undefined
    const { batch, lingerMs, clock } = this.#options
    const readMs = clock.now()
    let bytes = bytesOf(page)
    while (
      wait &&
      lingerMs > 0 &&
      page.length > 0 &&
      page.length < batch.maxCount &&
      bytes < batch.maxBytes &&
      !signal.aborted
    ) {
      // Accepted is by a clock that may be set: it shortens the wait, and never makes it longer.
      const leftMs = Math.min(page[0]!.acceptedMs, readMs) + lingerMs - clock.now()
      if (leftMs <= 0) break
      const more = (await this.#page(true, signal, leftMs)) ?? []
      for (const held of more) page.push(held)
      bytes += bytesOf(more)
    }
    return page
  }

  /** @param longestMs to wait; for ever when undefined */
  async #page(wait: boolean, signal: AbortSignal, longestMs = Number.POSITIVE_INFINITY): Promise<Held[] | undefined> {
    const { router, clock, settle } = this.#options
    const nowMs = clock.now()
    const dueMs = (router.nextDueMs ?? Number.POSITIVE_INFINITY) + windowGraceMs
    const isDue = dueMs <= nowMs
    // Whether a window is over is known only once all that was accepted in it is read.
    const spooled = await this.#next(wait && !isDue, signal, Math.min(longestMs, dueMs - nowMs))
    const newest = spooled.at(-1)
    if (newest === undefined) {
      if (isDue) this.#append(router.endDue(nowMs - windowGraceMs))
      return wait ? [] : undefined
    }
    this.#after = newest.seq
    const { passed, settlements } = router.route(spooled.flatMap(each => this.#parse(each)))
    settle(settlements)
    this.#append(router.endRead(newest.acceptedMs))
    return [...passed]
  }

  async #next(wait: boolean, signal: AbortSignal, longestMs: number): Promise<SpooledAlert[]> {
    const { name, spool, clock } = this.#options
    const request = { ...this.#request, after: this.#after }
    if (!wait || longestMs === Number.POSITIVE_INFINITY) return spool.next(name, request, { wait, signal })
    const late = new AbortController()
    const inTime = clock.after(longestMs, () => late.abort())
    try {
      return await spool.next(name, request, { wait, signal: AbortSignal.any([signal, late.signal]) })
    } finally {
      inTime()
    }
  }

  #append(summaries: readonly Summary[]): void {
    const { name, spool } = this.#options
    const sized = summaries.map(summary => ({ ...summary, bytes: Buffer.byteLength(JSON.stringify(summary.alert)) }))
    for (const some of batches(sized, appendLimits)) {
      const alerts = some.map(({ alert }) => alert)
      // A spool that has gone has told the lane by other ways; what is not appended is still an open window there.
      spool.append(name, alerts, { closes: some.map(({ id }) => id) }).catch(() => {})
    }
  }

  #parse({ seq, acceptedMs, bytes, addressed, json }: SpooledAlert): Held[] {
    try {
      const alert: unknown = JSON.parse(json)
      const problem = shapeProblem(alert)
      if (problem !== undefined) throw new Error(problem)
      return [{ seq, acceptedMs, bytes, addressed, alert: alert as Alert, attempts: 0 }]
    } catch (error) {
      this.#options.settle([{ seq, kind: 'dead', reason: `damaged in the spool: ${messageOf(error)}`, attempts: 0 }])
      return []
    }
  }
}
