/** What the outcomes of one send mean: what is settled, what is left, and whether the far end failed. Pure. */
import type { Outcome } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'
import type { Settlement } from './cursor.ts'

/** An alert that was read and is not settled. */
export interface Held {
  readonly seq: number
  readonly acceptedMs: number
  /** Of its JSON. */
  readonly bytes: number
  readonly addressed: boolean
  readonly alert: Alert
  /** How often it was sent. */
  attempts: number
}

export interface Verdict {
  readonly settlements: readonly Settlement[]
  /** Those to be sent again, in order. */
  readonly left: readonly Held[]
  /** What is left was refused as a whole: it goes on in halves. */
  readonly split: boolean
  /** It was refused for its size. */
  readonly tooLarge: boolean
  /** The far end refuses us, and not the alerts. */
  readonly held: boolean
  /** The longest pause that the far end asked for, in milliseconds. */
  readonly afterMs: number | undefined
  /** Why the first one that is left was not taken. */
  readonly reason: string
}

/**
 * Reads the outcomes of a send and counts the attempt.
 *
 * @param outcomes one per alert, in the same order.
 */
export function judge(sent: readonly Held[], outcomes: readonly Outcome[]): Verdict {
  const settlements: Settlement[] = []
  const left: Held[] = []
  let split = false
  let tooLarge = false
  let held = false
  let afterMs: number | undefined
  let reason = ''
  for (const [index, one] of sent.entries()) {
    const outcome = outcomes[index]!
    const { seq } = one
    one.attempts += 1
    if (outcome.kind === 'delivered') settlements.push({ seq, kind: 'delivered' })
    else if (outcome.kind === 'reject' || (outcome.kind === 'split' && sent.length === 1)) {
      settlements.push({ seq, kind: 'dead', reason: outcome.reason, attempts: one.attempts })
    } else {
      left.push(one)
      reason ||= outcome.reason
      if (outcome.kind === 'split') {
        split = true
        tooLarge ||= outcome.tooLarge
      } else if (outcome.kind === 'hold') held = true
      else if (outcome.afterMs !== undefined) afterMs = Math.max(afterMs ?? 0, outcome.afterMs)
    }
  }
  return { settlements, left, split, tooLarge, held, afterMs, reason }
}
