/** Up to which event everything is settled, when the work on events may finish out of order. */
import { nothingToCommit } from './source.ts'

export class Settled {
  #events = 0
  /** Numbers of the events whose commit is awaited, in their order; 0 where the commit has come. */
  #awaited: { event: number; done: boolean }[] = []

  /** Counts an event, which is settled when `commit` resolves. */
  add(commit: Promise<void>): void {
    this.#events++
    if (commit === nothingToCommit) return
    const entry = { event: this.#events, done: false }
    this.#awaited.push(entry)
    const settle = () => {
      entry.done = true
    }
    // A commit that fails leaves its event unsettled: the reader reports it as missed.
    commit.then(settle, () => {})
  }

  /** All events up to this number (counted from 1) are settled. */
  get upTo(): number {
    const open = this.#awaited.findIndex(entry => !entry.done)
    this.#awaited = open < 0 ? [] : this.#awaited.slice(open)
    return open < 0 ? this.#events : this.#awaited[0]!.event - 1
  }
}
