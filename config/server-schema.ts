/** The schema of `server`, and the types that it becomes. */
import type { ListenAddress } from './listen.ts'

export interface ServerConfig {
  readonly enabled: boolean
  readonly listen: ListenAddress
  /** What a request over HTTP has to bring to use the whole of the API; without it that is left to the socket. */
  readonly token: string | undefined
  /** The control socket: an absolute path. */
  readonly socket: string
  readonly outputFailingSeconds: number
}

/** The section after ajv has filled in the defaults. */
export interface RawServer {
  enabled: boolean
  listen: string
  token?: string
  socket?: string
  output_failing_seconds: number
}

export const serverSchema = {
  type: 'object',
  description: 'Health, readiness, metrics and the control API.',
  additionalProperties: false,
  default: {},
  properties: {
    enabled: { type: 'boolean', default: true, description: 'Whether there is a server at all.' },
    listen: {
      type: 'string',
      format: 'listen-address',
      default: '127.0.0.1:2802',
      description: 'Host and port of the HTTP server; an IPv6 address stands in brackets.'
    },
    token: {
      type: 'string',
      format: 'bearer-token',
      description:
        'A secret that requests to the API over HTTP have to bring. Without one the API is for reading only there, on loopback.'
    },
    socket: {
      type: 'string',
      format: 'socket-path',
      description: 'The Unix socket of the control API; control.sock in spool.directory when absent.'
    },
    output_failing_seconds: {
      type: 'number',
      minimum: 1,
      maximum: 31_536_000, // a year
      default: 300,
      description: 'An output that has failed for longer makes tercel not ready.'
    }
  }
} as const
