/** User name and password as HTTP takes them (RFC 7617). */

export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** JSON schema of `BasicCredentials`. */
export const basicSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['username', 'password'],
  properties: {
    username: { type: 'string', format: 'basic-username', description: 'The name, without a colon.' },
    password: { type: 'string', writeOnly: true, minLength: 1, description: 'The password.' }
  }
} as const

/** The value of the header. */
export function basicValue({ username, password }: BasicCredentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}
