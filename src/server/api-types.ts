/**
 * The shapes of the API under /api/v1/: what commands and scripts that use it may rely on. Keys are snake_case, times are
 * ISO 8601 in UTC, sizes are bytes, and what is missing is null. Nothing here runs.
 *
 *     GET    /status                                 StatusAnswer
 *     GET    /outputs                                OutputsAnswer
 *     DELETE /outputs/:name                          ForgottenAnswer; 409 when it is configured, 404 when nobody knows it
 *     GET    /dead-letters?FILTER&limit=&after=      DeadLettersAnswer
 *     GET    /dead-letters/:id                       DeadLetterAnswer; 404
 *     GET    /dead-letters/count?FILTER              DeadLetterCountAnswer
 *     POST   /dead-letters/replay   DeadLetterChoice → ReplayedAnswer
 *     POST   /dead-letters/drop     DeadLetterChoice → DroppedAnswer
 *     GET    /spool                                  SpoolAnswer
 *     POST   /spool/verify                           StreamLine<VerifyProgressAnswer, VerifyAnswer> on each line
 *     POST   /spool/compact                          StreamLine<CompactProgressAnswer, CompactAnswer> on each line
 *     GET    /spool/export?ExportQuery               JSON lines as the spool gives them; a last ErrorAnswer when it fails
 *
 * FILTER is the members of DeadLetterQuery; `id` may stand there several times. Every other answer than 2xx is an ErrorAnswer.
 */
import type { Alert, Priority } from '../../rules/alert.ts'

export interface ErrorAnswer {
  /** A word for programs. */
  readonly error:
    | 'bad_request'
    | 'unauthorized'
    | 'forbidden'
    | 'not_found'
    | 'conflict'
    | 'too_large'
    | 'busy'
    | 'unavailable'
    | 'defect'
  /** What is wrong and what to do, for people: one line. */
  readonly message: string
}

export interface StatusAnswer {
  readonly version: string
  readonly started: string
  readonly uptime_seconds: number
  readonly sensor: SensorAnswer
  readonly spool: SpoolAnswer
  readonly outputs: readonly OutputAnswer[]
}

export interface SensorAnswer {
  /** `offline`: asked of a spool that no tercel runs on. */
  readonly state: 'disabled' | 'starting' | 'waiting' | 'running' | 'offline'
  readonly message: string
  readonly since: string | null
}

export interface SpoolAnswer {
  readonly state: 'ok' | 'at_limit' | 'blocked' | 'disk_full' | 'failing'
  /** Why it is in this state. */
  readonly reason: string | null
  /** The outputs, set to block, for which new alerts wait. */
  readonly blocked_by: readonly string[]
  readonly max_bytes: number
  /** Pages in use and the write-ahead log: what counts against the limit. */
  readonly used_bytes: number
  readonly page_bytes: number
  readonly wal_bytes: number
  /** Pages that are in the file and not in use: compact gives them back. */
  readonly free_bytes: number
  /** How many alerts were ever accepted. */
  readonly accepted: number
  /** How many alerts are in the file. */
  readonly alerts: number
  readonly oldest_alert_seconds: number
  readonly dead_letters: number
  readonly dead_letter_bytes: number
  /** Dead letters that were deleted since the start, because they took more than their share. */
  readonly dropped_dead_letters: number
}

export interface OutputsAnswer {
  readonly outputs: readonly OutputAnswer[]
}

export interface OutputAnswer {
  readonly name: string
  /** Null when it is no longer configured. */
  readonly type: string | null
  readonly configured: boolean
  /** Null when the output is configured and the spool has never seen it. */
  readonly books: BooksAnswer | null
  /** Null when nobody serves it: it is no longer configured, or no tercel runs. */
  readonly health: HealthAnswer | null
}

/** accepted = delivered + dead + shed + filtered + throttled + waiting. */
export interface BooksAnswer {
  readonly accepted: number
  readonly delivered: number
  readonly dead: number
  readonly shed: number
  readonly filtered: number
  readonly throttled: number
  readonly waiting: number
  readonly waiting_bytes: number
  readonly oldest_waiting_seconds: number
}

export interface HealthAnswer {
  readonly failing: boolean
  /** When the first of the attempts in a row failed. */
  readonly failing_since: string | null
  /** Attempts in a row in which nothing was taken. */
  readonly consecutive_failures: number
  readonly last_error: string | null
  readonly last_success: string | null
  readonly breaker: 'closed' | 'open' | 'probing'
  /** When the breaker lets the next attempt through; null unless it is open. */
  readonly next_attempt: string | null
  readonly concurrency: number
  readonly in_flight: number
}

export interface ForgottenAnswer {
  readonly name: string
  /** Alerts that waited for it and are given up. */
  readonly given_up: number
}

/** Those that fit all of it. */
export interface DeadLetterFilterBody {
  readonly output?: string
  /** A star stands for any text. */
  readonly rule?: string
  /** A part of it, in capitals or not. */
  readonly reason?: string
  /** ISO 8601: when it died, from and up to. */
  readonly since?: string
  readonly until?: string
  readonly id?: readonly number[]
}

export interface DeadLetterQuery extends DeadLetterFilterBody {
  /** 1 to 1,000; 100 when absent. */
  readonly limit?: number
  /** Those after this id: `next` of the page before. */
  readonly after?: number
}

/** What to replay or drop. A filter that says nothing is refused: all of them are meant by `all`. */
export type DeadLetterChoice = { readonly filter: DeadLetterFilterBody } | { readonly all: true }

export interface DeadLetterAnswer {
  readonly id: number
  readonly output: string
  readonly reason: string
  readonly attempts: number
  readonly died: string
  readonly rule: string | null
  readonly priority: Priority | null
  /** Null when it was damaged in the spool. */
  readonly alert: Alert | null
  /** The damaged text, when it is no alert. */
  readonly damaged: string | null
}

export interface DeadLettersAnswer {
  /** Oldest first. A page may be shorter than its limit where alerts are large. */
  readonly dead_letters: readonly DeadLetterAnswer[]
  /** For `after` of the next page; null when there are no more. */
  readonly next: number | null
}

export interface DeadLetterCountAnswer {
  readonly count: number
  readonly bytes: number
  readonly outputs: readonly { readonly output: string; readonly count: number; readonly bytes: number }[]
}

export interface ReplayedAnswer {
  readonly replayed: number
}

export interface DroppedAnswer {
  readonly dropped: number
}

/** A line of an answer that tells how far it is; the last one is a result or an error. */
export type StreamLine<Progress, Result> =
  /** Null as long as there is nothing to tell. */
  { readonly progress: Progress | null } | { readonly result: Result } | ErrorAnswer

export interface VerifyProgressAnswer {
  /** What is read, in words. */
  readonly step: string
  readonly done: number
  /** It may grow or shrink meanwhile. */
  readonly total: number
}

export interface VerifyAnswer {
  readonly ok: boolean
  /** The first 100. */
  readonly problems: readonly string[]
  /** How many were read. */
  readonly alerts: number
  readonly dead_letters: number
  readonly ms: number
}

export interface CompactProgressAnswer {
  readonly given_bytes: number
  /** What was free at the start. */
  readonly free_bytes: number
}

/** What the spool takes on the disk. */
export interface CompactAnswer {
  readonly before_bytes: number
  readonly after_bytes: number
}

export interface ExportQuery {
  /** Only what this output waits for; of dead letters, its own. */
  readonly output?: string
  /** A star stands for any text. */
  readonly rule?: string
  /** This priority or a graver one. */
  readonly priority?: Priority
  /** ISO 8601: when it was accepted (or died), from and up to. */
  readonly since?: string
  readonly until?: string
  readonly limit?: number
  /** Dead letters too, behind the alerts. */
  readonly dead_letters?: boolean
}

export interface ReadyAnswer {
  readonly ready: boolean
  /** Empty when it is ready. */
  readonly reasons: readonly NotReadyReason[]
}

export interface NotReadyReason {
  /** `tercel`, `sensor`, `spool`, or `output NAME`. */
  readonly component: string
  readonly what: string
  readonly since: string
}
