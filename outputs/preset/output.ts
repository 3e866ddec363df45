/** Sends alerts as a preset says. */
import { STATUS_CODES } from 'node:http'
import { parseSize } from '../../config/quantities.ts'
import type { Alert } from '../../rules/alert.ts'
import { HttpClient } from '../http/client.ts'
import { Excerpts, secretsOfUrl } from '../http/excerpt.ts'
import type { Answer } from '../http/exchange.ts'
import type { TlsSettings } from '../http/tls-files.ts'
import { delivered, hold, type Outcome, type Output, type OutputContext, reject, retry, split } from '../output.ts'
import { TemplateError } from '../template/engine.ts'
import { idempotencyKey } from '../webhook.ts'
import type { Verdict } from './answers.ts'
import type { BodyPart } from './body.ts'
import type { Preset } from './preset.ts'
import type { RequestHead } from './request.ts'

/** What every preset takes; the rest is the file's. */
export interface PresetSettings {
  readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
  readonly connect_timeout_seconds: number
  readonly tls?: TlsSettings
  readonly [name: string]: unknown
}

export class PresetOutput implements Output {
  readonly #preset: Preset
  readonly #scope: { readonly settings: PresetSettings; readonly maps: object }
  readonly #head: RequestHead
  readonly #headers: readonly string[]
  readonly #client: HttpClient
  readonly #excerpts: Excerpts
  readonly #maxBytes: number

  constructor(preset: Preset, settings: PresetSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    const { file } = preset
    this.#preset = preset
    this.#scope = { settings, maps: file.maps }
    const head = preset.head(this.#scope)
    // The configuration was checked for it.
    if (typeof head === 'string') throw new Error(head)
    this.#head = head
    const defaults = { 'content-type': preset.body.contentType, 'user-agent': 'tercel' }
    this.#headers = Object.entries({ ...defaults, ...head.headers }).flat()
    this.#client = new HttpClient({
      url: head.url,
      connectTimeoutMs: settings.connect_timeout_seconds * 1000,
      tls: settings.tls ?? {},
      baseDirectory,
      // A connection that still reads the rest of an answer may stand beside each that sends.
      connections: 2 * file.limits.concurrency
    })
    this.#excerpts = new Excerpts(secretsOf(preset, settings, head))
    this.#maxBytes = parseSize(file.limits.request_bytes ?? '') ?? Number.POSITIVE_INFINITY
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    const parts = alerts.map(alert => this.#part(alert))
    const sent = alerts.filter((_, index) => 'value' in parts[index]!)
    const outcomes = await this.#sendParts(
      sent,
      parts.filter(part => 'value' in part),
      signal
    )
    let next = 0
    return parts.map(part => ('value' in part ? outcomes[next++]! : part))
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#client.check(signal)
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #part(alert: Alert): BodyPart | Outcome {
    try {
      return this.#preset.body.part(alert, this.#scope)
    } catch (error) {
      if (error instanceof TemplateError) return reject(`the preset cannot render it: ${error.message}`)
      throw error
    }
  }

  async #sendParts(alerts: readonly Alert[], parts: readonly BodyPart[], signal: AbortSignal): Promise<Outcome[]> {
    if (parts.length === 0) return []
    const body = this.#preset.body.whole(parts, this.#scope)
    const bytes = Buffer.byteLength(body)
    if (bytes > this.#maxBytes) {
      const refused = refuse(alerts.length, `${bytes} bytes are more than the ${this.#maxBytes} that it takes`)
      return alerts.map(() => refused)
    }
    const { method, idempotency_key: hasKey } = this.#preset.file.request
    const key = hasKey ? ['idempotency-key', idempotencyKey(alerts)] : []
    const { wantsBody } = this.#preset.answers
    const headers = [...this.#headers, ...key]
    const result = await this.#client.request({ method, path: this.#head.path, headers, body, wantsBody }, signal)
    if (!('status' in result)) {
      const outcome = result.operator ? hold(result.reason) : retry(result.reason)
      return alerts.map(() => outcome)
    }
    const read = this.#preset.answers.read(result, alerts.length, this.#scope)
    if ('meaning' in read) {
      const outcome = this.#outcome(read, result, alerts.length)
      return alerts.map(() => outcome)
    }
    return read.map(verdict => this.#outcome(verdict, result, 1))
  }

  #outcome({ meaning, afterMs, reason }: Verdict, answer: Answer, count: number): Outcome {
    if (meaning === 'delivered') return delivered
    const why = this.#reason(answer, reason)
    if (meaning === 'retry') return retry(why, afterMs)
    return meaning === 'hold' ? hold(why) : refuse(count, why)
  }

  #reason({ status, text, cut }: Answer, own: string | undefined): string {
    const said = `${this.#client.origin} answered ${[status, STATUS_CODES[status]].join(' ').trim()}`
    const excerpt = own === undefined ? this.#excerpts.of(text, cut) : this.#excerpts.of(own, false)
    return [said, excerpt].filter(part => part !== '').join(': ')
  }
}

function refuse(count: number, reason: string): Outcome {
  return count === 1 ? reject(reason) : split(reason)
}

/** What the far end may repeat of our request and nobody else may read. */
function secretsOf({ file }: Preset, settings: PresetSettings, { url, path, headers }: RequestHead): string[] {
  const secret = Object.entries(file.settings).filter(([, setting]) => setting.secret)
  const values = secret.flatMap(([name]) => Object.values([settings[name]].flat()).map(String))
  const whole = new URL(url.origin + path)
  const sent = Object.entries(headers).filter(([name]) => name !== 'content-type' && name !== 'accept')
  return [...values, ...sent.map(([, value]) => value), ...secretsOfUrl(whole)]
}
