/**
 * Decides when a lane may send. After a failure the attempt's own alerts pause; once failures follow each other, or the
 * far end asks for a pause, or refuses us, nothing is sent until the pause is over, and then one attempt alone: so a
 * sink that is down costs one probe at a time, however many sends the lane may make at once.
 */
import { type Clock, systemClock } from './clock.ts'
import { type BackoffSettings, backoffMs, defaultBackoff, holdBackoff } from './retry.ts'

export interface BreakerOptions {
  readonly backoff?: BackoffSettings
  readonly clock?: Clock
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number
}

/** Why an attempt in which nothing was taken has failed. */
export interface Failure {
  /** The far end refuses us, and not the alert. */
  readonly held: boolean
  /** The pause that the far end asked for, in milliseconds. */
  readonly afterMs: number | undefined
}

/** So many attempts in a row fail before nothing is sent but probes. */
const threshold = 5

export type BreakerState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** One attempt is under way; what comes of it decides. */
  | { readonly kind: 'probing' }

export class Breaker {
  readonly #backoff: BackoffSettings
  readonly #clock: Clock
  readonly #random: () => number
  #state: BreakerState = { kind: 'closed' }
  #failures = 0
  #holds = 0
  /** Aborts when the state changes, for those that wait. */
  #change = new AbortController()

  constructor({ backoff = defaultBackoff, clock = systemClock, random = Math.random }: BreakerOptions = {}) {
    this.#backoff = backoff
    this.#clock = clock
    this.#random = random
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Resolves when an attempt may be made, which `succeeded` or `failed` has to follow; or when the signal aborts. */
  async pass(signal: AbortSignal): Promise<void> {
    while (this.#state.kind !== 'closed' && !signal.aborted) {
      if (this.#state.kind === 'open' && this.#state.untilMs <= this.#clock.now()) {
        this.#state = { kind: 'probing' }
        return
      }
      const pause = this.#state.kind === 'open' ? this.#state.untilMs - this.#clock.now() : Number.POSITIVE_INFINITY
      await this.#wait(pause, signal)
    }
  }

  /** Ends the pause: one attempt may be made at once. */
  endPause(): void {
    if (this.#state.kind === 'open') this.#become({ kind: 'open', untilMs: this.#clock.now() })
  }

  /** The far end has taken something, or refused it for good: it is there. */
  succeeded(): void {
    this.#failures = 0
    this.#holds = 0
    if (this.#state.kind !== 'closed') this.#become({ kind: 'closed' })
  }

  /** The pause before the rest of a batch is sent again of which a part was taken, in milliseconds. */
  pauseOfRest({ afterMs }: Pick<Failure, 'afterMs'>): number {
    return backoffMs(1, afterMs, this.#backoff, this.#random)
  }

  /**
   * Takes in a failed attempt.
   *
   * @param attempts how many attempts in a row have failed for these alerts.
   * @returns the pause until they may be sent again, in milliseconds; `pass` keeps it if it is the whole lane's.
   */
  failed({ held, afterMs }: Failure, attempts: number): number {
    this.#failures += 1
    this.#holds = held ? this.#holds + 1 : 0
    const pause = held
      ? backoffMs(this.#holds, undefined, holdBackoff, this.#random)
      : backoffMs(Math.max(this.#failures, attempts), afterMs, this.#backoff, this.#random)
    const wholeLane = held || afterMs !== undefined || this.#failures >= threshold
    if (wholeLane || this.#state.kind === 'probing') this.#openFor(pause)
    return pause
  }

  #openFor(pause: number): void {
    const before = this.#state.kind === 'open' ? this.#state.untilMs : 0
    // Sends that were under way when it opened may only prolong the pause.
    this.#become({ kind: 'open', untilMs: Math.max(before, this.#clock.now() + pause) })
  }

  #become(state: BreakerState): void {
    this.#state = state
    this.#change.abort()
    this.#change = new AbortController()
  }

  async #wait(pause: number, signal: AbortSignal): Promise<void> {
    const change = this.#change.signal
    const ended = AbortSignal.any([signal, change])
    if (Number.isFinite(pause)) return this.#clock.sleep(pause, ended)
    await new Promise<void>(resolve => ended.addEventListener('abort', () => resolve(), { once: true }))
  }
}
