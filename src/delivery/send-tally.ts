/** How the sends of an output ended, since the start. */
import type { Held, Verdict } from './verdict.ts'

/**
 * taken: all of it was taken, or refused for good; partly_taken: a part of it; too_large: it goes on in halves; held: the far
 * end refuses us; failed: nothing was taken for any other reason.
 */
export const sendOutcomes = ['taken', 'partly_taken', 'too_large', 'held', 'failed'] as const

export type SendOutcome = (typeof sendOutcomes)[number]

export interface SendTotals {
  readonly outcomes: Readonly<Record<SendOutcome, number>>
  /** Sends of what was sent before. */
  readonly retries: number
}

export class SendTally {
  readonly #outcomes: Record<SendOutcome, number> = { taken: 0, partly_taken: 0, too_large: 0, held: 0, failed: 0 }
  #retries = 0

  /** Takes in a send after its outcomes were judged. */
  add(sent: readonly Held[], verdict: Verdict): void {
    this.#outcomes[outcomeOf(verdict)] += 1
    if (sent[0]!.attempts > 1) this.#retries += 1
  }

  get totals(): SendTotals {
    return { outcomes: this.#outcomes, retries: this.#retries }
  }
}

function outcomeOf({ settlements, left, split, held }: Verdict): SendOutcome {
  if (left.length === 0) return 'taken'
  if (settlements.length > 0) return 'partly_taken'
  if (split) return 'too_large'
  return held ? 'held' : 'failed'
}
