/** The schema of the configuration file, and the types that it becomes. What an output takes is its own schema's. */
import { type OutputConfig, outputKeys, type RawOutput } from './output-schema.ts'
import type { PresetConfig } from './presets.ts'
import { type RawRules, type RulesConfig, rulesSchema } from './rules-schema.ts'
import { type RawServer, type ServerConfig, serverSchema } from './server-schema.ts'

/** Less would not hold the write-ahead log of the spool and one large batch. */
export const leastSpoolBytes = 16 * 2 ** 20

export const logLevels = ['debug', 'info', 'warn', 'error'] as const

/** A configuration that has been checked: plain data, which threads can exchange. Every path is absolute. */
export interface Config {
  /** The file it came from, as it was named. */
  readonly file: string
  /** The folder of that file. Relative paths in the settings of outputs start here. */
  readonly baseDirectory: string
  readonly sensor: {
    readonly enabled: boolean
    readonly socket: string
    /** How many processes are kept at most. */
    readonly processes: number
  }
  readonly rules: RulesConfig
  readonly spool: { readonly directory: string; readonly maxBytes: number }
  readonly outputs: readonly OutputConfig[]
  readonly server: ServerConfig
  /** Types of outputs of the user's own. */
  readonly presets: readonly PresetConfig[]
  /** The user that the collector runs as under a supervising `tercel run`. */
  readonly user: string | undefined
  readonly shutdownSeconds: number
  readonly log: { readonly level: (typeof logLevels)[number] }
  /** Every secret that was put in: for a Redactor. */
  readonly secrets: readonly string[]
}

/** The file as it is after ajv has filled in the defaults; `rules.files` and `name` may still be absent. */
export interface RawConfig {
  sensor: { enabled: boolean; socket: string; processes: number }
  rules: RawRules
  spool: { directory: string; max_bytes: string | number }
  outputs: RawOutput[]
  server: RawServer
  presets?: string
  user?: string
  shutdown_seconds: number
  log: { level: (typeof logLevels)[number] }
}

/** JSON schema, draft 7. The formats are those of validate.ts. */
export const configSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['outputs'],
  properties: {
    sensor: {
      type: 'object',
      description: 'The source of system calls (eBPF).',
      additionalProperties: false,
      default: {},
      properties: {
        enabled: { type: 'boolean', default: true, description: 'Whether system calls are watched.' },
        socket: {
          type: 'string',
          format: 'socket-path',
          default: '/run/tercel/reader.sock',
          description: 'The Unix socket on which the reader listens.'
        },
        processes: {
          type: 'integer',
          minimum: 1024,
          maximum: 4_194_304, // the largest pid_max of 64-bit Linux (proc(5))
          default: 65_536,
          description: 'How many processes are kept at most; the least recently used ones are forgotten beyond that.'
        }
      }
    },
    rules: rulesSchema,
    spool: {
      type: 'object',
      description: 'Where alerts wait on disk until every output has them.',
      additionalProperties: false,
      default: {},
      properties: {
        directory: {
          type: 'string',
          format: 'path',
          default: '/var/lib/tercel/spool',
          description: 'A folder that belongs to the collector.'
        },
        max_bytes: {
          type: ['integer', 'string'],
          format: 'size',
          minimum: leastSpoolBytes,
          default: '1GiB',
          description: 'The most that the spool takes on disk: bytes, or a size such as 512MiB.'
        }
      }
    },
    outputs: {
      type: 'array',
      minItems: 1,
      description: 'Where alerts go. Each output has a queue of its own.',
      items: { type: 'object', required: ['type'], properties: outputKeys }
    },
    server: serverSchema,
    presets: {
      type: 'string',
      format: 'path',
      description: 'A folder with types of outputs of your own: NAME.yaml is the output of type NAME.'
    },
    user: {
      type: 'string',
      format: 'user-name',
      description: 'The user that the collector runs as when `tercel run` is started by root.'
    },
    shutdown_seconds: {
      type: 'number',
      minimum: 0,
      maximum: 3600,
      default: 10,
      description: 'How long outputs may go on sending when tercel is asked to stop. What is left waits in the spool.'
    },
    log: {
      type: 'object',
      description: "tercel's own log, on standard error.",
      additionalProperties: false,
      default: {},
      properties: { level: { type: 'string', enum: logLevels, default: 'info', description: 'The least severe line.' } }
    }
  }
} as const
