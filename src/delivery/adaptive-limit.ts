/**
 * How many sends may be under way at a time: fewer when the far end gets slower or fails, more while it keeps up. Additive
 * increase and multiplicative decrease, as TCP does it (RFC 5681), on what a round of sends takes.
 */

/** A round that takes so many times as long as the quickest ones is too slow. */
const slowdown = 2

/** Differences below this say nothing, in milliseconds. */
const noiseMs = 10

/** What remains of the limit after a round that was too slow, and after a failure. */
const afterSlow = 0.75
const afterFailure = 0.5

export interface SendReport {
  readonly ms: number
  /** Whether the far end took or refused something; false when it failed. */
  readonly taken: boolean
  /** Whether more was waiting to be sent: the limit was what held it up. */
  readonly waiting: boolean
}

export class AdaptiveLimit {
  readonly #most: number
  #limit: number
  /** What a send takes when the far end is well, in milliseconds. */
  #quickestMs = Number.POSITIVE_INFINITY
  #round = { sends: 0, ms: 0, waiting: false, failed: false }

  /** @param most the limit is never higher, and begins there */
  constructor(most: number) {
    this.#most = most
    this.#limit = most
  }

  get value(): number {
    return this.#limit
  }

  /** Takes in a send that has ended; gives the limit from then on. */
  after({ ms, taken, waiting }: SendReport): number {
    if (this.#most === 1) return 1
    const round = this.#round
    round.waiting ||= waiting
    if (taken) round.ms += ms
    else if (!round.failed) {
      // Sends that were under way together fail together: that counts once.
      round.failed = true
      this.#limit = Math.max(1, Math.floor(this.#limit * afterFailure))
    }
    round.sends += 1
    if (round.sends >= this.#limit) this.#endRound()
    return this.#limit
  }

  #endRound(): void {
    const { sends, ms, waiting, failed } = this.#round
    this.#round = { sends: 0, ms: 0, waiting: false, failed: false }
    if (failed) return
    const meanMs = ms / sends
    const isSlow = meanMs > slowdown * this.#quickestMs + noiseMs
    // What one send at a time takes is what the far end takes now: it may have become slower for good.
    this.#quickestMs = this.#limit === 1 ? meanMs : Math.min(meanMs, this.#quickestMs)
    if (isSlow) this.#limit = Math.max(1, Math.floor(this.#limit * afterSlow))
    else if (waiting) this.#limit = Math.min(this.#most, this.#limit + 1)
  }
}
