/** Sends alerts as a preset says. */
import { parseSize } from '../../config/quantities.ts'
import type { Alert } from '../../rules/alert.ts'
import type { Answer } from '../http/exchange.ts'
import { idempotencyKey } from '../http/idempotency-key.ts'
import { HttpSender } from '../http/sender.ts'
import type { TransportSettings } from '../http/transport.ts'
import { delivered, hold, type Outcome, type Output, type OutputContext, refuse, retry } from '../output.ts'
import { sendRendered } from '../template/send-rendered.ts'
import type { Verdict } from './answers.ts'
import type { BodyPart } from './body.ts'
import type { Preset } from './preset.ts'
import type { RequestHead } from './request.ts'

/** What every preset takes; the rest is the file's. */
export interface PresetSettings extends Partial<TransportSettings> {
  readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
  readonly connect_timeout_seconds: number
  readonly [name: string]: unknown
}

export class PresetOutput implements Output {
  readonly #preset: Preset
  readonly #scope: { readonly settings: PresetSettings; readonly maps: object }
  readonly #head: RequestHead
  readonly #headers: readonly string[]
  readonly #sender: HttpSender
  readonly #maxBytes: number

  constructor(preset: Preset, settings: PresetSettings, { baseDirectory }: Pick<OutputContext, 'baseDirectory'>) {
    const { file } = preset
    this.#preset = preset
    this.#scope = { settings, maps: file.maps }
    const head = preset.head(this.#scope)
    // The configuration was checked for it.
    if (typeof head === 'string') throw new Error(head)
    this.#head = head
    const secrets = secretsOf(preset, settings, head)
    this.#sender = new HttpSender({
      url: new URL(head.url.origin + head.path),
      settings: { headers: {}, compression: 'none', ...settings },
      baseDirectory,
      concurrency: file.limits.concurrency,
      secrets: secrets.values,
      credentials: secrets.names.join(' and ') || (file.request.options.includes('auth') ? 'auth' : 'url')
    })
    const defaults = { 'content-type': preset.body.contentType, 'user-agent': 'tercel' }
    this.#headers = this.#sender.fixedHeaders({ ...defaults, ...head.headers })
    this.#maxBytes = parseSize(file.limits.request_bytes ?? '') ?? Number.POSITIVE_INFINITY
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    signal.throwIfAborted()
    const { body } = this.#preset
    const render = (alert: Alert): BodyPart => body.part(alert, this.#scope)
    return sendRendered(alerts, render, (sent, parts) => this.#sendParts(sent, parts, signal))
  }

  check(signal: AbortSignal): Promise<void> {
    return this.#sender.check(signal)
  }

  close(): Promise<void> {
    return this.#sender.close()
  }

  async #sendParts(alerts: readonly Alert[], parts: readonly BodyPart[], signal: AbortSignal): Promise<Outcome[]> {
    const body = this.#preset.body.whole(parts, this.#scope)
    const bytes = Buffer.byteLength(body)
    if (bytes > this.#maxBytes) {
      const reason = `${bytes} bytes are more than the ${this.#maxBytes} that it takes`
      const refused = refuse(alerts.length, reason, { tooLarge: true })
      return alerts.map(() => refused)
    }
    const { method, idempotency_key: hasKey } = this.#preset.file.request
    const headers = [...this.#headers, ...(hasKey ? ['idempotency-key', idempotencyKey(alerts)] : [])]
    const { wantsBody } = this.#preset.answers
    const result = await this.#sender.send({ method, path: this.#head.path, headers, body, wantsBody }, signal)
    if (!('status' in result)) {
      const outcome = this.#sender.outcome(result, alerts.length)
      return alerts.map(() => outcome)
    }
    const read = this.#preset.answers.read(result, alerts, this.#scope)
    if ('meaning' in read) {
      const outcome = this.#outcome(read, result, alerts.length)
      return alerts.map(() => outcome)
    }
    return read.map(verdict => this.#outcome(verdict, result, 1))
  }

  #outcome({ meaning, afterMs, reason }: Verdict, answer: Answer, count: number): Outcome {
    if (meaning === 'delivered') return delivered
    const why = this.#sender.reason(reason === undefined ? answer : { ...answer, text: reason, cut: false })
    if (meaning === 'retry') return retry(why, afterMs)
    return meaning === 'hold' ? hold(why) : refuse(count, why, { tooLarge: answer.status === 413 })
  }
}

/** What the far end may repeat of our request and nobody else may read, and the settings that it comes from. */
function secretsOf({ file }: Preset, settings: PresetSettings, { headers }: RequestHead) {
  const secret = Object.entries(file.settings).filter(([name, { secret }]) => secret && settings[name] !== undefined)
  const values = secret.flatMap(([name]) =>
    typeof settings[name] === 'object' ? Object.values(settings[name]!) : [settings[name]]
  )
  return {
    names: secret.map(([name]) => name),
    values: [...values.map(String), headers.authorization ?? ''].filter(text => text !== '')
  }
}
