/** How many alerts a rule may raise: a token bucket whose clock is the time of the events. */

import type { Nanoseconds } from '../../collector/event.ts'

export interface RateLimit {
  /** Alerts that may come at once. */
  readonly burst: number
  /** Alerts a second, over time. */
  readonly perSecond: number
}

/** Far above what a person can read, far below what would fill a disk in a night. */
export const defaultRateLimit: RateLimit = { burst: 1000, perSecond: 100 }

/** Events of many CPUs come a little out of order; what is further back than this is a clock that was set back. */
const steppedBack = 60_000_000_000n

export class TokenBucket {
  readonly #limit: RateLimit
  #tokens: number
  #filledAt: Nanoseconds | undefined

  constructor(limit: RateLimit) {
    this.#limit = limit
    this.#tokens = limit.burst
  }

  /** Takes a token if there is one. A time shortly before the last one counts as the last one. */
  take(time: Nanoseconds): boolean {
    if (this.#filledAt === undefined || time < this.#filledAt - steppedBack) this.#filledAt = time
    if (time > this.#filledAt) {
      const seconds = Number(time - this.#filledAt) / 1e9
      this.#tokens = Math.min(this.#limit.burst, this.#tokens + seconds * this.#limit.perSecond)
      this.#filledAt = time
    }
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
