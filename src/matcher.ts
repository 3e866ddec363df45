/** Between a source and the spool: events go through the rules, and what they raise is offered to the spool. */
import { messageOf } from '../base/errors.ts'
import type { Event, InternalEvent } from '../collector/event.ts'
import { internalEvent, isInternal } from '../collector/internal-event.ts'
import { type Emit, nothingToCommit } from '../collector/source.ts'
import type { Alert } from '../rules/alert.ts'
import type { Engine } from '../rules/engine/engine.ts'
import { addTo, countOne, newCounts } from './collector-counts.ts'
import type { SpoolProducer } from './delivery/producer.ts'

export interface MatcherOptions {
  readonly engine: Pick<Engine, 'evaluate' | 'takeSuppressed'>
  readonly producer: Pick<SpoolProducer, 'offer' | 'takeShed'>
  /** Told of the first event of each report on which a rule could not be tried. */
  readonly onDefect: (message: string) => void
}

export class Matcher {
  readonly counts = newCounts()
  readonly #options: MatcherOptions
  /** By type of the internal event: the counters of which no alert has been taken yet. */
  readonly #pending = new Map<string, Map<string, number>>()
  #failed = 0

  constructor(options: MatcherOptions) {
    this.#options = options
  }

  /**
   * An alert that is shed is settled as well: it is counted, and `report` raises an alert for it. An internal event is
   * not shed: what the spool does not take is kept for the next report.
   */
  readonly emit: Emit = events => {
    let commit = nothingToCommit
    for (const event of events) {
      const accepted = isInternal(event) ? this.#report(event) : this.#raise(event)
      if (accepted === undefined) continue
      commit = commit === nothingToCommit ? accepted : Promise.all([commit, accepted]).then(() => {})
    }
    return commit
  }

  /** Adds to what the next report says of `type`: how much of what, by reason. */
  add(type: string, counters: Readonly<Record<string, number>>): void {
    for (const [reason, count] of Object.entries(counters)) {
      const pending = this.#pending.get(type) ?? new Map<string, number>()
      this.#pending.set(type, pending.set(reason, (pending.get(reason) ?? 0) + count))
    }
  }

  /**
   * Raises alerts for what was added, shed, held back by a rule's limit, or could not be matched since the last call, and
   * for what was left then because the spool did not take the alert.
   */
  report(): void {
    const { engine, producer } = this.#options
    const shed = producer.takeShed()
    addTo(this.counts.shed, shed)
    this.add('shed', shed)
    const suppressed = engine.takeSuppressed()
    for (const count of Object.values(suppressed)) this.counts.suppressed += count
    this.add('rate_limit', suppressed)
    if (this.#failed > 0) this.#lose('drop', { not_matched: this.#failed })
    this.#failed = 0
    for (const type of [...this.#pending.keys()]) this.#raisePending(type)
  }

  /** What no alert has been taken for yet, such as `shed Notice=3`; empty when there is nothing. */
  get unreported(): string {
    return [...this.#pending]
      .map(([type, counters]) => [type, ...[...counters].map(([reason, count]) => `${reason}=${count}`)].join(' '))
      .join(', ')
  }

  #report({ type, counters }: InternalEvent): Promise<void> | undefined {
    this.#lose(type, counters)
    return this.#raisePending(type)
  }

  #lose(type: string, counters: Readonly<Record<string, number>>): void {
    addTo(this.counts.lost, counters)
    this.counts.awayMs += counters.away_ms ?? 0
    this.add(type, counters)
  }

  /** Counters leave the pending ones when an alert is taken, or when no rule makes one of them. */
  #raisePending(type: string): Promise<void> | undefined {
    const counters = Object.fromEntries(this.#pending.get(type) ?? [])
    this.#pending.delete(type)
    const alerts = this.#evaluate(internalEvent(type, counters))
    if (alerts.length === 0) return undefined
    const accepted = this.#offer(alerts, { internal: true })
    if (accepted === undefined) this.add(type, counters)
    else accepted.catch(() => this.add(type, counters))
    return accepted
  }

  #raise(event: Event): Promise<void> | undefined {
    this.counts.events += 1
    const alerts = this.#evaluate(event)
    return alerts.length === 0 ? undefined : this.#offer(alerts)
  }

  /** Undefined when none of them is taken. */
  #offer(alerts: readonly Alert[], options?: { readonly internal: boolean }): Promise<void> | undefined {
    const { producer } = this.#options
    for (const { priority } of alerts) countOne(this.counts.raised, priority)
    const accepted = alerts.map(alert => producer.offer(alert, options)).filter(each => each !== undefined)
    const [first, ...rest] = accepted
    return rest.length === 0 ? first : Promise.all(accepted).then(() => {})
  }

  #evaluate(event: Event): readonly Alert[] {
    const { engine, onDefect } = this.#options
    try {
      return engine.evaluate(event)
    } catch (error) {
      // One event that a rule stumbles over must not end the watch; it counts as lost.
      if (this.#failed++ === 0) onDefect(`an event of type ${event.type} could not be matched: ${messageOf(error)}`)
      return []
    }
  }
}
