/** All metrics of tercel, in one registry. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { CollectorThread } from '../../collector-thread.ts'
import type { ShedTotal } from '../../delivery/shed-totals.ts'
import { tercelVersion } from '../../version.ts'
import type { SpoolProbe, SpoolView } from '../spool-probe.ts'
import { addCollectorMetrics } from './collector-metrics.ts'
import { addCounter, addGauge } from './define.ts'
import { addOutputMetrics, type OutputReadings } from './output-metrics.ts'
import { addSpoolMetrics } from './spool-metrics.ts'

export interface MetricsParts extends Pick<OutputReadings, 'lanes' | 'sendDurations'> {
  readonly sensorEnabled: boolean
  readonly collector: Pick<CollectorThread, 'counts' | 'state' | 'busyMs'>
  readonly probe: Pick<SpoolProbe, 'look'>
  readonly shed: Iterable<ShedTotal>
}

/** Prometheus waits for 10 seconds by default. */
const waitMs = 1_000

export class Metrics {
  readonly registry = new Registry()
  readonly #probe: MetricsParts['probe']
  #view: SpoolView = { status: undefined, books: new Map(), unansweredMs: 0 }
  #scrape: Promise<string> | undefined

  constructor(parts: MetricsParts) {
    this.#probe = parts.probe
    const { registry } = this
    addOutputMetrics(registry, { ...parts, books: () => this.#view.books })
    addSpoolMetrics(registry, () => this.#view)
    addCollectorMetrics(registry, parts)
    addProcessMetrics(registry, parts)
  }

  get contentType(): string {
    return this.registry.contentType
  }

  /** The page that Prometheus reads. Scrapes at the same time share one. */
  scrape(): Promise<string> {
    this.#scrape ??= this.#read().finally(() => {
      this.#scrape = undefined
    })
    return this.#scrape
  }

  async #read(): Promise<string> {
    // All that is said of the spool is of one moment, so that the books add up.
    this.#view = await this.#probe.look(waitMs)
    return this.registry.metrics()
  }
}

function addProcessMetrics(registry: Registry, { collector }: Pick<MetricsParts, 'collector'>): void {
  addGauge(registry, {
    name: 'tercel_build_info',
    help: 'Always 1; the labels tell the versions.',
    labels: ['version', 'node'],
    read: () => [{ labels: { version: tercelVersion(), node: process.version }, value: 1 }]
  })
  addCounter(registry, {
    name: 'tercel_thread_busy_seconds_total',
    help: 'How long a thread was busy since the start: near 1 per second it is at its limit. main sends alerts, collector matches events.',
    labels: ['thread'],
    read: () => [
      { labels: { thread: 'main' }, value: performance.eventLoopUtilization().active / 1000 },
      { labels: { thread: 'collector' }, value: collector.busyMs / 1000 }
    ]
  })
  // Of the process, and of the event loop of the main thread. A timer every 20 ms measures its delay.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 20 })
}
