/** A limit of so many alerts a second, with room for a burst after a quiet time. */
import { type Clock, systemClock } from './clock.ts'

export interface RateLimit {
  readonly perSecond: number
  /** The most that is sent at once after a quiet time; at least 1. */
  readonly burst: number
}

export class TokenBucket {
  readonly #limit: RateLimit
  readonly #clock: Clock
  #tokens: number
  #filledMs: number
  /** Those that wait take their turns. */
  #turn: Promise<void> = Promise.resolve()

  constructor(limit: RateLimit, clock: Clock = systemClock) {
    this.#limit = limit
    this.#clock = clock
    this.#tokens = limit.burst
    this.#filledMs = clock.now()
  }

  /** Resolves when so many alerts (at most `burst`) may be sent, or when the signal aborts. */
  take(count: number, signal: AbortSignal): Promise<void> {
    const turn = this.#turn.then(() => this.#take(count, signal))
    this.#turn = turn
    return turn
  }

  async #take(count: number, signal: AbortSignal): Promise<void> {
    this.#fill()
    while (this.#tokens < count && !signal.aborted) {
      // Rounded up, or a timer that fires early would have it wait again and again for next to nothing.
      await this.#clock.sleep(Math.ceil(((count - this.#tokens) / this.#limit.perSecond) * 1000), signal)
      this.#fill()
    }
    this.#tokens -= count
  }

  #fill(): void {
    const now = this.#clock.now()
    const gained = ((now - this.#filledMs) / 1000) * this.#limit.perSecond
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + gained)
    this.#filledMs = now
  }
}
