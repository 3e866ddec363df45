/**
 * The fault programme of the sink: which requests are answered otherwise than with an empty 200, and how. It is a list;
 * the first fault whose conditions all hold decides.
 */
import { type Problem, TercelError } from '../../base/errors.ts'
import { parseYaml } from '../../config/document.ts'
import { validate } from '../../config/validate.ts'

const sendings = ['whole', 'half', 'slowly', 'endless', 'nothing', 'garbage'] as const
const endings = ['open', 'close', 'reset'] as const

/** Conditions of which every one that is given must hold. Requests and seconds count since the programme was set. */
export interface When {
  readonly share?: number
  readonly first?: number
  readonly every?: number
  readonly contains?: string
  readonly min_alerts?: number
  readonly min_bytes?: number
  readonly from_seconds?: number
  readonly until_seconds?: number
}

export interface Fault {
  readonly when: When
  readonly delay_ms: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly retry_after?: number
  readonly retry_after_as: 'seconds' | 'date'
  readonly body?: string
  readonly send: (typeof sendings)[number]
  readonly connection: (typeof endings)[number]
  readonly taken?: boolean
}

export interface FaultProgram {
  readonly seed: number
  readonly faults: readonly Fault[]
}

const count = { type: 'integer', minimum: 1 }
const seconds = { type: 'number', minimum: 0 }

const whenSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  description: 'Conditions of which every one that is given must hold; without any, every request is meant.',
  properties: {
    share: { type: 'number', minimum: 0, maximum: 1, description: 'This share of the requests, drawn by the seed.' },
    first: { ...count, description: 'The first so many requests.' },
    every: { ...count, description: 'Each request whose number is a multiple of this.' },
    contains: { type: 'string', minLength: 1, description: 'Requests whose body contains this text.' },
    min_alerts: { ...count, description: 'Requests with at least so many alerts.' },
    min_bytes: { ...count, description: 'Requests whose body has at least so many bytes.' },
    from_seconds: { ...seconds, description: 'Requests from this time on.' },
    until_seconds: { ...seconds, description: 'Requests before this time.' }
  }
}

const faultSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    when: whenSchema,
    delay_ms: {
      type: 'number',
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      description: 'How long the answer waits.'
    },
    status: { type: 'integer', minimum: 200, maximum: 599, default: 200, description: 'The status of the answer.' },
    headers: {
      type: 'object',
      propertyNames: { format: 'header-name' },
      additionalProperties: { type: 'string', format: 'header-value' },
      default: {},
      description: 'Headers of the answer, such as the location of a redirect.'
    },
    retry_after: { type: 'integer', description: 'The seconds of a Retry-After header.' },
    retry_after_as: {
      enum: ['seconds', 'date'],
      default: 'seconds',
      description: 'How Retry-After says it: as seconds, or as the date that is so many seconds ahead.'
    },
    body: { type: 'string', description: 'The body of the answer; where send needs one, it has one without this.' },
    send: {
      enum: sendings,
      default: 'whole',
      description:
        'What of the answer is sent: all, the headers and half of the body, the body a byte at a time, a body without end, nothing, or bytes that are no HTTP.'
    },
    connection: {
      enum: endings,
      default: 'open',
      description: 'What comes of the connection after what is sent: it stays open, is closed, or is reset (RST).'
    },
    taken: {
      type: 'boolean',
      description:
        'Whether the sink keeps the alerts of the request all the same; by default it does if the status, so far as it was sent, is 2xx.'
    }
  }
}

/** JSON schema (draft 7) of a fault programme. */
export const faultProgramSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    seed: {
      type: 'integer',
      minimum: 0,
      default: 1,
      description: 'Of the draws of share: the same seed draws the same.'
    },
    faults: {
      type: 'array',
      maxItems: 1000,
      default: [],
      items: faultSchema,
      description: 'The first that fits decides.'
    }
  }
} as const

export const noFaults: FaultProgram = { seed: 1, faults: [] }

/**
 * Reads a fault programme: JSON, or the YAML that is the same.
 *
 * @param source how errors name the text: a file, for instance.
 * @throws TercelError TERCEL_CONFIG with every problem and its place.
 */
export function parseFaults(text: string, source: string): FaultProgram {
  const { tree, problems } = parseYaml(text, source)
  if (tree === undefined || problems.length > 0) throw faultError(source, problems)
  if (Array.isArray(tree.value)) {
    const message = 'expected a mapping with faults:, not a list'
    throw faultError(source, [{ message, place: tree.valuePlace('') }])
  }
  const findings = validate(faultProgramSchema, tree.value, new Map())
  if (findings.length === 0) return tree.value as unknown as FaultProgram
  throw faultError(
    source,
    findings.map(({ pointer, at, message }) => ({
      message: at === 'value' && pointer !== '' ? `${pointer.slice(1).replaceAll('/', '.')}: ${message}` : message,
      place: at === 'key' ? tree.keyPlace(pointer) : tree.valuePlace(pointer)
    }))
  )
}

function faultError(source: string, problems: readonly Problem[]): TercelError {
  return new TercelError('TERCEL_CONFIG', `${source} is no fault programme`, { problems })
}

/** Whether the sink keeps the alerts of a request that it answers so. */
export function takes({ taken, status, send }: Fault): boolean {
  return taken ?? (status < 300 && send !== 'nothing' && send !== 'garbage')
}
