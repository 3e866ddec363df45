/**
 * Sends the requests of an output to one server: over TLS and through a proxy where they are configured, authorized,
 * signed, compressed; and says in words what came of it. What is in a request is the output's affair.
 */
import { STATUS_CODES } from 'node:http'
import { printableText } from '../../base/printable.ts'
import { delivered, hold, type Outcome, refuse, retry } from '../output.ts'
import { adviceFor } from './advice.ts'
import { fixedAuthorization, secretsOfAuth } from './auth.ts'
import { HttpClient, type HttpRequest } from './client.ts'
import { gzipped } from './compression.ts'
import { Excerpts, secretsOfUrl } from './excerpt.ts'
import type { Answer } from './exchange.ts'
import type { Failure } from './failure.ts'
import { OAuth2 } from './oauth2.ts'
import { toProxy } from './proxy.ts'
import { parseRetryAfter } from './retry-after.ts'
import { Signer } from './signature.ts'
import { meaningOf } from './status.ts'
import type { TransportSettings } from './transport.ts'

export interface HttpSenderOptions {
  /** Where requests go. Of its path and query only what may be a secret counts here: each request has its own. */
  readonly url: URL
  /** The settings of the output, of which only these keys are looked at. */
  readonly settings: TransportSettings
  /** Relative paths in the settings start here. */
  readonly baseDirectory: string
  /** How many requests there may be at a time. */
  readonly concurrency: number
  /** More that the far end reads and no reason may show, such as a key in a body. */
  readonly secrets?: readonly string[]
  /** The settings in which an operator has to look when the far end refuses us; headers when absent. */
  readonly credentials?: string
}

export class HttpSender {
  readonly #client: HttpClient
  readonly #settings: TransportSettings
  readonly #credentials: string
  readonly #secrets: readonly string[]
  #excerpts: Excerpts
  /** The last ones: a far end may still write of the one that was replaced. */
  #tokens: readonly string[] = []
  readonly #oauth2: OAuth2 | undefined
  readonly #signer: Signer | undefined
  readonly #authorization: string | undefined
  /** Whether requests go out just as they are given. */
  readonly #plain: boolean

  constructor({ url, settings, baseDirectory, concurrency, secrets = [], credentials = 'headers' }: HttpSenderOptions) {
    const { auth = {}, proxy, signature, compression, headers } = settings
    const client = {
      url,
      connectTimeoutMs: settings.connect_timeout_seconds * 1000,
      tls: settings.tls ?? {},
      proxy: proxy && toProxy(proxy),
      baseDirectory,
      // A connection that still reads the rest of an answer may stand beside each that sends.
      connections: 2 * concurrency
    }
    this.#client = new HttpClient(client)
    this.#settings = settings
    this.#credentials = credentials
    this.#secrets = [
      ...secrets,
      ...Object.values(headers),
      ...secretsOfUrl(url),
      ...secretsOfAuth(auth),
      ...(signature === undefined ? [] : [signature.secret].flat()),
      ...(client.proxy?.secrets ?? [])
    ]
    this.#excerpts = new Excerpts(this.#secrets)
    const onToken = (token: string): void => this.#hide(token)
    this.#oauth2 = auth.oauth2 && new OAuth2(auth.oauth2, client, { secrets: this.#secrets, onToken })
    this.#signer = signature && new Signer(signature)
    this.#authorization = fixedAuthorization(auth)
    this.#plain = auth.oauth2 === undefined && signature === undefined && compression === 'none'
  }

  /** Scheme, host and port: what a reason may show of the URL, whose path can be a secret. */
  get origin(): string {
    return this.#client.origin
  }

  /**
   * The headers that are the same in every request, for `send`: name, value, name, value, …, with names in lower case.
   *
   * @param defaults with names in lower case; those of the settings replace them.
   */
  fixedHeaders(defaults: Readonly<Record<string, string>>): string[] {
    const headers = new Map(Object.entries(defaults))
    for (const [name, value] of Object.entries(this.#settings.headers)) headers.set(name.toLowerCase(), value)
    if (this.#authorization !== undefined) headers.set('authorization', this.#authorization)
    for (const name of this.#signer?.names ?? []) headers.delete(name)
    return [...headers].flat()
  }

  /**
   * Sends a request, and adds to it what is another each time: compression, a token, the signature. After a 401 to a
   * token it is sent once more with a new one.
   *
   * Rejects only when the signal aborts, with its reason; that ends the request and its connection.
   *
   * @param request its headers are those of `fixedHeaders` and what is another in each request.
   */
  send(request: HttpRequest, signal: AbortSignal): Promise<Answer | Failure> {
    return this.#plain ? this.#client.request(request, signal) : this.#sendPrepared(request, signal)
  }

  async #sendPrepared(request: HttpRequest, signal: AbortSignal): Promise<Answer | Failure> {
    const zipped = this.#settings.compression === 'gzip' ? await gzipped(request.body) : undefined
    const prepared =
      zipped === undefined
        ? request
        : { ...request, headers: [...request.headers, 'content-encoding', 'gzip'], body: zipped }
    const attempt = (headers: readonly string[]) => {
      // Signed for each attempt, for the time is part of it; and as it was before it was compressed.
      const signature = this.#signer?.headersFor(request.body) ?? []
      return this.#client.request({ ...prepared, headers: [...prepared.headers, ...headers, ...signature] }, signal)
    }
    if (this.#oauth2 === undefined) return attempt([])
    for (let again = false; ; again = true) {
      const token = await this.#oauth2.token(signal)
      if (typeof token !== 'string') return token
      const result = await attempt(['authorization', `Bearer ${token}`])
      if (again || !('status' in result) || result.status !== 401) return result
      this.#oauth2.discard(token)
    }
  }

  /** What came of a request that carried so many alerts, for each of them. */
  outcome(result: Answer | Failure, count: number): Outcome {
    if ('reason' in result) return result.operator ? hold(result.reason) : retry(result.reason, result.afterMs)
    switch (meaningOf(result.status, result.text)) {
      case 'delivered':
        return delivered
      case 'retry':
        return retry(this.reason(result), parseRetryAfter(result.headers['retry-after'], Date.now()))
      case 'hold':
        return hold(this.reason(result))
      case 'refuse':
        return refuse(count, this.reason(result), { tooLarge: result.status === 413 })
    }
  }

  /** What the far end answered, without our secrets, and what to look at. */
  reason(answer: Answer): string {
    const { status, headers, text, cut } = answer
    const { via } = this.#client
    const said = `${this.#client.answererOf(answer)} answered ${[status, STATUS_CODES[status]].join(' ').trim()}`
    const advice = adviceFor(status, {
      ...this.#settings,
      credentials: this.#credentials,
      via,
      redirectedTo: this.#hostOf(headers.location)
    })
    return [said, this.excerpt(text, cut), advice].filter(part => part !== '').join(': ')
  }

  /** The beginning of what the far end wrote, without our secrets. */
  excerpt(text: string, cut: boolean): string {
    return this.#excerpts.of(text, cut)
  }

  /**
   * Connects once, and fetches a token where one is needed; sends no alert.
   *
   * @throws Error with the reason why that is not possible.
   */
  async check(signal: AbortSignal): Promise<void> {
    await this.#client.check(signal)
    const token = await this.#oauth2?.token(signal)
    if (typeof token === 'object') throw new Error(token.reason)
  }

  /** Ends at once: whatever is still under way is aborted. */
  async close(): Promise<void> {
    await Promise.all([this.#oauth2?.close(), this.#client.close()])
  }

  #hide(token: string): void {
    this.#tokens = [token, ...this.#tokens].slice(0, 2)
    this.#excerpts = new Excerpts([...this.#secrets, ...this.#tokens])
  }

  /** Where a redirect leads, which may be a name made of what we have sent. */
  #hostOf(location: string | string[] | undefined): string {
    const target = URL.parse(this.excerpt(String(location ?? ''), false), this.origin)
    return target === null ? '' : printableText(target.host).slice(0, 100)
  }
}
