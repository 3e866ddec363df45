/** A test of an output as it is configured: can it be reached, and does it take an alert? Nothing of it is in the spool. */
import { hostname } from 'node:os'
import { messageOf } from '../base/errors.ts'
import { printableText } from '../base/printable.ts'
import type { OutputConfig } from '../config/output-schema.ts'
import type { Config } from '../config/schema.ts'
import type { Outcome, Output } from '../outputs/output.ts'
import type { Alert } from '../rules/alert.ts'
import { clockTime, isoTime } from '../rules/engine/time.ts'
import { createUuidFactory } from '../rules/uuid.ts'
import { systemClock } from './delivery/clock.ts'
import { sendBatch } from './delivery/send.ts'
import { checkOutput, createOutput } from './outputs.ts'
import { goOn, within } from './within.ts'

export const testRule = 'tercel test'

const closeTimeoutMs = 5_000

export interface OutputTest {
  readonly name: string
  readonly type: string
  /** `checked`: it can be reached, and nothing was to be sent. `unreachable`: the check failed, and nothing was sent. */
  readonly outcome: 'checked' | 'unreachable' | 'delivered' | 'retry' | 'hold' | 'reject'
  /** Why it was not delivered; undefined when it was. */
  readonly reason?: string | undefined
  /** How long the far end asks us to wait. */
  readonly afterMs?: number | undefined
  /** Of the alert that was sent. */
  readonly uuid?: string
  readonly checkMs: number
  /** Undefined when nothing was sent. */
  readonly sendMs?: number
}

export interface OutputTestOptions {
  readonly config: Pick<Config, 'baseDirectory' | 'presets'>
  /** Whether an alert is sent once the output can be reached. */
  readonly send: boolean
}

/** Makes the output, checks it, sends it one alert that says it is a test, within its time, and closes it. */
export async function testOutput(entry: OutputConfig, { config, send }: OutputTestOptions): Promise<OutputTest> {
  const { output } = createOutput(entry, config)
  try {
    return { name: entry.name, type: entry.type, ...(await attempt(output, entry, send)) }
  } finally {
    const closed = output.close().catch(() => {})
    await within(closed, closeTimeoutMs, goOn)
  }
}

type Attempt = Omit<OutputTest, 'name' | 'type'>

async function attempt(output: Output, { name, delivery }: OutputConfig, send: boolean): Promise<Attempt> {
  const start = performance.now()
  const sinceStart = () => Math.round(performance.now() - start)
  try {
    await checkOutput(output)
  } catch (error) {
    return { outcome: 'unreachable', reason: messageOf(error), checkMs: sinceStart() }
  }
  const checkMs = sinceStart()
  if (!send) return { outcome: 'checked', checkMs }
  const alert = testAlert(name)
  const { timeoutMs } = delivery
  const signal = new AbortController().signal
  const [outcome] = await sendBatch(output, [alert], { clock: systemClock, timeoutMs, signal })
  return { ...resultOf(outcome!), uuid: alert.uuid, checkMs, sendMs: sinceStart() - checkMs }
}

/** What an outcome means for one alert. */
export function resultOf(outcome: Outcome): Pick<OutputTest, 'outcome' | 'reason' | 'afterMs'> {
  if (outcome.kind === 'delivered') return { outcome: 'delivered' }
  // There is no smaller batch than one alert.
  if (outcome.kind === 'split') return { outcome: 'reject', reason: outcome.reason }
  const { kind, reason } = outcome
  return { outcome: kind, reason, afterMs: outcome.kind === 'retry' ? outcome.afterMs : undefined }
}

/** An alert that nobody can take for a real one. */
export function testAlert(output: string): Alert {
  const milliseconds = Date.now()
  const time = BigInt(milliseconds) * 1_000_000n
  const host = hostname()
  return {
    uuid: createUuidFactory()(milliseconds),
    time: isoTime(time),
    priority: 'Notice',
    rule: testRule,
    source: 'internal',
    hostname: host,
    tags: ['test'],
    output: printableText(
      `${clockTime(time)}: Notice This is a test of the output ${output} by tercel on ${host}; nothing has happened`
    ),
    output_fields: {}
  }
}
