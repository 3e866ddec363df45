/** Metrics of each output: its books, what was shed for it, and how its lane does. */
import { Histogram, type Registry } from 'prom-client'
import { type Books, settlementKinds } from '../../delivery/cursor.ts'
import type { Lane } from '../../delivery/lane.ts'
import { sendOutcomes } from '../../delivery/send-tally.ts'
import type { ShedTotal } from '../../delivery/shed-totals.ts'
import { addCounter, addGauge, type Sample, stateSamples } from './define.ts'

export interface OutputReadings {
  /** Of every output that has a cursor, configured or not. */
  readonly books: () => ReadonlyMap<string, Books>
  readonly shed: Iterable<ShedTotal>
  readonly lanes: ReadonlyMap<string, Pick<Lane, 'health' | 'activity'>>
  readonly sendDurations: SendDurations
}

/** How long sends take. It is filled by the lanes, and is there before they and the server are. */
export class SendDurations {
  readonly histogram = new Histogram({
    name: 'tercel_output_send_duration_seconds',
    help: 'How long a send took, whatever came of it.',
    labelNames: ['output'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: []
  })

  /** Takes the durations of an output, in milliseconds. */
  of(output: string): (durationMs: number) => void {
    const durations = this.histogram.labels(output)
    return durationMs => durations.observe(durationMs / 1000)
  }
}

export function addOutputMetrics(registry: Registry, readings: OutputReadings): void {
  addBooks(registry, readings)
  addLanes(registry, readings)
  registry.registerMetric(readings.sendDurations.histogram)
}

function addBooks(registry: Registry, { books, shed }: OutputReadings): void {
  const labels = ['output']
  const ofEach = (value: (books: Books) => number) => () =>
    [...books()].map(([output, each]): Sample => ({ labels: { output }, value: value(each) }))
  addCounter(registry, {
    name: 'tercel_output_accepted_alerts_total',
    help: 'Alerts that were accepted for the output: the sum of tercel_output_alerts_total and tercel_output_waiting_alerts.',
    labels,
    read: ofEach(({ accepted }) => accepted)
  })
  addCounter(registry, {
    name: 'tercel_output_alerts_total',
    help: 'Alerts that are done with, by what came of them: delivered, dead, shed, filtered, throttled.',
    labels: ['output', 'result'],
    *read() {
      for (const [output, each] of books()) {
        for (const result of settlementKinds) yield { labels: { output, result }, value: each[result] }
      }
    }
  })
  addGauge(registry, {
    name: 'tercel_output_waiting_alerts',
    help: 'Alerts in the spool that wait for the output.',
    labels,
    read: ofEach(({ waiting }) => waiting)
  })
  addGauge(registry, {
    name: 'tercel_output_waiting_bytes',
    help: 'Size of the alerts that wait for the output, as JSON.',
    labels,
    read: ofEach(({ waitingBytes }) => waitingBytes)
  })
  addGauge(registry, {
    name: 'tercel_output_oldest_waiting_seconds',
    help: 'How long the oldest alert that waits has waited; 0 when none does.',
    labels,
    read: ofEach(({ oldestWaitingMs }) => oldestWaitingMs / 1000)
  })
  addCounter(registry, {
    name: 'tercel_output_shed_alerts_total',
    help: 'Alerts that were given up since the start, by the limit that was reached: backlog or age of the output, or the spool.',
    labels: ['output', 'priority', 'limit'],
    *read() {
      for (const { output, priority, cause, count } of shed) {
        yield { labels: { output, priority, limit: cause }, value: count }
      }
    }
  })
}

function addLanes(registry: Registry, { lanes }: OutputReadings): void {
  const labels = ['output']
  const ofEach = (value: (lane: Pick<Lane, 'health' | 'activity'>) => number) => () =>
    [...lanes].map(([output, lane]): Sample => ({ labels: { output }, value: value(lane) }))
  addCounter(registry, {
    name: 'tercel_output_sends_total',
    help: 'Sends since the start, by outcome: taken, partly_taken, too_large (goes on in halves), held (the far end refuses tercel), failed.',
    labels: ['output', 'outcome'],
    *read() {
      for (const [output, { activity }] of lanes) {
        const { outcomes } = activity.sends
        for (const outcome of sendOutcomes) yield { labels: { output, outcome }, value: outcomes[outcome] }
      }
    }
  })
  addCounter(registry, {
    name: 'tercel_output_retries_total',
    help: 'Sends since the start of alerts that were sent before.',
    labels,
    read: ofEach(({ activity }) => activity.sends.retries)
  })
  addGauge(registry, {
    name: 'tercel_output_failing',
    help: '1 while nothing of the last attempt was taken.',
    labels,
    read: ofEach(({ health }) => (health.failing ? 1 : 0))
  })
  addGauge(registry, {
    name: 'tercel_output_last_success_timestamp_seconds',
    help: 'When the far end last took something; 0 when it has not since the start.',
    labels,
    read: ofEach(({ health }) => (health.lastSuccessMs ?? 0) / 1000)
  })
  addGauge(registry, {
    name: 'tercel_output_breaker_state',
    help: '1 for the state that the breaker is in: closed, open (nothing is sent), probing (one send is).',
    labels: ['output', 'state'],
    *read() {
      for (const [output, { activity }] of lanes) {
        yield* stateSamples(['closed', 'open', 'probing'], activity.breaker.kind, { output })
      }
    }
  })
  addGauge(registry, {
    name: 'tercel_output_concurrency',
    help: 'How many sends may be under way at a time: fewer than what is configured while the far end gets slower or fails.',
    labels,
    read: ofEach(({ activity }) => activity.concurrency)
  })
  addGauge(registry, {
    name: 'tercel_output_in_flight',
    help: 'Batches that are being sent, or pause before they are sent again.',
    labels,
    read: ofEach(({ activity }) => activity.inFlight)
  })
}
