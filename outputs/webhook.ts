/** Posts alerts as JSON to a URL. */
import { hash } from 'node:crypto'
import { printableJson } from '../base/printable.ts'
import { parseSize } from '../config/quantities.ts'
import type { Alert } from '../rules/alert.ts'
import { HttpSender } from './http/sender.ts'
import type { TransportSettings } from './http/transport.ts'
import { defineOutput, type Outcome, type Output, type OutputContext } from './output.ts'
import { webhookSchema } from './webhook-schema.ts'

export interface WebhookSettings extends TransportSettings {
  readonly url: string
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly body: 'single' | 'array' | 'ndjson'
  readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
}

const maxConcurrency = 64

interface Form {
  readonly contentType: string
  readonly encode: (alerts: readonly Alert[]) => string
}

const forms: Readonly<Record<WebhookSettings['body'], Form>> = {
  single: { contentType: 'application/json', encode: encodeSingle },
  array: { contentType: 'application/json', encode: alerts => `[${alerts.map(printableJson).join(',')}]` },
  ndjson: {
    contentType: 'application/x-ndjson',
    encode: alerts => alerts.map(alert => `${printableJson(alert)}\n`).join('')
  }
}

export class WebhookOutput implements Output {
  readonly #sender: HttpSender
  readonly #encode: Form['encode']
  readonly #method: WebhookSettings['method']
  readonly #path: string
  /** Name, value, name, value, …, without the one header that is another in each request. */
  readonly #headers: readonly string[]

  constructor(settings: WebhookSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    const url = new URL(settings.url)
    const { contentType, encode } = forms[settings.body]
    this.#sender = new HttpSender({ url, settings, baseDirectory, concurrency: maxConcurrency })
    this.#encode = encode
    this.#method = settings.method
    this.#path = url.pathname + url.search
    this.#headers = this.#sender.fixedHeaders({ 'content-type': contentType, 'user-agent': 'tercel' })
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    const request = {
      method: this.#method,
      path: this.#path,
      headers: [...this.#headers, 'idempotency-key', idempotencyKey(alerts)],
      body: this.#encode(alerts)
    }
    const outcome = this.#sender.outcome(await this.#sender.send(request, signal), alerts.length)
    return alerts.map(() => outcome)
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#sender.check(signal)
  }

  close(): Promise<void> {
    return this.#sender.close()
  }
}

function encodeSingle(alerts: readonly Alert[]): string {
  if (alerts.length !== 1) throw new Error(`${alerts.length} alerts for a body of one`)
  return printableJson(alerts[0])
}

/** The same alerts in the same order have the same key. */
export function idempotencyKey(alerts: readonly Alert[]): string {
  const [first] = alerts
  // What another sensor calls a uuid may be anything: a header takes visible ASCII.
  if (alerts.length === 1 && /^[\x21-\x7e]{1,255}$/.test(first!.uuid)) return first!.uuid
  return hash('sha256', alerts.map(({ uuid }) => uuid).join('\n'))
}

export const webhook = defineOutput<WebhookSettings>({
  type: 'webhook',
  description: 'Posts alerts as JSON to a URL.',
  schema: webhookSchema,
  maxConcurrency,
  batch: ({ body, batch }) =>
    body === 'single' || batch === undefined
      ? { maxCount: body === 'single' ? 1 : 500, maxBytes: 1024 * 1024 }
      : { maxCount: batch.max_count, maxBytes: parseSize(batch.max_bytes)! },
  create: (settings, context) => new WebhookOutput(settings, context)
})
