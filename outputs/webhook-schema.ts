/** What the webhook output takes in the configuration. */
import { transportDependencies, transportProperties } from './http/transport.ts'
import type { JsonSchema } from './output.ts'

export const webhookSchema: JsonSchema = {
  type: 'object',
  required: ['url'],
  additionalProperties: false,
  dependencies: {
    batch: { type: 'object', properties: { body: { enum: ['array', 'ndjson'] } } },
    ...transportDependencies
  },
  properties: {
    url: {
      type: 'string',
      format: 'http-url',
      examples: ['https://hooks.example.org/alerts'],
      description: 'Where alerts are sent.'
    },
    method: { enum: ['POST', 'PUT', 'PATCH'], default: 'POST', description: 'The method of the requests.' },
    body: {
      enum: ['single', 'array', 'ndjson'],
      default: 'single',
      description: 'single: one alert in a request; array: a JSON array of alerts; ndjson: one alert on each line.'
    },
    template: {
      type: ['string', 'object', 'array'],
      description:
        "What an alert is in the body, instead of tercel's JSON: a text or a structure, with {{ alert.rule }} and the like in it."
    },
    batch: {
      type: 'object',
      additionalProperties: false,
      description: 'The most that one request carries, where body is array or ndjson.',
      properties: {
        max_count: { type: 'integer', minimum: 1, maximum: 10_000, default: 500, description: 'Alerts.' },
        max_bytes: {
          type: ['integer', 'string'],
          format: 'size',
          minimum: 1,
          default: '1MiB',
          description: 'Bytes of alerts, or a size such as 512KiB. An alert that is larger goes alone.'
        }
      }
    },
    ...transportProperties
  }
}
