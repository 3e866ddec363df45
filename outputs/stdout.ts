/** Prints alerts on standard output, one line each: for containers, pipes and first steps. */
import type { Writable } from 'node:stream'
import { messageOf } from '../base/errors.ts'
import type { Alert } from '../rules/alert.ts'
import { type AlertFormat, alertFormats } from './alert-formats.ts'
import { defineOutput, delivered, type Outcome, type Output, retry } from './output.ts'

export interface StdoutSettings {
  readonly format: AlertFormat
}

interface Write {
  readonly uuids: ReadonlySet<string>
  /** Resolves with undefined, or with what went wrong. */
  readonly done: Promise<Error | undefined>
}

export class StdoutOutput implements Output {
  readonly #format: (alert: Alert) => string
  readonly #stream: Writable
  /** A write that its `send` did not wait for to the end. It cannot be taken back: its alerts are not written again. */
  #unfinished: Write | undefined
  #error: Error | undefined

  constructor({ format }: StdoutSettings, stream: Writable) {
    this.#format = alertFormats[format]
    this.#stream = stream
    // A reader that went away must not end the process.
    stream.on('error', error => {
      this.#error = error
    })
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    const before = this.#unfinished
    if (before !== undefined) {
      if (await aborted(before, signal)) return alerts.map(() => retry('nobody reads standard output'))
      this.#unfinished = undefined
      if ((await before.done) === undefined) return this.#sendRest(alerts, before.uuids, signal)
    }
    return this.#sendRest(alerts, new Set(), signal)
  }

  async check(): Promise<void> {
    const problem = this.#problem()
    if (problem !== undefined) throw new Error(problem)
  }

  /** Leaves the stream open, and what it still holds in it: it belongs to the process. */
  async close(): Promise<void> {}

  async #sendRest(alerts: readonly Alert[], written: ReadonlySet<string>, signal: AbortSignal): Promise<Outcome[]> {
    const rest = alerts.filter(({ uuid }) => !written.has(uuid))
    const failure = rest.length === 0 ? undefined : await this.#write(rest, signal)
    return alerts.map(({ uuid }) => (failure === undefined || written.has(uuid) ? delivered : retry(failure)))
  }

  /** Writes lines; gives why they were not written, if so. */
  async #write(alerts: readonly Alert[], signal: AbortSignal): Promise<string | undefined> {
    const problem = this.#problem()
    if (problem !== undefined) return problem
    const text = alerts.map(alert => `${this.#format(alert)}\n`).join('')
    const done = new Promise<Error | undefined>(resolve => {
      this.#stream.write(text, error => resolve(error ?? undefined))
    })
    const write = { uuids: new Set(alerts.map(({ uuid }) => uuid)), done }
    if (await aborted(write, signal)) {
      this.#unfinished = write
      return 'nobody reads standard output'
    }
    const error = await done
    return error === undefined ? undefined : `standard output: ${messageOf(error)}`
  }

  #problem(): string | undefined {
    if (this.#error !== undefined) return `standard output: ${messageOf(this.#error)}`
    return this.#stream.writable ? undefined : 'standard output is closed'
  }
}

/** Waits for a write to end or the signal to abort; true when the signal came first. */
async function aborted({ done }: Write, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return true
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const abort = () => resolve(true)
  signal.addEventListener('abort', abort, { once: true })
  done.then(() => resolve(false))
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export const stdout = defineOutput<StdoutSettings>({
  type: 'stdout',
  description: 'Prints alerts on standard output, one line each.',
  schema: {
    type: 'object',
    properties: {
      format: {
        enum: ['text', 'json'],
        default: 'text',
        description: 'text: the line of the alert; json: the whole alert as one JSON object on a line.'
      }
    },
    additionalProperties: false
  },
  maxConcurrency: 1,
  batch: () => ({ maxCount: 500, maxBytes: 1024 * 1024 }),
  target: () => 'standard output',
  create: settings => new StdoutOutput(settings, process.stdout)
})
