/** JSON schema (draft 7) of a preset file. docs/presets.md explains it. */
import { formats } from '../../config/formats.ts'
import { transportOptions, verdicts } from './file.ts'

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
    enum: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { type: ['string', 'number'] },
      description: 'What it may be.'
    },
    format: { enum: Object.keys(formats), description: 'What the text has to look like.' },
    pattern: { ...text, format: 'pattern', description: 'A regular expression that the text must match.' },
    keys: { ...text, format: 'pattern', description: 'A regular expression that the keys of a map must match.' },
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
          pattern: '^(/|$)',
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
          ...answers,
          description:
            'With id: what it means that there is no item for an alert, where each item names one. It is to be sent again where none of these fits.'
        },
        status: { ...text, description: 'An expression that gives the status of an item.' },
        reason: { ...text, description: 'An expression that gives what is wrong with it.' },
        answers
      }
    }
  }
} as const
