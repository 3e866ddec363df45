/** How an output says who it is: the key `auth`. */
import { type BasicCredentials, basicSchema, basicValue } from './credentials.ts'
import { type OAuth2Settings, oauth2Schema, secretsOfOAuth2 } from './oauth2-settings.ts'

/** Exactly one of them is there. */
export interface AuthSettings {
  readonly bearer?: { readonly token: string }
  readonly basic?: BasicCredentials
  readonly oauth2?: OAuth2Settings
}

/** JSON schema of `AuthSettings`. */
export const authSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  description: 'Sets the header authorization: one of bearer, basic and oauth2.',
  properties: {
    bearer: {
      type: 'object',
      additionalProperties: false,
      required: ['token'],
      description: 'A token that does not change.',
      properties: { token: { type: 'string', writeOnly: true, format: 'access-token', description: 'The token.' } }
    },
    basic: { ...basicSchema, description: 'User name and password (RFC 7617).' },
    oauth2: oauth2Schema
  }
} as const

/** The value of `authorization` that is the same in every request; undefined where there is none. */
export function fixedAuthorization({ bearer, basic }: AuthSettings): string | undefined {
  if (bearer !== undefined) return `Bearer ${bearer.token}`
  return basic && basicValue(basic)
}

/** What no reason may show. */
export function secretsOfAuth({ bearer, basic, oauth2 }: AuthSettings): string[] {
  if (oauth2 !== undefined) return secretsOfOAuth2(oauth2)
  if (basic !== undefined) return [basic.password, basicValue(basic)]
  return bearer === undefined ? [] : [bearer.token]
}
