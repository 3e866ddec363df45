/** Requests to one server over connections that stay open. Neither retries nor follows anything. */
import { Pool } from 'undici'
import { messageOf } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { makeConnector } from './connector.ts'
import { type Answer, Exchange } from './exchange.ts'
import { explainFailure, explainProxyFailure, type Failure } from './failure.ts'
import { probe } from './probe.ts'
import { type HttpProxy, nameOf } from './proxy.ts'
import { readTlsFiles, type TlsSettings } from './tls-files.ts'
import { openTunnel, type TunnelOptions } from './tunnel.ts'

export interface HttpClientOptions {
  readonly url: URL
  /** How long a connection may take, with its TLS handshake; as long again for a tunnel through a proxy. */
  readonly connectTimeoutMs: number
  readonly tls: TlsSettings
  readonly proxy?: HttpProxy | undefined
  /** Relative paths in `tls` start here. */
  readonly baseDirectory: string
  /** How many connections there may be. */
  readonly connections: number
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'PATCH'
  /** With the query. */
  readonly path: string
  /** Name, value, name, value, … */
  readonly headers: string[]
  readonly body: string | Uint8Array
  /** Whether the body of a 2xx is waited for and given, too; by default it is not looked at. */
  readonly wantsBody?: boolean
}

export class HttpClient {
  readonly #options: HttpClientOptions
  /** A proxy that is asked for each request (RFC 9112, section 3.2.2), as is done for plain http; else undefined. */
  readonly #forwarder: HttpProxy | undefined
  readonly #closing = new AbortController()
  #opening: Promise<Pool> | undefined
  #pool: Pool | undefined
  /** Old ones, on which something is still under way. */
  readonly #discarded = new Set<Pool>()

  constructor(options: HttpClientOptions) {
    this.#options = options
    this.#forwarder = options.url.protocol === 'http:' ? options.proxy : undefined
  }

  /** Scheme, host and port: what a reason may show of the URL, whose path can be a secret. */
  get origin(): string {
    return this.#options.url.origin
  }

  /** The proxy that forwards requests, as a reason names it: an answer may be its own. Undefined without one. */
  get via(): string | undefined {
    return this.#forwarder && nameOf(this.#forwarder)
  }

  /** Who gave an answer, as far as can be told, as a reason names it. */
  answererOf({ status }: Answer): string {
    if (this.via === undefined) return this.origin
    return status === 407 ? this.via : `${this.origin} (through ${this.via})`
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
    pool.dispatch(this.#forwarder === undefined ? request : this.#forwarded(request, this.#forwarder), exchange)
    try {
      return await exchange.answer
    } catch (error) {
      if (signal.aborted) throw error
      this.#discard(pool)
      return this.#explain(error)
    }
  }

  /**
   * Connects once, with the TLS handshake, and sends nothing; where a proxy forwards requests, to the proxy.
   *
   * @throws Error with the reason why that is not possible.
   */
  async check(signal: AbortSignal): Promise<void> {
    const { url, tls } = this.#forwarder ?? this.#options
    const timeoutMs = this.#options.connectTimeoutMs
    const secureContext = await this.#readTls()
    const tunnelOptions = await this.#tunnelOptions()
    try {
      const tunnel = tunnelOptions && (await openTunnel(url, tunnelOptions, signal))
      await probe({ url, timeoutMs, secureContext, serverName: tls.server_name, tunnel }, signal)
    } catch (error) {
      if (signal.aborted) throw error
      throw new Error(this.#explain(error).reason)
    }
  }

  /** Ends at once: whatever is still under way is aborted. */
  async close(): Promise<void> {
    this.#closing.abort()
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
    const { url, tls } = this.#forwarder ?? this.#options
    const { connections, connectTimeoutMs: timeoutMs } = this.#options
    const secureContext = await this.#readTls()
    const tunnel = await this.#tunnelOptions()
    const connector = { timeoutMs, secureContext, serverName: tls.server_name, ...(tunnel && { tunnel }) }
    return new Pool(url.origin, {
      connections,
      pipelining: 1,
      allowH2: false,
      // How long a send may take is delivery's business.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: makeConnector(connector, this.#closing.signal)
    })
  }

  #readTls() {
    const { tls, baseDirectory } = this.#options
    const forwarder = this.#forwarder
    return forwarder === undefined
      ? readTlsFiles(tls, baseDirectory)
      : readTlsFiles(forwarder.tls, baseDirectory, 'proxy.tls')
  }

  async #tunnelOptions(): Promise<TunnelOptions | undefined> {
    const { proxy, baseDirectory, connectTimeoutMs: timeoutMs } = this.#options
    if (proxy === undefined || this.#forwarder !== undefined) return undefined
    return { proxy, timeoutMs, secureContext: await readTlsFiles(proxy.tls, baseDirectory, 'proxy.tls') }
  }

  /** The request as a proxy takes it that forwards it. */
  #forwarded(request: HttpRequest, { headers }: HttpProxy): HttpRequest {
    const { origin, host } = this.#options.url
    return { ...request, path: origin + request.path, headers: [...request.headers, 'host', host, ...headers] }
  }

  #explain(error: unknown): Failure {
    return this.#forwarder === undefined
      ? explainFailure(error, this.origin)
      : explainProxyFailure(error, this.#forwarder)
  }

  /**
   * The next request reads the TLS files anew: certificates are renewed, and a server that refuses one may just hang up.
   * What is under way on the old connections may end.
   */
  #discard(pool: Pool): void {
    const { tls, proxy } = this.#options
    if (this.#pool !== pool || Object.keys({ ...tls, ...proxy?.tls }).length === 0) return
    this.#pool = undefined
    this.#discarded.add(pool)
    pool.close(() => this.#discarded.delete(pool))
  }
}
