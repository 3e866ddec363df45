/** OAuth 2.0 client credentials (RFC 6749, section 4.4) as the configuration says them, and the request for a token. */

import type { HttpRequest } from './client.ts'
import { basicValue } from './credentials.ts'

export interface OAuth2Settings {
  readonly token_url: string
  readonly client_id: string
  readonly client_secret: string
  readonly client_auth: 'basic' | 'body'
  readonly scope?: string
  readonly audience?: string
  readonly parameters: Readonly<Record<string, string>>
}

/** JSON schema of `OAuth2Settings`. */
export const oauth2Schema = {
  type: 'object',
  additionalProperties: false,
  required: ['token_url', 'client_id', 'client_secret'],
  description: 'A token from an OAuth 2.0 server (grant client_credentials), renewed before it expires.',
  properties: {
    token_url: { type: 'string', format: 'token-url', description: 'Where tokens are given.' },
    client_id: { type: 'string', minLength: 1, description: 'Who we are there.' },
    client_secret: { type: 'string', writeOnly: true, minLength: 1, description: 'What proves it.' },
    client_auth: {
      enum: ['basic', 'body'],
      default: 'basic',
      description: 'Whether id and secret go in a header (basic authentication) or in the body of the request.'
    },
    scope: { type: 'string', minLength: 1, description: 'What the token is for: names with a space between them.' },
    audience: { type: 'string', minLength: 1, description: 'Whom the token is for, where the server asks for it.' },
    parameters: {
      type: 'object',
      default: {},
      propertyNames: { format: 'token-parameter' },
      additionalProperties: { type: 'string' },
      description: 'More parameters of the request, such as resource.'
    }
  }
} as const

/** The request for a token. */
export function tokenRequest(settings: OAuth2Settings): HttpRequest {
  const { client_id: id, client_secret: secret, client_auth: auth, scope, audience, parameters } = settings
  const { pathname, search } = new URL(settings.token_url)
  const form = new URLSearchParams({
    ...parameters,
    grant_type: 'client_credentials',
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(auth === 'body' && { client_id: id, client_secret: secret })
  })
  return {
    method: 'POST',
    path: pathname + search,
    headers: [
      ...['content-type', 'application/x-www-form-urlencoded', 'accept', 'application/json', 'user-agent', 'tercel'],
      ...(auth === 'basic' ? ['authorization', basicOf(settings)] : [])
    ],
    body: form.toString(),
    wantsBody: true
  }
}

/** What no reason may show: the server reads it in the request. */
export function secretsOfOAuth2(settings: OAuth2Settings): string[] {
  const { client_secret: secret, parameters } = settings
  return [secret, formEncoded(secret), basicOf(settings), ...Object.values(parameters)]
}

/** RFC 6749, section 2.3.1: each is form-encoded before it becomes a user name or a password. */
function basicOf({ client_id: id, client_secret: secret }: OAuth2Settings): string {
  return basicValue({ username: formEncoded(id), password: formEncoded(secret) })
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
