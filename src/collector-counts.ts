/** What the collector's thread counts, since the start. */
import { type Priority, priorities } from '../rules/alert.ts'

/** Why events were lost, or what was known of them. Fixed: they become labels of metrics. */
export const lossReasons = [
  'ring_full',
  'busy',
  'storage',
  'unresolved',
  'malformed',
  'processes_evicted',
  'not_matched',
  'unsettled_events',
  'reader_restarts'
] as const

export type LossReason = (typeof lossReasons)[number]

/** Plain data, so that threads can exchange it. */
export interface CollectorCounts {
  /** Events that went through the rules. */
  events: number
  readonly raised: Record<Priority, number>
  /** Raised, and not taken by the spool. */
  readonly shed: Record<Priority, number>
  /** Held back by the limits of their rules. */
  suppressed: number
  readonly lost: Record<LossReason, number>
  /** How long the reader saw events and no collector took them, in milliseconds. */
  awayMs: number
}

export function newCounts(): CollectorCounts {
  return {
    events: 0,
    raised: zeros(priorities),
    shed: zeros(priorities),
    suppressed: 0,
    lost: zeros(lossReasons),
    awayMs: 0
  }
}

/** Adds what `counters` has under names that `totals` knows. */
export function addTo<Name extends string>(
  totals: Record<Name, number>,
  counters: Readonly<Partial<Record<string, number>>>
): void {
  for (const name of Object.keys(totals) as Name[]) totals[name] += counters[name] ?? 0
}

/** Adds one under a name, if `totals` knows it: what an alert of elsewhere says makes no new ones. */
export function countOne<Name extends string>(totals: Record<Name, number>, name: Name): void {
  if (Object.hasOwn(totals, name)) totals[name] += 1
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map(name => [name, 0])) as Record<Name, number>
}
