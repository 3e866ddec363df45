/** Up to which event everything is settled, when the work on events may finish out of order. */
import { nothingToCommit } from './source.ts'

export class Settled {
  #events = 0
  /** The events whose commit is awaited, or was when `upTo` was last asked for, in their order. */
  #awaited: { event: number; commit: Promise<void>; done: boolean }[] = []
  #failed = false

  /** Counts an event, which is settled when `commit` resolves. */
  add(commit: Promise<void>): void {
    this.#events++
    if (commit === nothingToCommit) return
    const entry = { event: this.#events, commit, done: false }
    // Behind a failure nothing can be settled any more, so nothing is kept.
    if (!this.#failed) this.#awaited.push(entry)
    commit.then(
      () => {
        entry.done = true
      },
      // Its event stays unsettled: the reader reports it, and all after it, as missed.
      () => {
        this.#failed = true
      }
    )
  }

  /** Resolves when no commit is awaited any more, of those that were added so far. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#awaited.map(({ commit }) => commit))
  }

  /** All events up to this number (counted from 1) are settled. */
  upTo(): number {
    const open = this.#awaited.findIndex(entry => !entry.done)
    this.#awaited = open < 0 ? [] : this.#awaited.slice(open)
    return open < 0 ? this.#events : this.#awaited[0]!.event - 1
  }
}
