/**
 * A far end for webhooks: it records what arrives, answers questions about that on the same port, and misbehaves as it
 * is told. For tests, and for those who want to see what tercel sends and how it bears a sink that fails.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { messageOf, TercelError } from '../../base/errors.ts'
import { listenFailure } from '../listen-failure.ts'
import { answer } from './answer.ts'
import { countAlerts, decode, parseAlerts, type Refusal, type SinkAlert, tooLarge } from './body.ts'
import { AlertBook, type AlertCounts, type AlertRecord } from './book.ts'
import { control, isControl } from './control.ts'
import { FaultPlan } from './fault-plan.ts'
import { type Fault, type FaultProgram, noFaults, parseFaults, takes } from './faults.ts'
import { RecentRequests, type RequestRecord } from './requests.ts'
import { SinkTraffic, type TrafficCounts } from './traffic.ts'

export interface SinkOptions {
  /** 0, the default, takes one that is free. */
  readonly port?: number
  readonly host?: string
  /** PEM. With it the sink speaks HTTPS; with `clientCa` it demands a certificate that this CA has signed. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer; readonly clientCa?: string | Buffer }
  /** JSON of a fault programme. */
  readonly faults?: string
  /** Counts alerts without parsing or keeping anything: for benchmarks. */
  readonly countOnly?: boolean
  /** How many requests are kept with headers and body (10), how many uuids are remembered (1,000,000). */
  readonly keepRequests?: number
  readonly keepAlerts?: number
  /** Larger bodies are answered 413. Default 64 MiB. */
  readonly maxBodyBytes?: number
  /** Called for each alert that is taken. */
  readonly onAlert?: (alert: SinkAlert) => void
}

export interface SinkSummary extends TrafficCounts, AlertCounts {}

/**
 * Starts a sink.
 *
 * @throws TercelError when the fault programme is wrong or it cannot listen there.
 */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const sink = new Sink(options)
  await sink.listen()
  return sink
}

export class Sink {
  readonly #options: SinkOptions
  readonly #server: Server
  readonly #sockets = new Map<string, Socket>()
  readonly #maxBodyBytes: number
  #book!: AlertBook
  #recent!: RecentRequests
  #traffic!: SinkTraffic
  #plan!: FaultPlan
  #url = ''

  constructor(options: SinkOptions) {
    this.#options = options
    this.#maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024
    this.#plan = new FaultPlan(options.faults === undefined ? noFaults : parseFaults(options.faults, 'faults'))
    this.forget()
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#receive(request, response)
    this.#server = makeServer(options.tls, listener)
    // With TLS, too, these are the TCP sockets: only they can be reset.
    this.#server.on('connection', (socket: Socket) => {
      const peer = peerOf(socket)
      this.#sockets.set(peer, socket)
      socket.once('close', () => this.#sockets.delete(peer))
    })
  }

  async listen(): Promise<void> {
    const { port = 0, host = '127.0.0.1' } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject).listen(port, host, resolve)
    try {
      await promise
    } catch (cause) {
      throw new TercelError('TERCEL_CONFIG', `cannot listen on port ${port} of ${host}: ${listenFailure(cause)}`, {
        cause
      })
    }
    const { address, family, port: taken } = this.#server.address() as AddressInfo
    const name = family === 'IPv6' ? `[${address}]` : address
    this.#url = `${this.#options.tls === undefined ? 'http' : 'https'}://${name}:${taken}`
  }

  /** Scheme, host and port. */
  get url(): string {
    return this.#url
  }

  get faults(): FaultProgram {
    return this.#plan.program
  }

  /**
   * Replaces the fault programme; requests and seconds count from now on.
   *
   * @throws TercelError with every problem of the programme.
   */
  setFaults(json: string): void {
    this.#plan = new FaultPlan(parseFaults(json, 'faults'))
  }

  summary(): SinkSummary {
    return { ...this.#traffic.counts, open_connections: this.#sockets.size, ...this.#book.counts }
  }

  /** In the order in which they first came. */
  alerts(): Iterable<AlertRecord> {
    return this.#book
  }

  /** The last requests, the newest last. */
  requests(last = Number.POSITIVE_INFINITY): RequestRecord[] {
    return this.#recent.last(last)
  }

  /** Forgets what has arrived. The faults stay. */
  forget(): void {
    const { keepAlerts = 1_000_000, keepRequests = 10 } = this.#options
    this.#book = new AlertBook(keepAlerts)
    this.#recent = new RecentRequests(keepRequests)
    this.#traffic = new SinkTraffic()
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    for (const socket of this.#sockets.values()) socket.destroy()
    await promise
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= this.#maxBodyBytes) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      const coding = request.headers['content-encoding']
      const limit = this.#maxBodyBytes
      if (bytes > limit) this.#respond(request, response, tooLarge(limit), bytes)
      else if (coding === undefined) this.#respond(request, response, body, bytes)
      else decode(body, coding, limit, result => this.#respond(request, response, result, bytes))
    })
  }

  /** @param bytes that came, of a body that may have been compressed. */
  #respond(request: IncomingMessage, response: ServerResponse, body: Buffer | Refusal, bytes: number): void {
    const { method = '', url = '/' } = request
    if (isControl(url)) control(this, request, response, 'why' in body ? '' : body.toString())
    else if (!methods.includes(method)) refuse(response, 405, 'POST alerts here, or GET /_sink/summary')
    else {
      this.#traffic.arrived(request.socket, response, bytes)
      if (!('why' in body)) this.#take(request, response, body)
      else {
        this.#traffic.counts.invalid += 1
        refuse(response, body.status, body.why)
      }
    }
  }

  #take(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { method = '', url = '/' } = request
    const { alerts, invalid } = this.#parse(body)
    const count = typeof alerts === 'number' ? alerts : alerts.length
    const fault = this.#plan.next({ body, alerts: count })
    const number = this.#traffic.counts.requests
    const at = Date.now()
    if (this.#options.countOnly !== true) {
      const { rawHeaders } = request
      this.#recent.keep({ number, at, method, path: url, rawHeaders, bytes: body, alerts: count, invalid, fault })
    }
    this.#note(alerts, fault, at)
    if (invalid !== undefined) this.#traffic.counts.invalid += 1
    if (fault !== undefined) {
      this.#traffic.counts.faults += 1
      answer(response, this.#socketOf(request.socket), fault)
    } else if (invalid !== undefined) refuse(response, 400, invalid)
    else response.writeHead(200, ok).end()
  }

  #parse(body: Buffer): { alerts: readonly SinkAlert[] | number; invalid?: string } {
    if (this.#options.countOnly === true) return { alerts: countAlerts(body) }
    try {
      return { alerts: parseAlerts(body.toString()) }
    } catch (error) {
      return { alerts: [], invalid: messageOf(error) }
    }
  }

  #note(alerts: readonly SinkAlert[] | number, fault: Fault | undefined, at: number): void {
    const taken = fault === undefined || takes(fault)
    const { onAlert } = this.#options
    if (typeof alerts === 'number') this.#book.count(alerts, taken)
    else {
      this.#book.note(alerts, taken, at)
      if (taken && onAlert !== undefined) for (const alert of alerts) onAlert(alert)
    }
  }

  #socketOf(socket: Socket | TLSSocket): Socket {
    return this.#sockets.get(peerOf(socket)) ?? socket
  }
}

/** @throws TercelError when certificate and key are of no use. */
function makeServer(tls: SinkOptions['tls'], listener: RequestListener): Server {
  const keepAliveTimeout = 60_000
  if (tls === undefined) return createServer({ keepAliveTimeout }, listener)
  const { cert, key, clientCa: ca } = tls
  const demand = ca !== undefined
  try {
    return createSecureServer(
      { keepAliveTimeout, cert, key, ca, requestCert: demand, rejectUnauthorized: demand },
      listener
    )
  } catch (cause) {
    const message = `the certificate (--tls-cert) and key (--tls-key) cannot be used: ${messageOf(cause)}`
    throw new TercelError('TERCEL_CONFIG', message, { cause })
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** With which alerts come. */
const methods = ['POST', 'PUT', 'PATCH']

const ok = { 'content-length': '0' }

function refuse(response: ServerResponse, status: number, why: string): void {
  const text = `${why}\n`
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text) }).end(text)
}
