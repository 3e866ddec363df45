/**
 * A lane serves one output at its own pace: it reads alerts from the spool, sends them in batches, settles what was taken
 * or refused, and sends the rest again, for ever. Each of its sends holds on to its batch until all of it is settled: at
 * concurrency 1 alerts arrive in order, beyond it a batch that is not taken holds up no other.
 */
import PQueue from 'p-queue'
import { messageOf, TercelError } from '../../base/errors.ts'
import type { BatchLimits, Output } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Settlement } from './cursor.ts'
import { type LaneHealth, LaneMonitor } from './lane-health.ts'
import type { Log } from './log.ts'
import type { SpooledAlert } from './records.ts'
import type { BackoffSettings } from './retry.ts'
import { sendBatch } from './send.ts'
import type { SendTotals } from './send-tally.ts'
import type { Spool } from './spool.ts'
import { type RateLimit, TokenBucket } from './token-bucket.ts'
import { batches, type Held, judge, type Verdict } from './verdict.ts'

export interface LaneOptions {
  /** The output's name; the spool must know it. */
  readonly name: string
  readonly output: Output
  readonly spool: Pick<Spool, 'next' | 'settle'>
  /** The most that one call of `send` is given. */
  readonly batch: BatchLimits
  /** Names the output in every line: a child logger of its own. */
  readonly log: Log
  /** How many sends may be under way at a time. Default 1: in order. */
  readonly concurrency?: number
  readonly rateLimit?: RateLimit | undefined
  /** A send that takes longer is given up on, and its alerts are sent again. Default 30 s. */
  readonly sendTimeoutMs?: number
  readonly backoff?: BackoffSettings
  readonly clock?: Clock
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number
  /** Told how long each send took, in milliseconds. */
  readonly onSend?: (durationMs: number) => void
  /** Called once if the lane ends on its own: nothing is sent after it, so tercel has to start anew. */
  readonly onFailure: (error: TercelError) => void
}

/** What a lane is doing, and how its sends ended since the start. */
export interface LaneActivity {
  readonly sends: SendTotals
  readonly breaker: BreakerState
  /** How many batches may be under way at a time. */
  readonly concurrency: number
  /** Batches that are being sent, or pause before they are sent again. */
  readonly inFlight: number
}

/** What is read from the spool at once, where the output's batches are smaller. */
const pageCount = 500
const pageBytes = 1024 * 1024

const closeTimeoutMs = 5_000

export class Lane {
  readonly #options: LaneOptions
  readonly #clock: Clock
  readonly #monitor: LaneMonitor
  readonly #breaker: Breaker
  readonly #bucket: TokenBucket | undefined
  readonly #batch: BatchLimits
  readonly #sends: PQueue
  /** What the sends have, by seq, in the order in which it was read. */
  readonly #held = new Map<number, Held>()
  #after = 0
  #running: Promise<void> | undefined
  #failed = false
  #draining = false
  readonly #stopped = new AbortController()
  /** Ends the waiting for alerts or for the next attempt. */
  #waiting = new AbortController()

  constructor(options: LaneOptions) {
    const { clock = systemClock, rateLimit, batch, concurrency = 1 } = options
    this.#options = options
    this.#clock = clock
    this.#breaker = new Breaker({ ...options, clock })
    this.#monitor = new LaneMonitor(options.log, clock.now, options.onSend)
    this.#bucket = rateLimit && new TokenBucket(rateLimit, clock)
    this.#batch = { ...batch, maxCount: Math.min(batch.maxCount, rateLimit?.burst ?? batch.maxCount) }
    this.#sends = new PQueue({ concurrency })
  }

  get health(): LaneHealth {
    const [oldest] = this.#held.values()
    return this.#monitor.health(oldest?.acceptedMs)
  }

  get activity(): LaneActivity {
    const { concurrency, pending: inFlight } = this.#sends
    return { sends: this.#monitor.sends, breaker: this.#breaker.state, concurrency, inFlight }
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /**
   * Delivers what is in the spool, for at most so many milliseconds, leaves the rest there, and closes the output. A sink
   * that is failing is asked once more at once; the rate limit is kept.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    this.#breaker.endPause()
    this.#endWaiting()
    await this.#within(deadlineMs, this.#running ?? Promise.resolve())
    this.#stopped.abort()
    this.#endWaiting()
    await this.#running
    await this.#within(closeTimeoutMs, this.#close())
  }

  async #close(): Promise<void> {
    const { output, log } = this.#options
    try {
      await output.close()
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'output could not be closed in order')
    }
  }

  async #run(): Promise<void> {
    try {
      while (!this.#ended) {
        const wait = !this.#draining
        const before = this.#after
        const page = await this.#read(wait)
        if (this.#after === before && !wait) break
        const sends = [...batches(page, this.#batch)]
        for (const batch of sends) this.#enqueue(batch)
        // The next page is read while the second half of this one is sent.
        await this.#sends.onSizeLessThan(Math.max(1, sends.length / 2))
      }
      await this.#sends.onIdle()
    } catch (error) {
      this.#fail(error)
    }
  }

  get #ended(): boolean {
    return this.#failed || this.#stopped.signal.aborted
  }

  #fail(cause: unknown): void {
    if (this.#failed) return
    this.#failed = true
    const { name, log, onFailure } = this.#options
    log.error({ err: cause }, 'output is no longer served')
    const failure = new TercelError('TERCEL_DEFECT', `the lane of output ${name} failed`, { cause })
    onFailure(cause instanceof TercelError ? cause : failure)
  }

  async #read(wait: boolean): Promise<Held[]> {
    const { spool, name } = this.#options
    const { maxCount, maxBytes } = this.#batch
    const request = {
      after: this.#after,
      maxCount: Math.max(maxCount, pageCount),
      maxBytes: Math.max(maxBytes, pageBytes)
    }
    const alerts = await spool.next(name, request, { wait, signal: this.#waiting.signal })
    this.#after = alerts.at(-1)?.seq ?? this.#after
    return alerts.flatMap(spooled => this.#parse(spooled))
  }

  #parse({ seq, acceptedMs, bytes, json }: SpooledAlert): Held[] {
    try {
      return [{ seq, acceptedMs, bytes, alert: JSON.parse(json) as Alert, attempts: 0 }]
    } catch (error) {
      this.#settle([{ seq, kind: 'dead', reason: `damaged in the spool: ${messageOf(error)}`, attempts: 0 }])
      return []
    }
  }

  #enqueue(batch: readonly Held[]): void {
    for (const held of batch) this.#held.set(held.seq, held)
    this.#sends.add(() => this.#deliver(batch)).catch((error: unknown) => this.#fail(error))
  }

  /** Sends a batch until all of it is settled, or the lane has to stop. */
  async #deliver(batch: readonly Held[]): Promise<void> {
    let left = batch
    let failures = 0
    while (left.length > 0) {
      await this.#breaker.pass(this.#stopped.signal)
      await this.#bucket?.take(left.length, this.#stopped.signal)
      if (this.#ended) return
      const verdict = await this.#attempt(left)
      const failed = this.#takeIn(verdict)
      left = verdict.left
      if (verdict.split && left.length > 1) {
        const half = Math.ceil(left.length / 2)
        await this.#deliver(left.slice(0, half))
        left = left.slice(half)
      } else if (left.length > 0 && !verdict.split && !this.#ended) {
        failures = failed ? failures + 1 : 0
        const pause = failed ? this.#breaker.failed(verdict, failures) : this.#breaker.pauseOfRest(verdict)
        await this.#clock.sleep(pause, this.#waiting.signal)
      }
    }
  }

  async #attempt(sent: readonly Held[]): Promise<Verdict> {
    const { output, sendTimeoutMs = 30_000 } = this.#options
    const alerts = sent.map(({ alert }) => alert)
    const signal = this.#stopped.signal
    const startedMs = this.#clock.now()
    const outcomes = await sendBatch(output, alerts, { clock: this.#clock, timeoutMs: sendTimeoutMs, signal })
    const verdict = judge(sent, outcomes)
    this.#monitor.sent(sent, verdict, startedMs)
    return verdict
  }

  /** Settles what is settled and says how the far end does; true when it took nothing. */
  #takeIn(verdict: Verdict): boolean {
    const { settlements, left, split } = verdict
    this.#settle(settlements)
    const failed = settlements.length === 0 && !split
    if (!failed) {
      this.#breaker.succeeded()
      this.#monitor.succeeded()
    } else if (left.length > 0 && !this.#ended) this.#monitor.failed(verdict)
    return failed
  }

  #settle(settlements: readonly Settlement[]): void {
    if (settlements.length === 0) return
    this.#options.spool.settle(this.#options.name, settlements)
    for (const settlement of settlements) {
      this.#held.delete(settlement.seq)
      if (settlement.kind === 'dead') this.#monitor.died(settlement.reason)
    }
  }

  /** Ends the waiting for alerts and the pauses between attempts; once the lane is stopped, nothing waits any more. */
  #endWaiting(): void {
    this.#waiting.abort()
    if (!this.#stopped.signal.aborted) this.#waiting = new AbortController()
  }

  /** Waits for work, but no longer than so many milliseconds. */
  async #within(milliseconds: number, work: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<void>()
    const done = this.#clock.after(milliseconds, late.resolve)
    try {
      await Promise.race([work, late.promise])
    } finally {
      done()
    }
  }
}
