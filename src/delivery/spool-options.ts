/** What a spool is opened with, and what its calls take. */
import type { TercelError } from '../../base/errors.ts'
import type { BacklogLimits, ShedCause } from './backlog.ts'
import type { Log } from './log.ts'
import type { ShedCounts } from './records.ts'

export interface SpoolOptions {
  readonly directory: string
  /** Limit for used pages plus WAL; default 1 GiB, at least 16 MiB. */
  readonly maxBytes?: number
  /** Kept on the disk for the day it is full, beside the limit; default 16 MiB, at least 8 MiB. */
  readonly reserveBytes?: number
  readonly log: Log
  /** Called once if the spool ends on its own: a corrupt file, or a defect. Nothing is accepted after it. */
  readonly onFailure?: (error: TercelError) => void
  /** Told, at most once a second for each cause, what an output lost because a limit was reached. */
  readonly onShed?: (output: string, counts: ShedCounts, cause: ShedCause) => void
  /** Told, at most once a second, how many dead letters were deleted because they took more than their share. */
  readonly onDroppedDeadLetters?: (count: number) => void
}

export interface RegisterOptions {
  /** Where a new output starts: with what comes from now on (the default), or with all that is kept. */
  readonly from?: 'now' | 'oldest'
  /** Without them only the limit of the spool counts, and alerts are shed there. */
  readonly backlog?: BacklogLimits | undefined
}

export interface NextOptions {
  /** Whether to wait until there is something; default true. */
  readonly wait?: boolean
  /** Ends the waiting: the answer is empty then. */
  readonly signal?: AbortSignal
}

export interface AppendOptions {
  /** Throttle windows of the output, by id, that are deleted in the same transaction. */
  readonly closes?: readonly string[]
}
