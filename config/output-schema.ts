/** The schema of what every entry of `outputs` takes beside the settings of its type, and the types that it becomes. */

/** The largest alert is 1 MiB: a smaller backlog might not hold one. */
export const leastBacklogBytes = 2 ** 20

export interface OutputConfig {
  readonly name: string
  readonly type: string
  /** Accepted by the schema of the output, with its defaults filled in. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly delivery: DeliveryConfig
}

/** How an output is served; the same for every type. */
export interface DeliveryConfig {
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
  concurrency: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    description: 'How many sends may be under way at a time. With more than 1, alerts may arrive out of order.'
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
