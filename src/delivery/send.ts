/** One send of an output: within a time, and with one outcome per alert whatever the output does. */
import { messageOf } from '../../base/errors.ts'
import { type Outcome, type Output, retry } from '../../outputs/output.ts'
import type { Alert } from '../../rules/alert.ts'
import type { Clock } from './clock.ts'

export interface SendOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  /** Ends the send: tercel is stopping. */
  readonly signal: AbortSignal
}

const stopping = 'tercel is stopping'

/** The reason of a send that took longer than it may. */
export function givenUpAfter(timeoutMs: number): string {
  return `no answer within ${timeoutMs} ms`
}

/** Sends a batch; gives one outcome per alert, in the same order. A send that is given up on is told by its own signal. */
export async function sendBatch(
  output: Output,
  alerts: readonly Alert[],
  { clock, timeoutMs, signal }: SendOptions
): Promise<Outcome[]> {
  if (signal.aborted) return alerts.map(() => retry(stopping))
  const sending = new AbortController()
  const givenUp = Promise.withResolvers<never>()
  const giveUp = (reason: string): void => {
    givenUp.reject(new Error(reason))
    sending.abort()
  }
  const stop = (): void => giveUp(stopping)
  signal.addEventListener('abort', stop, { once: true })
  const inTime = clock.after(timeoutMs, () => giveUp(givenUpAfter(timeoutMs)))
  try {
    const outcomes = await Promise.race([givenUp.promise, output.send(alerts, sending.signal)])
    if (outcomes.length === alerts.length) return outcomes
    throw new Error(`${outcomes.length} outcomes for ${alerts.length} alerts: a defect of the output`)
  } catch (error) {
    return alerts.map(() => retry(messageOf(error)))
  } finally {
    signal.removeEventListener('abort', stop)
    inTime()
  }
}
