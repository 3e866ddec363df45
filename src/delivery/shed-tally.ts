/** Sums up what the spool sheds for its outputs, and tells of it at most once in a while. */
import { type Priority, priorities } from '../../rules/alert.ts'
import type { ShedCause } from './backlog.ts'
import type { ShedCounts } from './records.ts'

/** In milliseconds. */
const tellInterval = 1_000

type Tell = (output: string, cause: ShedCause, counts: ShedCounts) => void

export class ShedTally {
  readonly #tell: Tell
  readonly #outputs = new Map<string, Map<ShedCause, Partial<Record<Priority, number>>>>()
  #timer: NodeJS.Timeout | undefined

  /** @param tell is called at most once a second for each output and cause. */
  constructor(tell: Tell) {
    this.#tell = tell
  }

  readonly add = (output: string, severity: number, cause: ShedCause): void => {
    const causes = this.#outputs.get(output) ?? new Map<ShedCause, Partial<Record<Priority, number>>>()
    const counts = causes.get(cause) ?? {}
    const priority = priorities[severity] ?? 'Debug'
    counts[priority] = (counts[priority] ?? 0) + 1
    this.#outputs.set(output, causes.set(cause, counts))
    this.#timer ??= setTimeout(() => this.flush(), tellInterval)
  }

  /** Tells what is summed up so far. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [output, causes] of this.#outputs) {
      for (const [cause, counts] of causes) this.#tell(output, cause, counts)
    }
    this.#outputs.clear()
  }
}
