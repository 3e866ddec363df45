/** How an output is doing. What is logged of it and what it shows of itself come from the same place. */
import type { Log } from './log.ts'

export interface LaneHealth {
  readonly failing: boolean
  /** Attempts in a row in which nothing was taken. */
  readonly consecutiveFailures: number
  readonly lastError: string | undefined
  /** When the far end last took something, in milliseconds since the epoch. */
  readonly lastSuccessMs: number | undefined
  /** When the oldest alert that is being sent was accepted, in milliseconds since the epoch. */
  readonly oldestWaitingMs: number | undefined
}

/** Dead letters are logged together, at most once in so many milliseconds. */
const deadLogInterval = 10_000

export class LaneMonitor {
  readonly #log: Log
  readonly #now: () => number
  #failures = 0
  #lastError: string | undefined
  #lastSuccessMs: number | undefined
  #unloggedDead = 0
  #deadLoggedMs = Number.NEGATIVE_INFINITY

  constructor(log: Log, now: () => number) {
    this.#log = log
    this.#now = now
  }

  get consecutiveFailures(): number {
    return this.#failures
  }

  failed(reason: string): void {
    this.#failures += 1
    this.#lastError = reason
    if (this.#failures > 1) return
    this.#log.warn({ reason }, 'output is failing: its alerts wait in the spool')
  }

  succeeded(): void {
    this.#lastSuccessMs = this.#now()
    if (this.#failures === 0) return
    this.#log.info({ failures: this.#failures }, 'output has recovered')
    this.#failures = 0
  }

  died(reason: string): void {
    this.#unloggedDead += 1
    if (this.#now() - this.#deadLoggedMs < deadLogInterval) return
    const count = this.#unloggedDead
    this.#log.warn({ count, reason }, 'output refused alerts: they are in the dead letters')
    this.#unloggedDead = 0
    this.#deadLoggedMs = this.#now()
  }

  health(oldestWaitingMs: number | undefined): LaneHealth {
    return {
      failing: this.#failures > 0,
      consecutiveFailures: this.#failures,
      lastError: this.#lastError,
      lastSuccessMs: this.#lastSuccessMs,
      oldestWaitingMs
    }
  }
}
