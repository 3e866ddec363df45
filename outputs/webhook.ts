/** Posts alerts as JSON to a URL. */
import { hash } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import { printableJson, printableText } from '../base/printable.ts'
import { parseSize } from '../config/quantities.ts'
import type { Alert } from '../rules/alert.ts'
import { HttpClient } from './http/client.ts'
import { Excerpts, secretsOfUrl } from './http/excerpt.ts'
import type { Answer } from './http/exchange.ts'
import type { Failure } from './http/failure.ts'
import { parseRetryAfter } from './http/retry-after.ts'
import { meaningOf } from './http/status.ts'
import type { TlsSettings } from './http/tls-files.ts'
import {
  defineOutput,
  delivered,
  hold,
  type Outcome,
  type Output,
  type OutputContext,
  reject,
  retry,
  split
} from './output.ts'
import { webhookSchema } from './webhook-schema.ts'

export interface WebhookSettings {
  readonly url: string
  readonly method: 'POST' | 'PUT'
  readonly headers: Readonly<Record<string, string>>
  readonly body: 'single' | 'array' | 'ndjson'
  readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
  readonly connect_timeout_seconds: number
  readonly tls?: TlsSettings
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
  readonly #client: HttpClient
  readonly #encode: Form['encode']
  readonly #method: 'POST' | 'PUT'
  readonly #path: string
  /** Name, value, name, value, …, without the one header that is another in each request. */
  readonly #headers: readonly string[]
  readonly #excerpts: Excerpts

  constructor(settings: WebhookSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    const url = new URL(settings.url)
    const { contentType, encode } = forms[settings.body]
    const defaults = { 'content-type': contentType, 'user-agent': 'tercel' }
    this.#client = new HttpClient({
      url,
      connectTimeoutMs: settings.connect_timeout_seconds * 1000,
      tls: settings.tls ?? {},
      baseDirectory,
      // A connection that still reads the rest of an answer may stand beside each that sends.
      connections: 2 * maxConcurrency
    })
    this.#encode = encode
    this.#method = settings.method
    this.#path = url.pathname + url.search
    this.#headers = Object.entries({ ...defaults, ...lowerCased(settings.headers) }).flat()
    this.#excerpts = new Excerpts([...Object.values(settings.headers), ...secretsOfUrl(url)])
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    const request = {
      method: this.#method,
      path: this.#path,
      headers: [...this.#headers, 'idempotency-key', idempotencyKey(alerts)],
      body: this.#encode(alerts)
    }
    const result = await this.#client.request(request, signal)
    const outcome = 'status' in result ? this.#outcome(result, alerts.length) : unanswered(result)
    return alerts.map(() => outcome)
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#client.check(signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #outcome(answer: Answer, count: number): Outcome {
    const { status, headers, text } = answer
    switch (meaningOf(status, text)) {
      case 'delivered':
        return delivered
      case 'retry':
        return retry(this.#reason(answer), parseRetryAfter(headers['retry-after'], Date.now()))
      case 'hold':
        return hold(this.#reason(answer))
      case 'refuse':
        return count === 1 ? reject(this.#reason(answer)) : split(this.#reason(answer))
    }
  }

  #reason({ status, headers, text, cut }: Answer): string {
    const excerpt = this.#excerpts.of(text, cut)
    const said = `${this.#client.origin} answered ${[status, STATUS_CODES[status]].join(' ').trim()}`
    const advice = adviceFor(status, this.#hostOf(headers.location))
    return [said, excerpt, advice].filter(part => part !== '').join(': ')
  }

  /** Where a redirect leads, which may be a name made of what we have sent. */
  #hostOf(location: string | string[] | undefined): string {
    const target = URL.parse(this.#excerpts.of(String(location ?? ''), false), this.#client.origin)
    return target === null ? '' : printableText(target.host).slice(0, 100)
  }
}

function unanswered({ reason, operator }: Failure): Outcome {
  return operator ? hold(reason) : retry(reason)
}

/** What an operator has to look at. */
function adviceFor(status: number, redirectedTo: string): string {
  if (status === 401 || status === 403 || status === 407) return 'check the credentials in headers'
  if (status === 404 || status === 405 || status === 410) return 'check url and method'
  if (status < 300 || status >= 400) return ''
  const where = redirectedTo === '' ? '' : `, here to ${redirectedTo}`
  return `redirects are not followed${where}, because credentials would go along: set url to where it leads`
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

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
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
