/** What a lane is made of. */
import type { TercelError } from '../../base/errors.ts'
import type { BatchLimits, Output } from '../../outputs/output.ts'
import type { Clock } from './clock.ts'
import type { Log } from './log.ts'
import type { BackoffSettings } from './retry.ts'
import type { Routing } from './router.ts'
import type { Spool } from './spool.ts'
import type { RateLimit } from './token-bucket.ts'

export interface LaneOptions {
  /** The output's name; the spool must know it. */
  readonly name: string
  readonly output: Output
  readonly spool: Pick<Spool, 'next' | 'settle' | 'append' | 'windows'>
  /** The most that one call of `send` is given. */
  readonly batch: BatchLimits
  /** Names the output in every line: a child logger of its own. */
  readonly log: Log
  /** Which alerts the output gets. Default: all. */
  readonly routing?: Routing
  /** How long alerts wait for a batch to fill, in milliseconds. Default 0. */
  readonly lingerMs?: number
  /** How many sends may be under way at a time, at most. Default 1: in order. */
  readonly concurrency?: number
  readonly rateLimit?: RateLimit | undefined
  /** A send that takes longer is given up on, and its alerts are sent again. Default 30 s. */
  readonly sendTimeoutMs?: number
  readonly backoff?: BackoffSettings
  readonly clock?: Clock
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number
  /** Told how long each send took, in milliseconds. */
  readonly onSend?: (durationMs: number) => void
  /** Called once if the lane ends on its own: nothing is sent after it, so tercel has to start anew. */
  readonly onFailure: (error: TercelError) => void
}
