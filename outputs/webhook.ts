/** Posts alerts as JSON to a URL. */
import { printableJson } from '../base/printable.ts'
import type { Tree } from '../config/document.ts'
import { parseSize } from '../config/quantities.ts'
import type { Alert } from '../rules/alert.ts'
import { idempotencyKey } from './http/idempotency-key.ts'
import { HttpSender } from './http/sender.ts'
import type { TransportSettings } from './http/transport.ts'
import { defineOutput, type Outcome, type Output, type OutputContext } from './output.ts'
import { sendRendered } from './template/send-rendered.ts'
import { webhookSchema } from './webhook-schema.ts'
import { compileTemplate, type RenderAlert, templateProblems } from './webhook-template.ts'

export interface WebhookSettings extends TransportSettings {
  readonly url: string
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly body: 'single' | 'array' | 'ndjson'
  readonly template?: Tree
  readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
}

const maxConcurrency = 64

interface Form {
  readonly contentType: string
  readonly join: (texts: readonly string[]) => string
}

const forms: Readonly<Record<WebhookSettings['body'], Form>> = {
  single: { contentType: 'application/json', join: onlyOne },
  array: { contentType: 'application/json', join: texts => `[${texts.join(',')}]` },
  ndjson: { contentType: 'application/x-ndjson', join: texts => texts.map(text => `${text}\n`).join('') }
}

export class WebhookOutput implements Output {
  readonly #sender: HttpSender
  readonly #render: RenderAlert
  readonly #join: Form['join']
  readonly #method: WebhookSettings['method']
  readonly #path: string
  /** Name, value, name, value, …, without the one header that is another in each request. */
  readonly #headers: readonly string[]

  constructor(settings: WebhookSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    const url = new URL(settings.url)
    const { contentType, join } = forms[settings.body]
    this.#sender = new HttpSender({ url, settings, baseDirectory, concurrency: maxConcurrency })
    this.#render = settings.template === undefined ? printableJson : compileTemplate(settings.template)
    this.#join = join
    this.#method = settings.method
    this.#path = url.pathname + url.search
    this.#headers = this.#sender.fixedHeaders({ 'content-type': contentType, 'user-agent': 'tercel' })
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    return sendRendered(alerts, this.#render, async (sent, texts) => {
      const request = {
        method: this.#method,
        path: this.#path,
        headers: [...this.#headers, 'idempotency-key', idempotencyKey(sent)],
        body: this.#join(texts)
      }
      const outcome = this.#sender.outcome(await this.#sender.send(request, signal), sent.length)
      return sent.map(() => outcome)
    })
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#sender.check(signal)
  }

  close(): Promise<void> {
    return this.#sender.close()
  }
}

function onlyOne(texts: readonly string[]): string {
  if (texts.length !== 1) throw new Error(`${texts.length} alerts for a body of one`)
  return texts[0]!
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
  target: ({ url }) => new URL(url).origin,
  problems: templateProblems,
  create: (settings, context) => new WebhookOutput(settings, context)
})
