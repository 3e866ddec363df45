/** Sheds by the policy (shed-policy.ts) where a limit is reached: of an output's backlog, of its age, or of the spool. */
import type { AlertIndex } from './alert-index.ts'
import { isOverLimit, type ShedCause } from './backlog.ts'
import type { OutputCursor } from './cursor.ts'
import type { Cursors } from './cursors.ts'
import { chooseVictims, countLaggards } from './shed-policy.ts'
import { heldBytes, WaitingCandidates } from './waiting-scan.ts'

/** Told of each alert that is shed, with its severity: 0 (Emergency) to 7 (Debug). */
export type OnShed = (output: string, severity: number, cause: ShedCause) => void

/** Alerts that are shed at once; the spool's thread does nothing else meanwhile. */
const shedStep = 10_000

/** The share of its limit that a backlog is shed below it, so that it is not shed for each alert that comes. */
const backlogDistance = 0.05

export class Shedder {
  readonly #index: AlertIndex
  readonly #cursors: Cursors

  constructor(index: AlertIndex, cursors: Cursors) {
    this.#index = index
    this.#cursors = cursors
  }

  /**
   * Takes backlogs that are over their limit in bytes below it, one step.
   *
   * @returns whether a step is left to do.
   */
  shedBacklogs(onShed: OnShed): boolean {
    let more = false
    for (const cursor of this.#cursors.all) {
      if (!isOverLimit(cursor)) continue
      const bytes = cursor.waitingBytes - (1 - backlogDistance) * cursor.limits.maxBytes!
      const alerts = Math.min(shedStep, cursor.waiting - 1)
      const victims = chooseVictims(new WaitingCandidates(this.#index, [cursor], []), { bytes, alerts })
      for (const seq of victims) this.#shed([cursor], seq, 'backlog', onShed)
      more ||= isOverLimit(cursor)
    }
    return more
  }

  /** Sheds what is older than its output takes, oldest first, one step. Gives whether a step is left to do. */
  shedAged(nowMs: number, onShed: OnShed): boolean {
    let more = false
    for (const cursor of this.#cursors.all) {
      const { maxAgeMs } = cursor.limits
      if (maxAgeMs === undefined) continue
      const aged: number[] = []
      this.#index.eachWaiting(cursor.slot, cursor.cursor, (segment, at) => {
        if (segment.acceptedMsAt(at) >= nowMs - maxAgeMs) return false
        aged.push(segment.seqAt(at))
        return aged.length < shedStep
      })
      for (const seq of aged) this.#shed([cursor], seq, 'age', onShed)
      more ||= aged.length === shedStep
    }
    return more
  }

  /**
   * Gives up alerts so that so many bytes can be deleted, one step: for the outputs with the largest backlogs, and of
   * what nobody else waits for. Outputs that block are not shed for.
   *
   * @returns how many alerts can be deleted after it.
   */
  shedForRoom(bytes: number, onShed: OnShed): number {
    const all = [...this.#cursors.all].filter(({ waiting }) => waiting > 0)
    const blocking = all.filter(({ limits }) => limits.onFull === 'block')
    const shedding = all
      .filter(({ limits }) => limits.onFull === 'shed')
      .sort((a, b) => b.waitingBytes - a.waitingBytes)
    /** Of what an output waits for, all but what those after it wait for too. */
    const held = shedding.map((output, i) => heldBytes(this.#index, output, [...blocking, ...shedding.slice(i + 1)]))
    const laggards = countLaggards(held, bytes)
    const shedFor = shedding.slice(0, laggards)
    const candidates = new WaitingCandidates(this.#index, shedFor, [...blocking, ...shedding.slice(laggards)])
    const victims = chooseVictims(candidates, { bytes, alerts: shedStep })
    for (const seq of victims) this.#shed(shedFor, seq, 'spool', onShed)
    return victims.length
  }

  #shed(outputs: readonly OutputCursor[], seq: number, cause: ShedCause, onShed: OnShed): void {
    const segment = this.#index.find(seq)!
    const severity = segment.severityAt(segment.lowerBound(seq))
    for (const cursor of outputs) if (this.#cursors.shed(cursor, seq)) onShed(cursor.name, severity, cause)
  }
}
