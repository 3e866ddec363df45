/** Ways to put a request to the control API: over its socket, over HTTP, or to an app in this process. */
import type { FastifyInstance } from 'fastify'
import { Client } from 'undici'

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below /api/v1, with the query. */
  readonly path: string
  readonly body?: object
  /** Long work may take its time; everything else is answered at once, even by a disk that hangs. */
  readonly timeoutMs: number | undefined
}

export interface ControlAnswer {
  readonly status: number
  readonly body: AsyncIterable<Buffer>
}

export interface Transport {
  /** How messages name what is asked. */
  readonly name: string
  /** Resolves when the answer begins; rejects with the error of the connection. */
  exchange(request: ControlRequest): Promise<ControlAnswer>
  close(): Promise<void>
}

const prefix = '/api/v1'

export class HttpTransport implements Transport {
  readonly name: string
  readonly #client: Client
  readonly #prefix: string
  readonly #headers: Readonly<Record<string, string>>

  /**
   * @param where the path of the control socket, or a URL.
   * @param token goes along as a bearer token.
   */
  constructor(where: string | URL, token?: string) {
    const isSocket = typeof where === 'string'
    this.name = isSocket ? where : where.origin
    this.#client = new Client(isSocket ? 'http://localhost' : where.origin, {
      bodyTimeout: 0,
      connectTimeout: 10_000,
      ...(isSocket && { socketPath: where })
    })
    this.#prefix = isSocket ? prefix : where.pathname.replace(/\/+$/, '') + prefix
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  }

  async exchange({ method, path, body, timeoutMs = 0 }: ControlRequest): Promise<ControlAnswer> {
    const { statusCode, body: answer } = await this.#client.request({
      method,
      path: this.#prefix + path,
      headers: { ...this.#headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      headersTimeout: timeoutMs
    })
    return { status: statusCode, body: answer }
  }

  close(): Promise<void> {
    return this.#client.destroy()
  }
}

export class LocalTransport implements Transport {
  readonly name: string
  readonly #app: FastifyInstance
  readonly #close: () => Promise<void>

  /** @param close ends what the app answers from. */
  constructor(name: string, app: FastifyInstance, close: () => Promise<void>) {
    this.name = name
    this.#app = app
    this.#close = close
  }

  async exchange({ method, path, body }: ControlRequest): Promise<ControlAnswer> {
    const request = { method, url: prefix + path, ...(body !== undefined && { payload: body }) }
    const answer = await this.#app.inject({ ...request, payloadAsStream: true })
    return { status: answer.statusCode, body: answer.stream() }
  }

  async close(): Promise<void> {
    await this.#app.close()
    await this.#close()
  }
}
