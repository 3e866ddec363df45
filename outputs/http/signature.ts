/**
 * Signs requests, so that a receiver can tell that they come from us, and when: `t=<seconds>,v1=<hex>`, where v1 is the
 * HMAC-SHA256 of `<seconds>.<body>`. With several secrets there is a v1 for each, so that they can be replaced one by one.
 */
import { createHmac } from 'node:crypto'

export interface SignatureSettings {
  readonly secret: string | readonly string[]
  readonly header: string
  readonly timestamp_header?: string
}

/** Sixteen random bytes are what nobody guesses; text of this length has at most that. */
const secretSchema = { minLength: 16 }

/** JSON schema of `SignatureSettings`. */
export const signatureSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['secret'],
  description: 'Signs each request with HMAC-SHA256 over the time and the body, before that is compressed.',
  properties: {
    secret: {
      writeOnly: true,
      type: ['string', 'array'],
      ...secretSchema,
      minItems: 1,
      maxItems: 4,
      items: { type: 'string', ...secretSchema },
      description: 'The secret, of at least 16 characters; or a list of up to 4, of which each signs.'
    },
    header: {
      type: 'string',
      format: 'request-header',
      default: 'x-tercel-signature',
      description: 'The header of the signature.'
    },
    timestamp_header: {
      type: 'string',
      format: 'request-header',
      description: 'A header that has the time as well, in seconds since 1970. None when absent.'
    }
  }
} as const

export class Signer {
  readonly #secrets: readonly string[]
  readonly #header: string
  readonly #timestampHeader: string | undefined
  readonly #now: () => number

  /** @param now gives milliseconds since 1970. */
  constructor({ secret, header, timestamp_header: timestampHeader }: SignatureSettings, now: () => number = Date.now) {
    this.#secrets = [secret].flat()
    this.#header = header.toLowerCase()
    this.#timestampHeader = timestampHeader?.toLowerCase()
    this.#now = now
  }

  /** The headers that it sets, in lower case. */
  get names(): readonly string[] {
    return this.#timestampHeader === undefined ? [this.#header] : [this.#header, this.#timestampHeader]
  }

  /** Header names and values, alternating, for a body before it is compressed. */
  headersFor(body: string | Uint8Array): string[] {
    const seconds = String(Math.floor(this.#now() / 1000))
    const signatures = this.#secrets.map(
      secret => `v1=${createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')}`
    )
    const headers = [this.#header, [`t=${seconds}`, ...signatures].join(',')]
    return this.#timestampHeader === undefined ? headers : [...headers, this.#timestampHeader, seconds]
  }
}
