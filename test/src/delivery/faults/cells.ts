/**
 * What can go wrong at the far end of a webhook. Each cell has a spool, a lane, an output and a sink of its own, all of
 * them real; run-cell.ts runs it.
 */
import type { WebhookSettings } from '../../../../outputs/webhook.ts'
import type { SinkOptions } from '../../../../src/sink/sink.ts'
import { selfSigned } from '../../../certificates.ts'

export interface Cell {
  readonly name: string
  readonly fault: /** Faults of the sink: those of the outage, and those that stay. */
    | { readonly kind: 'program'; readonly faults: readonly object[]; readonly lasting?: readonly object[] }
    | { readonly kind: 'stopped' }
    /** Settings with which the output does not reach its sink. */
    | { readonly kind: 'settings'; readonly settings: Partial<WebhookSettings> }
  /** What the sink and a webhook that reaches it need beside the defaults. */
  readonly farEnd?: (directory: string) => { sink?: SinkOptions; settings?: Partial<WebhookSettings> }
  /** Whether the sink may keep alerts without saying so: then they are sent again. */
  readonly keepsSilently?: boolean
  /** Whether some alerts are marked for the sink to refuse. */
  readonly poisoned?: boolean
}

/** Ends the uuid of an alert that is to be refused. */
export const poison = 'poison'

function program(name: string, ...faults: object[]): Cell {
  return { name, fault: { kind: 'program', faults } }
}

const refusedAlerts = [{ status: 400, body: 'no such field', when: { contains: poison } }]

export const cells: readonly Cell[] = [
  { name: 'stopped and started again', fault: { kind: 'stopped' }, keepsSilently: true },
  {
    name: 'refusing connections',
    // The port of the discard service, which nobody runs.
    fault: { kind: 'settings', settings: { url: 'http://127.0.0.1:9' } }
  },
  program('never answering', { send: 'nothing' }),
  program('closing without an answer', { send: 'nothing', connection: 'close' }),
  program('resetting before its answer', { send: 'nothing', connection: 'reset' }),
  program('resetting in the middle of its answer', { status: 500, send: 'half', connection: 'reset' }),
  {
    ...program('keeping alerts and resetting without an answer', { send: 'nothing', connection: 'reset', taken: true }),
    keepsSilently: true
  },
  program('answering garbage', { send: 'garbage', connection: 'close' }),
  program('answering 429 with Retry-After', { status: 429, retry_after: 5 }),
  program('answering 503 with Retry-After as a date', { status: 503, retry_after: 5, retry_after_as: 'date' }),
  program('answering 500', { status: 500 }),
  program('answering 503 half of the time', { status: 503, when: { share: 0.5 } }),
  program('answering 401', { status: 401 }),
  {
    name: 'answering 400 to some alerts',
    fault: { kind: 'program', faults: refusedAlerts, lasting: refusedAlerts },
    poisoned: true
  },
  {
    name: 'whose name does not resolve',
    fault: { kind: 'settings', settings: { url: 'http://sink.invalid:8080' } }
  },
  {
    name: 'with a certificate that nobody vouches for',
    fault: { kind: 'settings', settings: { tls: {} } },
    farEnd: directory => {
      const { cert, key, certFile } = selfSigned(directory)
      return { sink: { tls: { cert, key } }, settings: { tls: { ca_file: certFile } } }
    }
  }
]

/** How a webhook sends. */
export interface Mode {
  readonly name: string
  readonly concurrency: number
  readonly settings: Partial<WebhookSettings>
}

export const modes: readonly Mode[] = [
  { name: 'one by one in order', concurrency: 1, settings: { body: 'single' } },
  { name: 'one by one, eight at a time', concurrency: 8, settings: { body: 'single' } },
  {
    name: 'in batches',
    concurrency: 1,
    settings: { body: 'ndjson', batch: { max_count: 20, max_bytes: '1MiB' } }
  }
]
