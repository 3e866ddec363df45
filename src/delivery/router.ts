/** Which of the alerts that were read an output gets: its `when` and its `throttle`. */
import type { Alert } from '../../rules/alert.ts'
import type { AlertCondition } from '../../rules/engine/alert-condition.ts'
import type { Settlement } from './cursor.ts'
import { type Summary, Throttle, type ThrottleSettings, type Window } from './throttle.ts'
import type { ThrottleWindow } from './throttle-windows.ts'

export interface Routing {
  /** Undefined: all alerts. */
  readonly when?: Pick<AlertCondition, 'holds'> | undefined
  readonly throttle?: ThrottleSettings | undefined
}

export interface Routable {
  readonly seq: number
  readonly acceptedMs: number
  /** Of its JSON. */
  readonly bytes: number
  /** It was made for this output, or was routed before. */
  readonly addressed: boolean
  readonly alert: Alert
}

export interface Routed<T> {
  /** What is to be sent. */
  readonly passed: readonly T[]
  /** What is done with; to be settled at once, since what a window counts is in one of them. */
  readonly settlements: readonly Settlement[]
}

export class Router {
  readonly #output: string
  readonly #now: () => number
  #when: Routing['when']
  #throttle: Throttle

  /**
   * @param output the name of the output
   * @param open windows of a former run
   * @param now gives milliseconds since the epoch, without jumps
   */
  constructor(output: string, routing: Routing, open: readonly ThrottleWindow[], now: () => number) {
    const { when, throttle } = routing
    this.#output = output
    this.#now = now
    this.#when = when
    this.#throttle = new Throttle(output, throttle, open, now())
  }

  /** Goes by this from now on. Windows stay open if the key of the throttle stays. */
  use({ when, throttle }: Routing): void {
    this.#when = when
    this.#throttle = new Throttle(this.#output, throttle, this.#throttle.open, this.#now())
  }

  /** As Throttle. */
  get nextDueMs(): number | undefined {
    return this.#throttle.nextDueMs
  }

  route<T extends Routable>(page: readonly T[]): Routed<T> {
    const passed: T[] = []
    const settlements: Settlement[] = []
    /** Where the last settlement of each window stands. */
    const last = new Map<Window, number>()
    const nowMs = this.#now()
    for (const one of page) {
      const { seq } = one
      if (one.addressed) passed.push(one)
      else if (!this.#wants(one.alert)) settlements.push({ seq, kind: 'filtered' })
      else {
        const window = this.#hold(one, nowMs)
        if (window === undefined) passed.push(one)
        else {
          last.set(window, settlements.length)
          settlements.push({ seq, kind: 'throttled' })
        }
      }
    }
    for (const [window, at] of last) {
      const { seq } = settlements[at]!
      settlements[at] = { seq, kind: 'throttled', window: this.#throttle.recordOf(window) }
    }
    return { passed, settlements }
  }

  /** As Throttle. */
  endRead(acceptedMs: number): Summary[] {
    return this.#throttle.endRead(acceptedMs)
  }

  /** As Throttle. */
  endDue(nowMs: number): Summary[] {
    return this.#throttle.endDue(nowMs)
  }

  /** An alert that a field of the key stumbles over passes. */
  #hold({ alert, bytes, acceptedMs }: Routable, nowMs: number): Window | undefined {
    try {
      return this.#throttle.hold(alert, bytes, acceptedMs, nowMs)
    } catch {
      return undefined
    }
  }

  /** An alert that a condition stumbles over is sent: it must not be lost for that. */
  #wants(alert: Alert): boolean {
    try {
      return this.#when?.holds(alert) ?? true
    } catch {
      return true
    }
  }
}
