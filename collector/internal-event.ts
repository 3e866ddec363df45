/** Happenings inside tercel, as events that rules see like any other. */
import type { InternalEvent } from './event.ts'

/** An event of now. `counters` says how much of what, since the last such event. */
export function internalEvent(type: InternalEvent['type'], counters: Readonly<Record<string, number>>): InternalEvent {
  return { source: 'internal', type, time: BigInt(Date.now()) * 1_000_000n, counters }
}
