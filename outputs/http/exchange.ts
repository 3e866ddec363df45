/** One request and its answer: a handler for undici's `dispatch`, which costs less per request than its promises. */
import type { Dispatcher } from 'undici'

type Controller = Dispatcher.DispatchController
type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Headers
  /** The beginning of the body; empty for 2xx, unless that was asked for. Whoever is at the far end wrote it. */
  readonly text: string
  /** Whether there was more, or may have been. */
  readonly cut: boolean
}

/** What is kept of the body of an error: much more than is shown, so that a long secret in it is seen as a whole. */
const keptBytes = 32 * 1024
/** A body is read to its end so that the connection can be used again, but not beyond this, nor for longer. */
const drainBytes = 64 * 1024
const drainMs = 1000
/** Of a 2xx that was asked for: it may have a line for each alert of a large batch. */
const wantedBytes = 4 * 1024 * 1024
/** Whoever stalls in the middle of it has said its status all the same. */
const wantedMs = 10_000

const drained = new Error('the rest of the answer is not wanted')

/**
 * Resolves with the answer, rejects with the error of the network or, when the signal aborts, with its reason; that also
 * ends the request and its connection. A 2xx counts once its headers are there, and what comes of its body changes
 * nothing, unless the body was asked for.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal
  readonly #wantsBody: boolean
  readonly #done = Promise.withResolvers<Answer>()
  #settled = false
  #controller: Controller | undefined
  #timer: NodeJS.Timeout | undefined
  #status = 0
  #headers: Headers = {}
  #body: Buffer[] = []
  #bytes = 0
  #whole = false

  /** @param options.wantsBody whether the body of a 2xx is waited for and kept, as that of an error is. */
  constructor(signal: AbortSignal, { wantsBody = false }: { readonly wantsBody?: boolean | undefined } = {}) {
    this.#signal = signal
    this.#wantsBody = wantsBody
    signal.addEventListener('abort', this)
  }

  get answer(): Promise<Answer> {
    return this.#done.promise
  }

  /** The signal's event. */
  handleEvent(): void {
    const { reason } = this.#signal
    this.#fail(reason)
    // Without a controller the request still waits for a connection; it is ended as soon as it has one.
    this.#controller?.abort(asError(reason))
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller
    if (this.#signal.aborted) controller.abort(asError(this.#signal.reason))
  }

  onResponseStart(_: Controller, status: number, headers: Headers): void {
    if (status < 200) return
    this.#status = status
    this.#headers = headers
    if (!this.#keepsBody()) this.#succeed()
    if (headers['content-length'] === '0') return
    this.#timer = setTimeout(stopReading, this.#isWanted() ? wantedMs : drainMs, this).unref()
  }

  onResponseData(_: Controller, chunk: Buffer): void {
    if (this.#keepsBody() && this.#bytes < this.#keptBytes()) this.#body.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes > (this.#isWanted() ? wantedBytes : drainBytes)) this.stopReading()
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer)
    this.#whole = true
    this.#succeed()
  }

  onResponseError(_: Controller | null, error: Error): void {
    clearTimeout(this.#timer)
    // An answer that breaks off has said its status.
    if (this.#status === 0) this.#fail(error)
    else this.#succeed()
  }

  /** Has had enough of the body. */
  stopReading(): void {
    clearTimeout(this.#timer)
    this.#succeed()
    this.#controller?.abort(drained)
  }

  #isWanted(): boolean {
    return this.#wantsBody && isSuccess(this.#status)
  }

  #keepsBody(): boolean {
    return this.#wantsBody || !isSuccess(this.#status)
  }

  #keptBytes(): number {
    return this.#isWanted() ? wantedBytes : keptBytes
  }

  #succeed(): void {
    if (this.#settled) return
    const body = Buffer.concat(this.#body)
    const text = body.subarray(0, this.#keptBytes()).toString()
    const cut = !this.#whole || this.#bytes > this.#keptBytes()
    this.#settle()
    this.#done.resolve({ status: this.#status, headers: this.#headers, text, cut })
  }

  #fail(reason: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#done.reject(reason)
  }

  #settle(): void {
    this.#settled = true
    this.#body = []
    this.#signal.removeEventListener('abort', this)
  }
}

function stopReading(exchange: Exchange): void {
  exchange.stopReading()
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
