/** Requests to one server over connections that stay open. Neither retries nor follows anything. */
import type { SecureContext } from 'node:tls'
import { buildConnector, Pool } from 'undici'
import { messageOf } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { type Answer, Exchange } from './exchange.ts'
import { explainFailure, type Failure } from './failure.ts'
import { probe } from './probe.ts'
import { readTlsFiles, type TlsSettings } from './tls-files.ts'

export interface HttpClientOptions {
  readonly url: URL
  readonly connectTimeoutMs: number
  readonly tls: TlsSettings
  /** Relative paths in `tls` start here. */
  readonly baseDirectory: string
  /** How many connections there may be. */
  readonly connections: number
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT'
  /** With the query. */
  readonly path: string
  /** Name, value, name, value, … */
  readonly headers: string[]
  readonly body: string
  /** Whether the body of a 2xx is waited for and given, too; by default it is not looked at. */
  readonly wantsBody?: boolean
}

export class HttpClient {
  readonly #options: HttpClientOptions
  #opening: Promise<Pool> | undefined
  #pool: Pool | undefined
  /** Old ones, on which something is still under way. */
  readonly #discarded = new Set<Pool>()

  constructor(options: HttpClientOptions) {
    this.#options = options
  }

  /** Scheme, host and port: what a reason may show of the URL, whose path can be a secret. */
  get origin(): string {
    return this.#options.url.origin
  }

  /** Rejects only when the signal aborts, with its reason; that ends the request and its connection. */
  async request(request: HttpRequest, signal: AbortSignal): Promise<Answer | Failure> {
    signal.throwIfAborted()
    let pool = this.#pool
    try {
      pool ??= await this.#open()
    } catch (error) {
      return { reason: printableText(messageOf(error)), operator: true }
    }
    signal.throwIfAborted()
    const exchange = new Exchange(signal, request)
    pool.dispatch(request, exchange)
    try {
      return await exchange.answer
    } catch (error) {
      if (signal.aborted) throw error
      this.#discard(pool)
      return explainFailure(error, this.origin)
    }
  }

  /**
   * Connects once, with the TLS handshake, and sends nothing.
   *
   * @throws Error with the reason why that is not possible.
   */
  async check(signal: AbortSignal): Promise<void> {
    const { tls, baseDirectory, url } = this.#options
    const secureContext = await readTlsFiles(tls, baseDirectory)
    const timeoutMs = this.#options.connectTimeoutMs
    try {
      await probe({ url, timeoutMs, secureContext, serverName: tls.server_name }, signal)
    } catch (error) {
      if (signal.aborted) throw error
      throw new Error(explainFailure(error, this.origin).reason)
    }
  }

  /** Ends at once: whatever is still under way is aborted. */
  async close(): Promise<void> {
    const pool = this.#pool ?? (await this.#opening?.catch(() => undefined))
    await Promise.all([pool, ...this.#discarded].map(each => each?.destroy()))
  }

  /** @throws Error with what is wrong with a TLS file. */
  async #open(): Promise<Pool> {
    this.#opening ??= this.#makePool()
    try {
      this.#pool = await this.#opening
      return this.#pool
    } finally {
      this.#opening = undefined
    }
  }

  async #makePool(): Promise<Pool> {
    const { tls, baseDirectory, url, connections } = this.#options
    const context = await readTlsFiles(tls, baseDirectory)
    return new Pool(url.origin, {
      connections,
      pipelining: 1,
      allowH2: false,
      // How long a send may take is delivery's business.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connector(context)
    })
  }

  #connector(secureContext: SecureContext | undefined): buildConnector.connector {
    const { connectTimeoutMs: timeout, tls } = this.#options
    const connect = buildConnector({
      timeout,
      allowH2: false,
      ...(secureContext && { secureContext }),
      ...(tls.server_name !== undefined && { servername: tls.server_name })
    })
    return (options, callback) =>
      connect(options, (...result) => {
        const [, socket] = result
        // With an alert the server also ends the connection, and undici would tell only of the end.
        socket?.on('error', () => socket.destroy())
        callback(...result)
      })
  }

  /**
   * The next request reads the TLS files anew: certificates are renewed, and a server that refuses one may just hang up.
   * What is under way on the old connections may end.
   */
  #discard(pool: Pool): void {
    if (this.#pool !== pool || Object.keys(this.#options.tls).length === 0) return
    this.#pool = undefined
    this.#discarded.add(pool)
    pool.close(() => this.#discarded.delete(pool))
  }
}
