/** What the API says of things: from how tercel knows them to the shapes of api-types.ts. */

import type { Books } from '../delivery/cursor.ts'
import type { Lane } from '../delivery/lane.ts'
import type { SpoolStatus } from '../delivery/messages.ts'
import type { DeadLetter } from '../delivery/records.ts'
import { redact } from '../log.ts'
import { within } from '../within.ts'
import type { ApiOutput, ApiSpool } from './api.ts'
import type { BooksAnswer, DeadLetterAnswer, HealthAnswer, OutputAnswer, SpoolAnswer } from './api-types.ts'
import { RequestError } from './errors.ts'

/** A disk that hangs must not keep everybody waiting who asks. In milliseconds. */
const readMs = 10_000

/** Shorter than the time after which a silent connection is ended. */
const writeMs = 50_000

/** What the spool says, if it says it soon. */
export function read<T>(answer: Promise<T>): Promise<T> {
  return within(answer, readMs, unavailable('the spool does not answer: its disk may hang'))
}

/** What the spool says to a change. */
export function written<T>(answer: Promise<T>): Promise<T> {
  return within(answer, writeMs, unavailable('the spool has not done it yet, and goes on: look at its state'))
}

function unavailable(message: string): () => never {
  return () => {
    throw new RequestError(503, 'unavailable', message)
  }
}

export function timeText(ms: number): string
export function timeText(ms: number | undefined): string | null
export function timeText(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString()
}

export function spoolAnswer({ state, deadLetters, ...status }: SpoolStatus): SpoolAnswer {
  return {
    state: state.kind,
    reason: 'reason' in state ? redact(state.reason) : null,
    blocked_by: state.kind === 'blocked' ? state.outputs : [],
    max_bytes: status.maxBytes,
    used_bytes: status.usedBytes,
    page_bytes: status.pageBytes,
    wal_bytes: status.walBytes,
    free_bytes: status.freeBytes,
    accepted: status.head,
    alerts: status.alerts,
    oldest_alert_seconds: status.oldestAlertMs / 1000,
    dead_letters: deadLetters.count,
    dead_letter_bytes: deadLetters.bytes,
    dropped_dead_letters: status.droppedDeadLetters
  }
}

/** The outputs of the configuration, then those that only the spool knows. */
export async function outputAnswers(spool: ApiSpool, configured: readonly ApiOutput[]): Promise<OutputAnswer[]> {
  const known = await read(spool.outputs())
  const left = known.filter(name => !configured.some(output => output.name === name))
  const booksOf = async (name: string) => (known.includes(name) ? booksAnswer(await read(spool.books(name))) : null)
  const leftAnswer = async (name: string): Promise<OutputAnswer | undefined> => {
    try {
      return { name, type: null, configured: false, books: await booksOf(name), health: null }
    } catch (error) {
      // It was forgotten meanwhile.
      if (!(await read(spool.outputs())).includes(name)) return undefined
      throw error
    }
  }
  const answers = await Promise.all([
    ...configured.map(async ({ name, type, lane }) => {
      const health = lane === undefined ? null : healthAnswer(lane)
      return { name, type, configured: true, books: await booksOf(name), health }
    }),
    ...left.map(leftAnswer)
  ])
  return answers.filter(answer => answer !== undefined)
}

function booksAnswer({ waitingBytes, oldestWaitingMs, ...books }: Books): BooksAnswer {
  const { accepted, delivered, dead, shed, filtered, throttled, waiting } = books
  return {
    ...{ accepted, delivered, dead, shed, filtered, throttled, waiting },
    waiting_bytes: waitingBytes,
    oldest_waiting_seconds: oldestWaitingMs / 1000
  }
}

function healthAnswer({ health, activity }: Pick<Lane, 'health' | 'activity'>): HealthAnswer {
  const { breaker, concurrency, inFlight } = activity
  return {
    failing: health.failing,
    failing_since: timeText(health.failingSinceMs),
    consecutive_failures: health.consecutiveFailures,
    last_error: health.lastError === undefined ? null : redact(health.lastError),
    last_success: timeText(health.lastSuccessMs),
    breaker: breaker.kind,
    next_attempt: breaker.kind === 'open' ? timeText(breaker.untilMs) : null,
    concurrency,
    in_flight: inFlight
  }
}

export function deadLetterAnswer({
  id,
  output,
  reason,
  attempts,
  deadMs,
  rule,
  priority,
  json
}: DeadLetter): DeadLetterAnswer {
  const letter = { id, output, reason: redact(reason), attempts, died: timeText(deadMs), rule, priority }
  try {
    return { ...letter, alert: JSON.parse(json), damaged: null }
  } catch {
    return { ...letter, alert: null, damaged: json }
  }
}
