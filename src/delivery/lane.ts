/**
 * A lane serves one output at its own pace: it sends what its reader gives in batches, settles what was taken or refused,
 * and sends the rest again, for ever. Each of its sends holds on to its batch until all of it is settled: at
 * concurrency 1 alerts arrive in order, beyond it a batch that is not taken holds up no other.
 */
import PQueue from 'p-queue'
import { messageOf, TercelError } from '../../base/errors.ts'
import type { BatchLimits } from '../../outputs/output.ts'
import { goOn, within } from '../within.ts'
import { Attempts } from './attempts.ts'
import { batches, bytesOf } from './batches.ts'
import { Breaker, type BreakerState } from './breaker.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Settlement } from './cursor.ts'
import { type LaneHealth, LaneMonitor } from './lane-health.ts'
import type { LaneOptions } from './lane-options.ts'
import { LaneReader } from './lane-reader.ts'
import { Router, type Routing } from './router.ts'
import type { SendTotals } from './send-tally.ts'
import { TokenBucket } from './token-bucket.ts'
import type { Held, Verdict } from './verdict.ts'

/** What a lane is doing, and how its sends ended since the start. */
export interface LaneActivity {
  readonly sends: SendTotals
  readonly breaker: BreakerState
  /** How many sends may be under way at a time now. */
  readonly concurrency: number
  /** Batches that are being sent, or pause before they are sent again. */
  readonly inFlight: number
}

const closeTimeoutMs = 5_000

export class Lane {
  readonly #options: LaneOptions
  readonly #clock: Clock
  readonly #monitor: LaneMonitor
  readonly #breaker: Breaker
  readonly #bucket: TokenBucket | undefined
  /** The most that one send takes; less once the far end has refused a batch for its size. */
  #batch: BatchLimits
  /** The batches that are being delivered, and those that are about to be. */
  readonly #sends: PQueue
  /** The attempts of those: a batch that pauses before its next one holds up no other. */
  readonly #attempts: Attempts
  #routing: Routing
  #router: Router | undefined
  /** What the sends have, by seq, in the order in which it was read. */
  readonly #held = new Map<number, Held>()
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
    this.#attempts = new Attempts({
      output: options.output,
      clock,
      timeoutMs: options.sendTimeoutMs ?? 30_000,
      concurrency,
      signal: this.#stopped.signal,
      onSent: (sent, verdict, startedMs) => this.#monitor.sent(sent, verdict, startedMs)
    })
    this.#routing = options.routing ?? {}
  }

  get health(): LaneHealth {
    const [oldest] = this.#held.values()
    return this.#monitor.health(oldest?.acceptedMs)
  }

  get activity(): LaneActivity {
    const { limit: concurrency } = this.#attempts
    return { sends: this.#monitor.sends, breaker: this.#breaker.state, concurrency, inFlight: this.#sends.pending }
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** What is read from now on is routed by this; what was read before goes its way. */
  reroute(routing: Routing): void {
    this.#routing = routing
    this.#router?.use(routing)
  }

  /**
   * Delivers what is in the spool, for at most so many milliseconds, leaves the rest there, and closes the output. A sink
   * that is failing is asked once more at once; the rate limit is kept.
   */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    this.#breaker.endPause()
    this.#endWaiting()
    await within(this.#running ?? Promise.resolve(), deadlineMs, goOn, this.#clock)
    this.#stopped.abort()
    this.#endWaiting()
    await this.#running
    await within(this.#close(), closeTimeoutMs, goOn, this.#clock)
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
      const reader = await this.#makeReader()
      while (!this.#ended) {
        const page = await reader.read({ wait: !this.#draining, signal: this.#waiting.signal })
        if (page === undefined) break
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

  async #makeReader(): Promise<LaneReader> {
    const { name, spool, lingerMs = 0 } = this.#options
    this.#router = new Router(name, this.#routing, await spool.windows(name), this.#clock.now)
    return new LaneReader({
      name,
      spool,
      batch: this.#batch,
      lingerMs,
      router: this.#router,
      clock: this.#clock,
      settle: settlements => this.#settle(settlements)
    })
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
      const verdict = await this.#attempts.make(left)
      const failed = this.#takeIn(verdict)
      left = verdict.left
      if (verdict.tooLarge && left.length > 1) this.#shrinkBatches(bytesOf(left))
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

  /** A batch of so many bytes was too large. */
  #shrinkBatches(bytes: number): void {
    const maxBytes = Math.ceil(bytes / 2)
    if (maxBytes >= this.#batch.maxBytes) return
    this.#batch = { ...this.#batch, maxBytes }
    this.#options.log.info({ bytes, maxBytes }, 'output refused a batch for its size: the next ones are smaller')
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
}
