/**
 * A lane serves one output at its own pace: it reads a batch from the spool, sends it, settles what was taken or
 * refused, and sends the rest again, for ever. An alert that was not taken holds up those behind it, so order is kept.
 */
import { messageOf, TercelError } from '../../base/errors.ts'
import { type Outcome, type Output, retry } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Settlement } from './cursor.ts'
import { type LaneHealth, LaneMonitor } from './lane-health.ts'
import type { Log } from './log.ts'
import type { SpooledAlert } from './records.ts'
import { type BackoffSettings, backoffMs, defaultBackoff } from './retry.ts'
import type { Spool } from './spool.ts'

export interface LaneOptions {
  /** The output's name; the spool must know it. */
  readonly name: string
  readonly output: Output
  readonly spool: Pick<Spool, 'next' | 'settle'>
  /** The most that one call of `send` is given. */
  readonly batch: { readonly maxCount: number; readonly maxBytes: number }
  /** Names the output in every line: a child logger of its own. */
  readonly log: Log
  /** A send that takes longer is given up on, and its alerts are sent again. Default 30 s. */
  readonly sendTimeoutMs?: number
  readonly backoff?: BackoffSettings
  readonly clock?: Clock
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number
  /** Called once if the lane ends on its own: nothing is sent after it, so tercel has to start anew. */
  readonly onFailure: (error: TercelError) => void
}

/** An alert that was read and is not settled. */
interface Held {
  readonly seq: number
  readonly acceptedMs: number
  readonly alert: Alert
  attempts: number
}

const closeTimeoutMs = 5_000

export class Lane {
  readonly #options: LaneOptions
  readonly #clock: Clock
  readonly #monitor: LaneMonitor
  #held: Held[] = []
  #after = 0
  #running: Promise<void> | undefined
  #draining = false
  #stopped = false
  /** Ends the waiting for alerts or for the next attempt. */
  #waiting = new AbortController()
  #giveUp: ((reason: string) => void) | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#monitor = new LaneMonitor(options.log, this.#clock.now)
  }

  get health(): LaneHealth {
    return this.#monitor.health(this.#held[0]?.acceptedMs)
  }

  start(): void {
    this.#running ??= this.#run()
  }

  /** Delivers what is in the spool, for at most so many milliseconds, leaves the rest there, and closes the output. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    this.#waiting.abort()
    await this.#within(deadlineMs, this.#running ?? Promise.resolve())
    this.#stopped = true
    this.#waiting.abort()
    this.#giveUp?.('tercel is stopping')
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
      while (!this.#stopped) {
        const wait = !this.#draining
        if (this.#held.length === 0) await this.#read(wait)
        if (this.#held.length > 0) await this.#attempt()
        else if (!wait) return
      }
    } catch (cause) {
      const { name, log, onFailure } = this.#options
      log.error({ err: cause }, 'output is no longer served')
      const failure = new TercelError('TERCEL_DEFECT', `the lane of output ${name} failed`, { cause })
      onFailure(cause instanceof TercelError ? cause : failure)
    }
  }

  async #read(wait: boolean): Promise<void> {
    const { spool, name, batch } = this.#options
    const signal = this.#startWaiting()
    const request = { after: this.#after, ...batch }
    const alerts = await spool.next(name, request, { wait, signal })
    this.#after = alerts.at(-1)?.seq ?? this.#after
    this.#held = alerts.flatMap(spooled => this.#parse(spooled))
  }

  #parse({ seq, acceptedMs, json }: SpooledAlert): Held[] {
    try {
      return [{ seq, acceptedMs, alert: JSON.parse(json) as Alert, attempts: 0 }]
    } catch (error) {
      this.#settle([{ seq, kind: 'dead', reason: `damaged in the spool: ${messageOf(error)}`, attempts: 0 }])
      return []
    }
  }

  /** Sends what is held once, settles it, and waits if something is left. */
  async #attempt(): Promise<void> {
    const sent = this.#held
    const outcomes = await this.#send(sent.map(({ alert }) => alert))
    const settlements: Settlement[] = []
    const left: Held[] = []
    let afterMs: number | undefined
    let reason = ''
    for (const [index, held] of sent.entries()) {
      const outcome = outcomes[index]!
      const { seq } = held
      held.attempts += 1
      if (outcome.kind === 'delivered') settlements.push({ seq, kind: 'delivered' })
      else if (outcome.kind === 'reject') {
        settlements.push({ seq, kind: 'dead', reason: outcome.reason, attempts: held.attempts })
      } else {
        left.push(held)
        reason ||= outcome.reason
        if (outcome.kind === 'retry' && outcome.afterMs !== undefined) afterMs = Math.max(afterMs ?? 0, outcome.afterMs)
      }
    }
    this.#held = left
    this.#settle(settlements)
    if (settlements.length > 0) this.#monitor.succeeded()
    if (left.length === 0 || this.#stopped) return
    if (settlements.length === 0) this.#monitor.failed(reason)
    await this.#pause(afterMs)
  }

  async #pause(afterMs: number | undefined): Promise<void> {
    const { backoff = defaultBackoff, random = Math.random } = this.#options
    const failures = Math.max(1, this.#monitor.consecutiveFailures)
    await this.#clock.sleep(backoffMs(failures, afterMs, backoff, random), this.#startWaiting())
  }

  #settle(settlements: readonly Settlement[]): void {
    if (settlements.length === 0) return
    this.#options.spool.settle(this.#options.name, settlements)
    for (const settlement of settlements) if (settlement.kind === 'dead') this.#monitor.died(settlement.reason)
  }

  /** One outcome per alert, whatever the output does. */
  async #send(alerts: readonly Alert[]): Promise<Outcome[]> {
    const { output, sendTimeoutMs = 30_000 } = this.#options
    const sending = new AbortController()
    const timer = new AbortController()
    const givenUp = Promise.withResolvers<never>()
    this.#giveUp = reason => {
      givenUp.reject(new Error(reason))
      sending.abort()
    }
    this.#clock.sleep(sendTimeoutMs, timer.signal).then(() => {
      if (!timer.signal.aborted) this.#giveUp?.(`no answer within ${sendTimeoutMs} ms`)
    })
    try {
      const outcomes = await Promise.race([givenUp.promise, output.send(alerts, sending.signal)])
      if (outcomes.length === alerts.length) return outcomes
      throw new Error(`${outcomes.length} outcomes for ${alerts.length} alerts: a defect of the output`)
    } catch (error) {
      return alerts.map(() => retry(messageOf(error)))
    } finally {
      this.#giveUp = undefined
      timer.abort()
    }
  }

  #startWaiting(): AbortSignal {
    if (this.#waiting.signal.aborted && !this.#stopped) this.#waiting = new AbortController()
    return this.#waiting.signal
  }

  /** Waits for work, but no longer than so many milliseconds. */
  async #within(milliseconds: number, work: Promise<void>): Promise<void> {
    const timer = new AbortController()
    const late = this.#clock.sleep(milliseconds, timer.signal)
    try {
      await Promise.race([work, late])
    } finally {
      timer.abort()
    }
  }
}
