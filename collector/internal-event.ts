/** Happenings inside tercel, as events that rules see like any other. */
import type { Event, InternalEvent, Nanoseconds } from './event.ts'

/** An event of `time`, by default now. `counters` says how much of what, since the last such event. */
export function internalEvent(
  type: InternalEvent['type'],
  counters: Readonly<Record<string, number>>,
  time: Nanoseconds = BigInt(Date.now()) * 1_000_000n
): InternalEvent {
  return { source: 'internal', type, time, counters }
}

export function isInternal(event: Event): event is InternalEvent {
  return event.source === 'internal'
}
