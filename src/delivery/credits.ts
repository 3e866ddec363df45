/**
 * What a producer may have on its way to the spool, in alerts and bytes. Low priorities are refused before the credits
 * are gone, so that there is room for the high ones; and some credits are kept for tercel's own reports.
 */

export interface CreditLimits {
  readonly alerts: number
  readonly bytes: number
  /** Kept for internal alerts, beside the two above. */
  readonly internalAlerts: number
  readonly internalBytes: number
}

export const defaultCredits: CreditLimits = {
  alerts: 10_000,
  bytes: 16 * 1024 * 1024,
  internalAlerts: 100,
  internalBytes: 1024 * 1024
}

/** The share of credits that must be left for an alert of a severity (0 Emergency to 7 Debug) to be taken. */
const shareLeft: readonly number[] = [0, 0, 0, 0, 0.1, 0.25, 0.5, 0.5]

export interface Spent {
  alerts: number
  bytes: number
}

export class Credits {
  readonly #alerts: number
  readonly #bytes: number
  #alertsLeft: number
  #bytesLeft: number

  constructor(alerts: number, bytes: number) {
    this.#alerts = this.#alertsLeft = alerts
    this.#bytes = this.#bytesLeft = bytes
  }

  /** Whether enough is left for an alert of this severity, as far as that can be said before its size is known. */
  allows(severity: number): boolean {
    const share = shareLeft[severity] ?? 0
    return this.#alertsLeft > share * this.#alerts && this.#bytesLeft > share * this.#bytes
  }

  /** Whether an alert of any priority is taken. */
  get ample(): boolean {
    return this.allows(7)
  }

  /** Takes the credits for one alert, or nothing when its bytes do not fit. */
  take(bytes: number): boolean {
    if (this.#alertsLeft < 1 || this.#bytesLeft < bytes) return false
    this.#alertsLeft -= 1
    this.#bytesLeft -= bytes
    return true
  }

  give({ alerts, bytes }: Spent): void {
    this.#alertsLeft += alerts
    this.#bytesLeft += bytes
  }
}
