/** Keeps an access token at hand: fetched once for all who need it, renewed ahead of its end. */
import type { Failure } from './failure.ts'
import type { Grant } from './token-answer.ts'

/** A token is renewed when this much of its life is left, but not more than this share of it. */
const marginMs = 60_000
const marginShare = 0.25
/** While a token still serves, a failed renewal is not tried again sooner. */
const pauseMs = 5000

export class TokenSource {
  readonly #fetch: () => Promise<Grant | Failure>
  readonly #now: () => number
  #token: string | undefined
  #renewAt = 0
  #endsAt = 0
  #fetching: Promise<string | Failure> | undefined

  /**
   * @param fetch asks for a token; never rejects.
   * @param now gives milliseconds.
   */
  constructor(fetch: () => Promise<Grant | Failure>, now: () => number = performance.now.bind(performance)) {
    this.#fetch = fetch
    this.#now = now
  }

  /** Gives a token that still lives, at once where there is one. Rejects only when the signal aborts, with its reason. */
  async get(signal: AbortSignal): Promise<string | Failure> {
    signal.throwIfAborted()
    const now = this.#now()
    const token = this.#token
    if (token === undefined || now >= this.#endsAt) return unlessAborted(this.#renew(), signal)
    if (now >= this.#renewAt) void this.#renew()
    return token
  }

  /** Forgets a token that was refused, unless another has taken its place. */
  discard(token: string): void {
    if (this.#token === token) this.#token = undefined
  }

  /** One request at a time, whoever needs a token meanwhile. */
  #renew(): Promise<string | Failure> {
    this.#fetching ??= this.#fetchNew().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #fetchNew(): Promise<string | Failure> {
    const grant = await this.#fetch()
    const now = this.#now()
    if ('reason' in grant) {
      this.#renewAt = now + pauseMs
      return grant
    }
    const { token, lifetimeMs } = grant
    this.#token = token
    this.#endsAt = now + lifetimeMs
    this.#renewAt = this.#endsAt - Math.min(marginMs, lifetimeMs * marginShare)
    return token
  }
}

/** The work goes on for those who wait longer. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
