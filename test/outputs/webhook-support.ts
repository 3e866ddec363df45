/** What the tests of the webhook share: a sink, outputs that send to it, and alerts. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { validate } from '../../config/validate.ts'
import type { Outcome, Output } from '../../outputs/output.ts'
import { webhook } from '../../outputs/webhook.ts'
import type { Alert } from '../../rules/alert.ts'
import { type Sink, type SinkOptions, startSink } from '../../src/sink/sink.ts'
import { makeAlert } from '../src/delivery/support.ts'

/** A sink that ends with the test. */
export async function openSink(t: TestContext, options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  t.after(() => sink.close())
  return sink
}

/** A webhook with settings as the configuration would give them; it ends with the test. */
export function openWebhook(
  t: TestContext,
  url: string,
  settings: Readonly<Record<string, unknown>> = {},
  baseDirectory = '/'
): Output {
  const whole = { url, ...structuredClone(settings) }
  assert.deepEqual(validate(webhook.schema, whole, new Map()), [])
  const output = webhook.create(whole as never, { name: 'hook', baseDirectory })
  t.after(() => output.close())
  return output
}

export function alerts(count: number, first = 1): Alert[] {
  return Array.from({ length: count }, (_, index) => makeAlert(`uuid-${first + index}`))
}

/** Sends so many alerts; fails the test when that takes longer than a test should. */
export function send(output: Output, count = 1, signal = AbortSignal.timeout(20_000)): Promise<Outcome[]> {
  return output.send(alerts(count), signal)
}

/** The one outcome that all alerts of a send had. */
export async function outcomeOf(output: Output, count = 1): Promise<Outcome> {
  const outcomes = await send(output, count)
  assert.equal(outcomes.length, count)
  for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0])
  return outcomes[0]!
}

export function reasonOf(outcome: Outcome): string {
  return 'reason' in outcome ? outcome.reason : ''
}

/** A fault programme of one fault that every request meets. */
export function always(fault: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ faults: [fault] })
}
