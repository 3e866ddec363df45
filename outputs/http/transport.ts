/** What every output that speaks HTTP takes in the configuration beside what it sends: the keys, for their schema. */
import { type AuthSettings, authSchema } from './auth.ts'
import type { Compression } from './compression.ts'
import { type ProxySettings, proxySchema } from './proxy.ts'
import { type SignatureSettings, signatureSchema } from './signature.ts'
import { type TlsSettings, tlsSchema } from './tls-files.ts'

export interface TransportSettings {
  readonly headers: Readonly<Record<string, string>>
  readonly auth?: AuthSettings
  readonly signature?: SignatureSettings
  readonly compression: Compression
  readonly connect_timeout_seconds: number
  readonly tls?: TlsSettings
  readonly proxy?: ProxySettings
}

/** JSON schemas of the keys of `TransportSettings`. */
export const transportProperties = {
  headers: {
    type: 'object',
    default: {},
    propertyNames: { format: 'request-header' },
    additionalProperties: { type: 'string', format: 'header-value' },
    description:
      'Headers of each request. They may replace content-type and user-agent, and none of those that tercel sets itself.'
  },
  auth: authSchema,
  signature: signatureSchema,
  compression: {
    enum: ['none', 'gzip'],
    default: 'none',
    description: 'gzip: bodies of 1 KiB and more are sent with content-encoding: gzip.'
  },
  connect_timeout_seconds: {
    type: 'number',
    minimum: 0.1,
    maximum: 300,
    default: 10,
    description: 'How long a connection may take, with its TLS handshake; as long again for the way through a proxy.'
  },
  tls: tlsSchema,
  proxy: proxySchema
} as const

/** What some of the keys ask of others. */
export const transportDependencies = {
  tls: { type: 'object', properties: { url: { type: 'string', format: 'https-url' } } },
  auth: {
    type: 'object',
    properties: { headers: { type: 'object', propertyNames: { format: 'header-beside-auth' } } }
  }
} as const
