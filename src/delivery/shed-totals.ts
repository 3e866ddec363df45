/** What outputs lost at limits since the start. */
import { type Priority, priorities } from '../../rules/alert.ts'
import type { ShedCause } from './backlog.ts'
import type { ShedCounts } from './records.ts'

export interface ShedTotal {
  readonly output: string
  readonly cause: ShedCause
  readonly priority: Priority
  readonly count: number
}

export class ShedTotals {
  readonly #outputs = new Map<string, Map<ShedCause, Map<Priority, number>>>()

  add(output: string, cause: ShedCause, counts: ShedCounts): void {
    const causes = this.#outputs.get(output) ?? new Map<ShedCause, Map<Priority, number>>()
    const totals = causes.get(cause) ?? new Map<Priority, number>()
    for (const priority of priorities) {
      const count = counts[priority]
      if (count !== undefined) totals.set(priority, (totals.get(priority) ?? 0) + count)
    }
    this.#outputs.set(output, causes.set(cause, totals))
  }

  *[Symbol.iterator](): Generator<ShedTotal> {
    for (const [output, causes] of this.#outputs) {
      for (const [cause, totals] of causes) {
        for (const [priority, count] of totals) yield { output, cause, priority, count }
      }
    }
  }
}
