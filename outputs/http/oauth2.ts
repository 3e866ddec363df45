/** Access tokens of an OAuth 2.0 server, over connections of their own. */
import { HttpClient, type HttpClientOptions } from './client.ts'
import { Excerpts } from './excerpt.ts'
import type { Failure } from './failure.ts'
import { type OAuth2Settings, tokenRequest } from './oauth2-settings.ts'
import { type Grant, readTokenAnswer } from './token-answer.ts'
import { TokenSource } from './token-source.ts'

/** How long the server may take to answer; a send that waits for it may give up sooner. */
const timeoutMs = 30_000

export class OAuth2 {
  readonly #client: HttpClient
  readonly #settings: OAuth2Settings
  readonly #source: TokenSource
  readonly #excerpts: Excerpts
  readonly #onToken: (token: string) => void

  /**
   * @param options of the client of the output, whose `url` is another.
   * @param secrets what no reason may show.
   * @param onToken is called with each new token, before it is used.
   */
  constructor(
    settings: OAuth2Settings,
    options: HttpClientOptions,
    { secrets, onToken }: { readonly secrets: readonly string[]; readonly onToken: (token: string) => void }
  ) {
    const url = new URL(settings.token_url)
    const { server_name: _, ...tls } = options.tls
    // The name that a certificate must be for is that of one host.
    this.#client = new HttpClient({ ...options, url, tls: url.host === options.url.host ? options.tls : tls })
    this.#settings = settings
    this.#excerpts = new Excerpts(secrets)
    this.#onToken = onToken
    this.#source = new TokenSource(() => this.#fetch())
  }

  /** Gives a token that still lives, or why there is none. Rejects only when the signal aborts, with its reason. */
  token(signal: AbortSignal): Promise<string | Failure> {
    return this.#source.get(signal)
  }

  /** Forgets a token that the far end did not take. */
  discard(token: string): void {
    this.#source.discard(token)
  }

  /** Ends at once, with a request that is under way. */
  close(): Promise<void> {
    return this.#client.close()
  }

  async #fetch(): Promise<Grant | Failure> {
    const answer = await this.#client
      .request(tokenRequest(this.#settings), AbortSignal.timeout(timeoutMs))
      // It rejects only when the time is up.
      .catch(() => ({
        reason: `${this.#client.origin} did not answer within ${timeoutMs / 1000} seconds`,
        operator: false
      }))
    if ('reason' in answer) return { ...answer, reason: `no token: ${answer.reason}` }
    const grant = readTokenAnswer(answer, this.#client.answererOf(answer), this.#excerpts)
    if ('token' in grant) this.#onToken(grant.token)
    return grant
  }
}
