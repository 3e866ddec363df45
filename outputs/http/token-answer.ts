/** What a token endpoint answered (RFC 6749, section 5): a token, or why there is none and what mends it. */
import { STATUS_CODES } from 'node:http'
import { isAccessToken } from '../../config/formats.ts'
import type { Excerpts } from './excerpt.ts'
import type { Answer } from './exchange.ts'
import type { Failure } from './failure.ts'
import { parseRetryAfter } from './retry-after.ts'
import { meaningOf } from './status.ts'

export interface Grant {
  readonly token: string
  /** Milliseconds; Infinity where the server does not say. */
  readonly lifetimeMs: number
}

/** The codes of RFC 6749, section 5.2, and what an operator has to look at. */
const remedies: Readonly<Record<string, string>> = {
  invalid_client: 'check client_id, client_secret and client_auth',
  unauthorized_client: 'allow this client the grant client_credentials there',
  unsupported_grant_type: 'the server must allow the grant client_credentials',
  invalid_scope: 'check scope',
  invalid_target: 'check audience and parameters',
  invalid_request: 'check parameters, audience and client_auth'
}

/** @param target who answered, as a reason names it. */
export function readTokenAnswer(answer: Answer, target: string, excerpts: Excerpts): Grant | Failure {
  const { status, headers, text, cut } = answer
  const meaning = meaningOf(status, text)
  const fields = parseObject(text)
  if (meaning === 'delivered' && cut) return failure(`${target} broke off its answer`, false)
  if (meaning === 'delivered') return readGrant(fields, target)
  const code = typeof fields.error === 'string' ? fields.error : ''
  const said = `${target} answered ${[status, STATUS_CODES[status]].join(' ').trim()}`
  const shown = [said, excerpts.of(text, cut), remedyFor(status, code)].filter(part => part !== '').join(': ')
  if (meaning !== 'retry') return failure(shown, true)
  return { ...failure(shown, false), afterMs: parseRetryAfter(headers['retry-after'], Date.now()) }
}

function readGrant(fields: Readonly<Record<string, unknown>>, target: string): Grant | Failure {
  const { access_token: token, token_type: type = 'Bearer', expires_in: expires } = fields
  if (typeof token !== 'string') {
    return failure(`${target} answered without an access_token: is auth.oauth2.token_url right?`, true)
  }
  if (!isAccessToken(token)) return failure(`${target} gave a token that no header can carry`, true)
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') {
    return failure(`${target} gave a token of another type than Bearer, which tercel cannot use`, true)
  }
  // Some servers write the number as text.
  const seconds = expires === undefined || expires === null || expires === '' ? Number.NaN : Number(expires)
  return { token, lifetimeMs: Number.isNaN(seconds) ? Number.POSITIVE_INFINITY : Math.max(0, seconds * 1000) }
}

function remedyFor(status: number, code: string): string {
  if (Object.hasOwn(remedies, code)) return remedies[code]!
  if (status === 401 || status === 403) return remedies.invalid_client!
  if (status === 407) return 'check proxy.auth'
  const known = status !== 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
  return known ? 'check auth.oauth2.token_url' : ''
}

function failure(what: string, operator: boolean): Failure {
  return { reason: `no token: ${what}`, operator }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
