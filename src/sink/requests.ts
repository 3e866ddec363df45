/** The last requests that the sink got, with headers and body: a few, and within a bound of bytes. */
import type { Fault } from './faults.ts'

export interface RequestRecord {
  /** Its number, from 1. */
  readonly number: number
  /** When it was complete, in milliseconds since 1970. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly alerts: number
  /** What is wrong with the body, if it holds no alerts. */
  readonly invalid: string | undefined
  /** The fault it met, if any. */
  readonly fault: Fault | undefined
}

/** The record with the body and headers as they came: most records are never asked for. */
export interface KeptRequest extends Omit<RequestRecord, 'headers' | 'body'> {
  readonly rawHeaders: readonly string[]
  readonly bytes: Buffer
}

const maxBytes = 64 * 1024 * 1024

export class RecentRequests {
  readonly #kept: KeptRequest[] = []
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  keep(request: KeptRequest): void {
    if (this.#limit === 0) return
    this.#kept.push(request)
    this.#bytes += request.bytes.length
    while (this.#kept.length > this.#limit || (this.#bytes > maxBytes && this.#kept.length > 1)) {
      this.#bytes -= this.#kept.shift()!.bytes.length
    }
  }

  /** The last so many, the newest last. */
  last(count: number): RequestRecord[] {
    return this.#kept.slice(Math.max(0, this.#kept.length - count)).map(({ rawHeaders, bytes, ...rest }) => ({
      ...rest,
      headers: headersOf(rawHeaders),
      body: bytes.toString()
    }))
  }
}

function headersOf(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase()
    headers[name] = name in headers ? `${headers[name]}, ${raw[i + 1]}` : raw[i + 1]!
  }
  return { ...headers }
}
