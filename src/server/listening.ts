/** Waiting for a server to listen, and trying again where it cannot yet. */
import type { Server } from 'node:http'
import type { ListenAddress } from '../../config/listen.ts'
import type { Log } from '../delivery/log.ts'
import { listenFailure } from '../listen-failure.ts'

/** Resolves when the server listens; rejects with the reason why it cannot. To be called before `listen`. */
export function listening(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const settled = () => server.off('listening', resolve).off('error', reject)
  server.once('listening', resolve).once('error', reject)
  return promise.finally(settled)
}

/** @throws Error when it cannot. */
export async function listenOnPort(server: Server, { host, port }: ListenAddress): Promise<void> {
  const listens = listening(server)
  server.listen({ host, port })
  await listens
}

export interface ListenerOptions {
  /** What it is, such as `HTTP server`. */
  readonly what: string
  readonly listen: () => Promise<void>
  /** Where it listens, once it does. */
  readonly where: () => string
  readonly log: Log
  readonly retryMs: number
}

/**
 * Has a server listen, and goes on trying while it cannot: whoever takes the port first must not be able to stop the
 * sensor.
 */
export class Listener {
  readonly #options: ListenerOptions
  #timer: NodeJS.Timeout | undefined
  #attempt: Promise<void> | undefined
  #said: string | undefined
  #closed = false

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  /** Resolves when the first attempt has been made. */
  start(): Promise<void> {
    this.#attempt = this.#try()
    return this.#attempt
  }

  /** No attempt is made after it. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#attempt
  }

  async #try(): Promise<void> {
    const { what, listen, where, log, retryMs } = this.#options
    try {
      await listen()
      log.info({ address: where() }, `the ${what} listens`)
    } catch (error) {
      const reason = listenFailure(error)
      if (this.#said !== reason) log.warn({ address: where(), reason }, `the ${what} cannot listen; it tries again`)
      this.#said = reason
      if (!this.#closed) this.#timer = setTimeout(() => void this.start(), retryMs)
    }
  }
}
