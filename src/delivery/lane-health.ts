/** How an output is doing. What is logged of it and what it shows of itself come from the same place. */
import type { Log } from './log.ts'
import { SendTally, type SendTotals } from './send-tally.ts'
import type { Held, Verdict } from './verdict.ts'

export interface LaneHealth {
  readonly failing: boolean
  /** When the first of the attempts in a row failed, in milliseconds since the epoch. */
  readonly failingSinceMs: number | undefined
  /** Attempts in a row in which nothing was taken. */
  readonly consecutiveFailures: number
  readonly lastError: string | undefined
  /** When the far end last took something, in milliseconds since the epoch. */
  readonly lastSuccessMs: number | undefined
  /** When the oldest alert that is being sent was accepted, in milliseconds since the epoch. */
  readonly oldestWaitingMs: number | undefined
}

export interface LaneFailure {
  readonly reason: string
  /** It will not mend itself: the far end refuses us, or something is wrong on our side. */
  readonly held: boolean
  /** The pause that the far end asked for, in milliseconds. */
  readonly afterMs: number | undefined
}

/** One happening is logged at most once in so many milliseconds: a sink that fails half of the time would fill a disk. */
const logInterval = 10_000

/** An outage that goes on is told again: who looks at the last hour of the log sees it. */
const reminderInterval = 3_600_000

const failingTexts = {
  failing: 'output is failing: its alerts wait in the spool',
  held: 'output cannot deliver until the reason is mended: its alerts wait in the spool'
}

export class LaneMonitor {
  readonly #log: Log
  readonly #now: () => number
  readonly #onSend: ((durationMs: number) => void) | undefined
  readonly #sends = new SendTally()
  #failures = 0
  #lastError: string | undefined
  #lastSuccessMs: number | undefined
  /** When the first of the attempts in a row failed. */
  #failingSinceMs = 0
  /** What was logged of the failure that goes on, and not followed by a recovery. */
  #logged: keyof typeof failingTexts | undefined
  #failureLoggedMs = Number.NEGATIVE_INFINITY
  #unloggedFailures = 0
  #unloggedDead = 0
  #deadLoggedMs = Number.NEGATIVE_INFINITY

  /** @param onSend is told how long each send took, in milliseconds. */
  constructor(log: Log, now: () => number, onSend?: (durationMs: number) => void) {
    this.#log = log
    this.#now = now
    this.#onSend = onSend
  }

  /** A send has ended, whatever came of it. */
  sent(sent: readonly Held[], verdict: Verdict, startedMs: number): void {
    this.#sends.add(sent, verdict)
    this.#onSend?.(this.#now() - startedMs)
  }

  get sends(): SendTotals {
    return this.#sends.totals
  }

  /** Nothing of an attempt was taken. */
  failed({ reason, held, afterMs = 0 }: LaneFailure): void {
    if (this.#failures === 0) this.#failingSinceMs = this.#now()
    this.#failures += 1
    this.#unloggedFailures += 1
    this.#lastError = reason
    const state = held ? 'held' : 'failing'
    const known = this.#logged === state || (this.#logged === 'held' && state === 'failing')
    const loggedAgoMs = this.#now() - this.#failureLoggedMs
    if (known) {
      if (loggedAgoMs >= reminderInterval) this.#remind(reason, state)
      return
    }
    const soon = this.#logged === undefined && loggedAgoMs < logInterval
    // A long pause keeps the log short by itself, and for its time there would be no other line.
    if (soon && afterMs < logInterval) return
    this.#logged = state
    this.#failureLoggedMs = this.#now()
    this.#log.warn({ reason }, failingTexts[state])
  }

  #remind(reason: string, state: keyof typeof failingTexts): void {
    this.#failureLoggedMs = this.#now()
    const since = new Date(this.#failingSinceMs).toISOString()
    this.#log.warn({ reason, since, attempts: this.#failures }, failingTexts[state])
  }

  /** The far end took something, or refused it for good. */
  succeeded(): void {
    this.#lastSuccessMs = this.#now()
    this.#failures = 0
    if (this.#logged === undefined) return
    this.#log.info({ failures: this.#unloggedFailures }, 'output has recovered')
    this.#logged = undefined
    this.#unloggedFailures = 0
  }

  died(reason: string): void {
    this.#unloggedDead += 1
    if (this.#now() - this.#deadLoggedMs < logInterval) return
    const count = this.#unloggedDead
    this.#log.warn({ count, reason }, 'output refused alerts: they are in the dead letters')
    this.#unloggedDead = 0
    this.#deadLoggedMs = this.#now()
  }

  health(oldestWaitingMs: number | undefined): LaneHealth {
    return {
      failing: this.#failures > 0,
      failingSinceMs: this.#failures > 0 ? this.#failingSinceMs : undefined,
      consecutiveFailures: this.#failures,
      lastError: this.#lastError,
      lastSuccessMs: this.#lastSuccessMs,
      oldestWaitingMs
    }
  }
}
