/** Between a source and the spool: events go through the rules, and what they raise is offered to the spool. */
import { messageOf } from '../base/errors.ts'
import type { Event } from '../collector/event.ts'
import { internalEvent } from '../collector/internal-event.ts'
import { type Emit, nothingToCommit } from '../collector/source.ts'
import type { Engine } from '../rules/engine/engine.ts'
import type { SpoolProducer } from './delivery/producer.ts'

export interface MatcherOptions {
  readonly engine: Pick<Engine, 'evaluate' | 'takeSuppressed'>
  readonly producer: Pick<SpoolProducer, 'offer' | 'takeShed'>
  /** Told of the first event of each report on which a rule could not be tried. */
  readonly onDefect: (message: string) => void
}

export class Matcher {
  readonly #options: MatcherOptions
  #failed = 0

  constructor(options: MatcherOptions) {
    this.#options = options
  }

  /** An alert that is shed is settled as well: it is counted, and `report` raises an alert for it. */
  readonly emit: Emit = events => {
    let commit = nothingToCommit
    for (const event of events) {
      const accepted = this.#raise(event)
      if (accepted === undefined) continue
      commit = commit === nothingToCommit ? accepted : Promise.all([commit, accepted]).then(() => {})
    }
    return commit
  }

  /** Raises alerts for what was shed, held back by a rule's limit, or could not be matched since the last call. */
  report(): void {
    const { engine, producer } = this.#options
    const unmatched: Record<string, number> = this.#failed > 0 ? { not_matched: this.#failed } : {}
    this.#failed = 0
    const reports = { shed: producer.takeShed(), rate_limit: engine.takeSuppressed(), drop: unmatched }
    for (const [type, counters] of Object.entries(reports)) {
      if (Object.keys(counters).length > 0) this.emit([internalEvent(type, { ...counters })]).catch(() => {})
    }
  }

  #raise(event: Event): Promise<void> | undefined {
    const { engine, producer, onDefect } = this.#options
    try {
      const alert = engine.evaluate(event)
      return alert && producer.offer(alert, { internal: event.source === 'internal' })
    } catch (error) {
      // One event that a rule stumbles over must not end the watch; it counts as lost.
      if (this.#failed++ === 0) onDefect(`an event of type ${event.type} could not be matched: ${messageOf(error)}`)
      return undefined
    }
  }
}
