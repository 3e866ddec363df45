/** Sheds by the policy (shed-policy.ts) where a limit is reached: of an output's backlog, of its age, or of the spool. */
import type { AlertIndex } from './alert-index.ts'
import type { AlertSegment } from './alert-segment.ts'
import { isOverLimit, type ShedCause } from './backlog.ts'
import { lowestBit } from './bits.ts'
import type { OutputCursor } from './cursor.ts'
import type { Cursors } from './cursors.ts'
import { chooseVictims, countLaggards, type EachCandidate, shedTier } from './shed-policy.ts'

/** Told of each alert that is shed, with its severity: 0 (Emergency) to 7 (Debug). */
export type OnShed = (output: string, severity: number, cause: ShedCause) => void

/** Alerts that are shed at once; the spool's thread does nothing else meanwhile. */
const shedStep = 20_000

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
      const victims = chooseVictims(this.#candidates([cursor], []), { bytes, alerts })
      for (const seq of victims) this.#shed(cursor, seq, 'backlog', onShed)
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
      for (const seq of aged) this.#shed(cursor, seq, 'age', onShed)
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
    const laggards = countLaggards(this.#heldBytes(shedding, blocking), bytes)
    const shedFor = shedding.slice(0, laggards)
    const candidates = this.#candidates(shedFor, [...blocking, ...shedding.slice(laggards)])
    const victims = chooseVictims(candidates, { bytes, alerts: shedStep })
    for (const seq of victims) for (const cursor of shedFor) this.#shed(cursor, seq, 'spool', onShed)
    return victims.length
  }

  /** What each output holds in the file that only it and those before it wait for, in bytes of JSON. */
  #heldBytes(outputs: readonly OutputCursor[], others: readonly OutputCursor[]): number[] {
    return outputs.map((output, index) => {
      let held = 0
      const behind = [...others, ...outputs.slice(index + 1)]
      this.#each([output], behind, (segment, at) => {
        held += segment.bytesAt(at)
      })
      return held
    })
  }

  #candidates(shedFor: readonly OutputCursor[], others: readonly OutputCursor[]): EachCandidate {
    const handedOut = Math.max(0, ...shedFor.map(cursor => cursor.handedOut))
    return visit =>
      this.#each(shedFor, others, (segment, at) => {
        const seq = segment.seqAt(at)
        const tier = shedTier(segment.severityAt(at), segment.internalAt(at), seq <= handedOut)
        visit(seq, segment.bytesAt(at), tier, segment.ruleAt(at))
      })
  }

  /** Visits what one of some outputs waits for and none of the others. */
  #each(
    some: readonly OutputCursor[],
    others: readonly OutputCursor[],
    visit: (segment: AlertSegment, at: number) => void
  ): void {
    for (const segment of this.#index.segments) {
      for (let word = 0; word * 32 < segment.count; word += 1) {
        let bits = 0
        for (const { slot } of some) bits |= segment.waitingWord(slot, word)
        if (bits === 0) continue
        for (const { slot } of others) bits &= ~segment.waitingWord(slot, word)
        for (; bits !== 0; bits &= bits - 1) visit(segment, 32 * word + lowestBit(bits))
      }
    }
  }

  #shed(cursor: OutputCursor, seq: number, cause: ShedCause, onShed: OnShed): void {
    const segment = this.#index.find(seq)!
    const severity = segment.severityAt(segment.lowerBound(seq))
    if (this.#cursors.shed(cursor, seq)) onShed(cursor.name, severity, cause)
  }
}
