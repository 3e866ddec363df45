/** The schema of what every entry of `outputs` takes beside the settings of its type, and the types that it becomes. */
import type { Place } from '../base/errors.ts'

/** The largest alert is 1 MiB: a smaller backlog might not hold one. */
export const leastBacklogBytes = 2 ** 20

export interface OutputConfig {
  readonly name: string
  readonly type: string
  /** Accepted by the schema of the output, with its defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly delivery: DeliveryConfig
}

/** A text that the rule language reads, with where it stands. */
export interface PlacedText {
  readonly text: string
  /** Such as `outputs[0].when`. */
  readonly key: string
  readonly place: Place
}

/** How an output is served; the same for every type. */
export interface DeliveryConfig {
  /** Which alerts it gets: a condition; all without it. */
  readonly when?: PlacedText
  /** Of alerts that have the same `key`, one in each window. */
  readonly throttle?: { readonly key: readonly PlacedText[]; readonly windowMs: number }
  /** Where a new output starts: with what comes from now on, or with the oldest alert that is kept. */
  readonly start: 'now' | 'oldest'
  /** How long a batch waits to fill. */
  readonly lingerMs: number
  /** How many sends are under way at a time. */
  readonly concurrency: number
  readonly timeoutMs: number
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number }
  readonly backlog: {
    /** Of alert JSON; without it only the spool's own limit counts. */
    readonly maxBytes?: number
    readonly maxAgeMs?: number
    readonly onFull: 'shed' | 'block'
  }
}

/** An entry after ajv has filled in the defaults. */
export interface RawOutput {
  name?: string
  type: string
  concurrency: number
  timeout_seconds: number
  when?: string
  throttle?: { key: string[]; window_seconds: number }
  start: 'now' | 'oldest'
  linger_seconds: number
  rate_limit?: { per_second: number; burst?: number }
  backlog: { max_bytes?: string | number; max_age_seconds?: number; on_full: 'shed' | 'block' }
  [setting: string]: unknown
}

/** What every entry of `outputs` takes beside the settings of its type. */
export const outputKeys = {
  name: {
    type: 'string',
    format: 'output-name',
    description: 'Names the output in logs, metrics and the spool; the type when absent. No two outputs share one.'
  },
  type: { type: 'string', description: 'Which output it is.' },
  when: {
    type: 'string',
    minLength: 1,
    description:
      'Which alerts it gets: a condition over the alert and its output_fields, such as alert.priority >= warning. All without it.'
  },
  throttle: {
    type: 'object',
    description: 'Of alerts that are alike it gets the first of a time; how many more there were is summed up in one.',
    additionalProperties: false,
    required: ['key'],
    properties: {
      key: {
        type: 'array',
        minItems: 1,
        maxItems: 16,
        items: { type: 'string', minLength: 1 },
        description: 'Fields; alerts that have the same values in all of them are alike.'
      },
      window_seconds: {
        type: 'number',
        minimum: 1,
        maximum: 86_400,
        default: 60,
        description: 'How long that time is.'
      }
    }
  },
  start: {
    type: 'string',
    enum: ['now', 'oldest'],
    default: 'now',
    description:
      'Where an output that is new starts: with what comes from now on, or with the oldest alert that is kept.'
  },
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    description:
      'How many sends may be under way at a time; fewer are while the far end gets slower. With more than 1, alerts may arrive out of order.'
  },
  linger_seconds: {
    type: 'number',
    minimum: 0,
    maximum: 300,
    default: 0,
    description: 'How long a batch that is not full waits for more alerts.'
  },
  timeout_seconds: {
    type: 'number',
    minimum: 0.1,
    maximum: 3600,
    default: 30,
    description: 'A send that takes longer is given up on and made again later.'
  },
  rate_limit: {
    type: 'object',
    description: 'The most that is sent; the rest waits.',
    additionalProperties: false,
    required: ['per_second'],
    properties: {
      per_second: { type: 'number', minimum: 0.001, maximum: 1e6, description: 'Alerts per second.' },
      burst: {
        type: 'integer',
        minimum: 1,
        maximum: 1e6,
        description: 'How many may be sent at once after a quiet time; those of a second when absent.'
      }
    }
  },
  backlog: {
    type: 'object',
    description: 'What may wait for this output.',
    additionalProperties: false,
    default: {},
    properties: {
      max_bytes: {
        type: ['integer', 'string'],
        format: 'size',
        minimum: leastBacklogBytes,
        description:
          "The most that waits, as alert JSON: bytes, or a size such as 256MiB. Only the spool's limit when absent."
      },
      max_age_seconds: {
        type: 'number',
        minimum: 1,
        description: 'Alerts that have waited longer are given up. For ever when absent.'
      },
      on_full: {
        type: 'string',
        enum: ['shed', 'block'],
        default: 'shed',
        description:
          'What gives when there is no more room: shed gives up alerts, the lowest priority first; block makes sources wait, and where they cannot, alerts are given up before they reach the spool.'
      }
    }
  }
} as const
