/** Sums up what the spool sheds for its outputs, and tells of it at most once in a while. */
import { type Priority, priorities } from '../../rules/alert.ts'
import type { ShedCounts } from './records.ts'

export const shedTallyInterval = 1_000

export class ShedTally {
  readonly #tell: (output: string, counts: ShedCounts) => void
  readonly #counts = new Map<string, Partial<Record<Priority, number>>>()
  #timer: NodeJS.Timeout | undefined

  /** @param tell is called at most once in `shedTallyInterval` milliseconds for each output. */
  constructor(tell: (output: string, counts: ShedCounts) => void) {
    this.#tell = tell
  }

  add(output: string, severity: number): void {
    const counts = this.#counts.get(output) ?? {}
    const priority = priorities[severity] ?? 'Debug'
    counts[priority] = (counts[priority] ?? 0) + 1
    this.#counts.set(output, counts)
    this.#timer ??= setTimeout(() => this.flush(), shedTallyInterval)
  }

  /** Tells what is summed up so far. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [output, counts] of this.#counts) this.#tell(output, counts)
    this.#counts.clear()
  }
}
