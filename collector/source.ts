/** The contract between a source of events and the pipeline. Sources live in sources/, one file each. */
import type { Event } from './event.ts'

/**
 * Takes events through the rules. The events are read before the call returns; the promise resolves when what came of
 * them is committed to the spool, also when nothing matched: then it is `nothingToCommit` itself, so that a source can
 * pass by millions of events without waiting for a promise each.
 */
export type Emit = (events: readonly Event[]) => Promise<void>

export const nothingToCommit: Promise<void> = Promise.resolve()

/**
 * `pause` and `resume` are for sources whose far end can wait (HTTP, Kafka, a file). Nobody calls them for kernel events: the
 * kernel does not wait, so at the spool's limits their alerts are shed and counted instead.
 */
export interface Source {
  /** Runs until `signal` aborts; resolves when it has stopped, rejects with a TercelError when it cannot go on. */
  start(emit: Emit, signal: AbortSignal): Promise<void>
  pause(): void
  resume(): void
}

/** What a source has to say of itself, for the log and for health. */
export interface SourceState {
  readonly state: 'waiting' | 'running'
  readonly message: string
}
