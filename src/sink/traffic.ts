/** Counts requests and connections of the sink. The control path is not among them. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface TrafficCounts {
  requests: number
  /** Connections on which requests came. */
  connections: number
  /** That are open now. */
  open_connections: number
  /** The most requests that waited for their answer at one time. */
  most_at_once: number
  /** Of bodies. */
  bytes: number
  /** Requests that met a fault. */
  faults: number
  /** Requests without alerts: no JSON, or too large. */
  invalid: number
  /** Requests whose connection ended before the whole answer was sent: a fault's doing, or the sender gave up. */
  unanswered: number
  /** When the first and the last request were complete, in milliseconds since 1970. */
  first_at: number | null
  last_at: number | null
}

export class SinkTraffic {
  readonly counts: TrafficCounts = {
    requests: 0,
    connections: 0,
    open_connections: 0,
    most_at_once: 0,
    bytes: 0,
    faults: 0,
    invalid: 0,
    unanswered: 0,
    first_at: null,
    last_at: null
  }
  readonly #seen = new WeakSet<Socket>()
  #waiting = 0

  /** Counts a request that is complete. */
  arrived(socket: Socket, response: ServerResponse, bytes: number): void {
    const { counts } = this
    counts.requests += 1
    counts.bytes += bytes
    counts.last_at = Date.now()
    counts.first_at ??= counts.last_at
    this.#waiting += 1
    if (this.#waiting > counts.most_at_once) counts.most_at_once = this.#waiting
    if (!this.#seen.has(socket)) {
      this.#seen.add(socket)
      counts.connections += 1
    }
    response.once('close', () => {
      this.#waiting -= 1
      if (!response.writableFinished) counts.unanswered += 1
    })
  }
}
