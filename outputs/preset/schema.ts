/** What a preset file may say: its JSON schema (draft 7), and the types that it becomes. docs/presets.md explains it. */
import type { Tree } from '../../config/document.ts'
import { formats } from '../../config/formats.ts'

export type SettingType = 'string' | 'integer' | 'number' | 'boolean' | 'list' | 'map'

/** A setting that the user of a preset gives. */
export interface PresetSetting {
  readonly type: SettingType
  readonly description: string
  readonly required: boolean
  readonly secret: boolean
  readonly default?: Tree
  readonly example?: Tree
  readonly enum?: readonly Tree[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** Settings of the webhook that a preset may have as well; tls, proxy and connect_timeout_seconds every preset has. */
export const transportOptions = ['headers', 'auth', 'signature', 'compression'] as const

export type TransportOption = (typeof transportOptions)[number]

/** How the alerts of a batch stand in one body. */
export type Join = 'single' | 'array' | 'ndjson' | 'concatenated'

export interface PresetBody {
  readonly join: Join
  /** A structure for each alert. */
  readonly each: Tree
  /** Of `ndjson`: a line of its own before that of each alert. */
  readonly action?: Tree
  /** Of `array`: the structure in which the list stands, as `{{ alerts }}`. */
  readonly around?: Tree
  readonly content_type?: string
}

export const verdicts = ['delivered', 'retry', 'hold', 'refuse'] as const

export type VerdictWord = (typeof verdicts)[number]

export interface PresetAnswer {
  readonly if: string
  readonly means: VerdictWord
  readonly pause_seconds?: string
}

export interface PresetItems {
  /** An expression that gives a list with a result for each alert: in order, or found by the uuid that `id` gives. */
  readonly list: string
  readonly id?: string
  /** What it means that there is none for an alert. */
  readonly absent: VerdictWord
  readonly status: string
  readonly reason?: string
  readonly answers: readonly PresetAnswer[]
}

/** A preset as its file says, with the defaults. */
export interface PresetFile {
  readonly description: string
  readonly documentation: readonly string[]
  readonly settings: Readonly<Record<string, PresetSetting>>
  readonly request: {
    readonly method: 'POST' | 'PUT' | 'PATCH'
    readonly url: string
    readonly path: string
    readonly query: Readonly<Record<string, string>>
    readonly headers: { readonly [name: string]: Tree }
    readonly idempotency_key: boolean
    readonly options: readonly TransportOption[]
  }
  readonly maps: Readonly<Record<string, Tree>>
  readonly body: PresetBody
  readonly limits: {
    readonly batch?: { readonly max_count: number; readonly max_bytes: string | number }
    readonly request_bytes?: string | number
    readonly rate_limit?: { readonly per_second: number; readonly burst?: number }
    readonly concurrency: number
  }
  readonly answers: readonly PresetAnswer[]
  readonly items?: PresetItems
}

const text = { type: 'string', minLength: 1 }
const size = { type: ['integer', 'string'], format: 'size', minimum: 1 }
const template = { type: 'string', description: 'A template, which may name settings and maps.' }

const setting = {
  type: 'object',
  additionalProperties: false,
  required: ['type', 'description'],
  properties: {
    type: {
      enum: ['string', 'integer', 'number', 'boolean', 'list', 'map'],
      description: 'What it is; a list is one of texts, a map has texts as values.'
    },
    description: { ...text, description: 'What it is for, as a sentence.' },
    required: { type: 'boolean', default: false, description: 'Whether it must be given.' },
    secret: {
      type: 'boolean',
      default: false,
      description: 'Whether it is kept out of what is said of the answers of the far end, which may repeat it.'
    },
    default: {
      type: ['string', 'number', 'boolean', 'array', 'object'],
      description: 'What it is when it is not given.'
    },
    example: {
      type: ['string', 'number', 'boolean', 'array', 'object'],
      description: 'A value for the documentation; worth giving where it is required.'
    },
    enum: { type: 'array', minItems: 1, description: 'What it may be.' },
    format: { enum: Object.keys(formats), description: 'What the text has to look like.' },
    pattern: { ...text, format: 'pattern', description: 'A regular expression that the text must match.' },
    minLength: { type: 'integer', minimum: 0, description: 'The least characters.' },
    maxLength: { type: 'integer', minimum: 1, description: 'The most characters.' },
    minimum: { type: 'number', description: 'The least number.' },
    maximum: { type: 'number', description: 'The largest number.' }
  }
}

const answers = {
  type: 'array',
  default: [],
  description: 'What answers mean that do not mean what their status says everywhere. The first that fits decides.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['if', 'means'],
    properties: {
      if: { ...text, description: 'An expression over status, headers, json, text, count and settings.' },
      means: {
        enum: verdicts,
        description:
          'delivered; retry: not now; hold: it refuses us and not the alert, so an operator has to mend something; refuse: a batch goes on in smaller ones, a single alert to the dead letters.'
      },
      pause_seconds: {
        ...text,
        description: 'With retry: an expression that gives the seconds to wait. Without it Retry-After counts.'
      }
    }
  }
}

export const presetSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['description', 'documentation', 'request', 'body'],
  properties: {
    description: { ...text, description: 'What the output does, as a sentence.' },
    documentation: {
      type: 'array',
      minItems: 1,
      items: { type: 'string', format: 'https-url' },
      description: 'The pages of the far end that say what it takes and what it answers.'
    },
    settings: {
      type: 'object',
      default: {},
      propertyNames: { format: 'setting-name' },
      additionalProperties: setting,
      description: 'What the user gives, by name; beside what every output takes, and batch, tls and the like.'
    },
    request: {
      type: 'object',
      additionalProperties: false,
      required: ['url'],
      description: 'Where a request goes, and with what.',
      properties: {
        method: { enum: ['POST', 'PUT', 'PATCH'], default: 'POST', description: 'The method.' },
        url: { ...template, minLength: 1, description: 'The URL. A template over settings and maps.' },
        path: {
          ...template,
          default: '',
          description: 'Added to the path of url; what an expression gives is percent-encoded.'
        },
        query: {
          type: 'object',
          default: {},
          additionalProperties: template,
          description: 'Added to the query of url, percent-encoded; what is empty is left out.'
        },
        headers: {
          type: 'object',
          default: {},
          description: 'Headers: texts, or $merge with a map of them. What is empty is left out.'
        },
        idempotency_key: {
          type: 'boolean',
          default: true,
          description: 'Whether each request has the header Idempotency-Key.'
        },
        options: {
          type: 'array',
          default: [],
          items: { enum: transportOptions },
          description: 'Settings of the output webhook that the user may give here as well.'
        }
      }
    },
    maps: {
      type: 'object',
      default: {},
      additionalProperties: { type: 'object' },
      description: 'Tables for templates, such as maps.color[alert.priority].'
    },
    body: {
      type: 'object',
      additionalProperties: false,
      required: ['each'],
      dependencies: {
        action: { type: 'object', properties: { join: { enum: ['ndjson'] } } },
        around: { type: 'object', properties: { join: { enum: ['array'] } } }
      },
      description: 'What a request says.',
      properties: {
        join: {
          enum: ['single', 'array', 'ndjson', 'concatenated'],
          default: 'single',
          description:
            'single: one alert in a request; array: a list; ndjson: one on each line; concatenated: one after the other.'
        },
        each: { type: ['string', 'object', 'array'], description: 'The structure for an alert.' },
        action: {
          type: ['object', 'array'],
          description: 'With ndjson: a line of its own before that of each alert.'
        },
        around: {
          type: ['object', 'array'],
          description: 'With array: the structure in which the list stands, as {{ alerts }}.'
        },
        content_type: {
          type: 'string',
          format: 'header-value',
          description: 'application/json, or application/x-ndjson, when absent.'
        }
      }
    },
    limits: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What the far end takes.',
      properties: {
        batch: {
          type: 'object',
          additionalProperties: false,
          required: ['max_count', 'max_bytes'],
          description: 'The defaults of the setting batch.',
          properties: {
            max_count: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Alerts.' },
            max_bytes: { ...size, description: 'Bytes of alerts, as tercel writes them.' }
          }
        },
        request_bytes: { ...size, description: 'The most bytes of a body: a larger batch is divided unsent.' },
        rate_limit: {
          type: 'object',
          additionalProperties: false,
          required: ['per_second'],
          description: 'The default of rate_limit, in alerts.',
          properties: {
            per_second: { type: 'number', minimum: 0.001, maximum: 1e6, description: 'Alerts per second.' },
            burst: { type: 'integer', minimum: 1, maximum: 1e6, description: 'At once after a quiet time.' }
          }
        },
        concurrency: {
          type: 'integer',
          minimum: 1,
          maximum: 64,
          default: 64,
          description: 'The most that concurrency may be.'
        }
      }
    },
    answers,
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['list', 'status'],
      description: 'Where a 2xx answer has a result for each alert.',
      properties: {
        list: { ...text, description: 'An expression that gives the list, such as json.items.' },
        id: {
          ...text,
          description: 'An expression that gives the uuid of the alert of an item; without it they are in order.'
        },
        absent: {
          enum: verdicts,
          default: 'retry',
          description: 'With id: what it means that there is no item for an alert.'
        },
        status: { ...text, description: 'An expression that gives the status of an item.' },
        reason: { ...text, description: 'An expression that gives what is wrong with it.' },
        answers
      }
    }
  }
} as const
