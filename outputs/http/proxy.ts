/** The HTTP proxy of an output: what the configuration says of it, and what may go wrong on the way through it. */
import { STATUS_CODES } from 'node:http'
import { type BasicCredentials, basicSchema, basicValue } from './credentials.ts'
import { type TlsSettings, tlsSchema } from './tls-files.ts'

export interface ProxySettings {
  readonly url: string
  readonly auth?: BasicCredentials
  readonly tls?: TlsSettings
}

/** JSON schema of `ProxySettings`. */
export const proxySchema = {
  type: 'object',
  additionalProperties: false,
  required: ['url'],
  dependencies: { tls: { type: 'object', properties: { url: { type: 'string', format: 'https-url' } } } },
  description: 'The HTTP proxy to go through. Variables such as HTTPS_PROXY count only where this refers to them.',
  properties: {
    url: { type: 'string', format: 'proxy-url', description: 'Where the proxy is; with https:// TLS is spoken to it.' },
    auth: { ...basicSchema, description: 'Whom it is told that we are (basic authentication).' },
    tls: { ...tlsSchema, description: 'For a proxy with https://: as tls, which does not count for the proxy.' }
  }
} as const

/** A proxy as requests and connections need it. */
export interface HttpProxy {
  readonly url: URL
  /** Header names and values, alternating. */
  readonly headers: readonly string[]
  readonly tls: TlsSettings
  /** What no reason may show. */
  readonly secrets: readonly string[]
}

export function toProxy(settings: ProxySettings): HttpProxy {
  const { url, auth, tls = {} } = settings
  if (auth === undefined) return { url: new URL(url), headers: [], tls, secrets: [] }
  const authorization = basicValue(auth)
  const secrets = [auth.password, authorization]
  return { url: new URL(url), headers: ['proxy-authorization', authorization], tls, secrets }
}

/** How a reason names it. */
export function nameOf({ url }: HttpProxy): string {
  return `the proxy ${url.origin}`
}

/** No tunnel through the proxy: it cannot be reached, or it answered CONNECT with a status other than 2xx. */
export class ProxyError extends Error {
  // A code that undici does not take for a lost connection, after which it would connect for ever.
  readonly code = 'TERCEL_PROXY'
  readonly proxy: HttpProxy
  /** Of the answer to CONNECT; undefined where there was none, and `cause` says why. */
  readonly status: number | undefined
  readonly retryAfter: string | undefined

  constructor(proxy: HttpProxy, options: { status?: number; retryAfter?: string | undefined; cause?: unknown }) {
    super('no connection through the proxy', { cause: options.cause })
    this.proxy = proxy
    this.status = options.status
    this.retryAfter = options.retryAfter
  }
}

/** What a proxy's refusal of a tunnel means to whoever has to mend it. */
export function explainRefusal(status: number, target: string): string {
  const said = `answered ${[status, STATUS_CODES[status]].join(' ').trim()} to CONNECT`
  if (status === 407) return `${said}: check proxy.auth`
  if (status === 403 || status === 405) return `${said}: it must allow connections to ${target}`
  if (status >= 500) return `${said}: it may not reach ${target}`
  return `${said}: is proxy.url that of a proxy?`
}
