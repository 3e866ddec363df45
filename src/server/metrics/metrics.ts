/** All metrics of tercel, in one registry. */
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { CollectorThread } from '../../collector-thread.ts'
import { tercelVersion } from '../../version.ts'
import type { SpoolProbe, SpoolView } from '../spool-probe.ts'
import { addCollectorMetrics } from './collector-metrics.ts'
import { addCounter, addGauge } from './define.ts'
import { addOutputMetrics, type OutputReadings } from './output-metrics.ts'
import { addSpoolMetrics } from './spool-metrics.ts'

interface Readings extends Pick<OutputReadings, 'lanes' | 'sendDurations' | 'shed'> {
  readonly sensorEnabled: boolean
  readonly collector: Pick<CollectorThread, 'counts' | 'state' | 'busyMs'>
  readonly view: () => SpoolView
}

/** Adds every metric that is tercel's own. */
export function addTercelMetrics(registry: Registry, readings: Readings): void {
  const { view } = readings
  addOutputMetrics(registry, { ...readings, books: () => view().books })
  addSpoolMetrics(registry, view)
  addCollectorMetrics(registry, readings)
  addProcessMetrics(registry, readings)
}

export interface MetricsParts extends Omit<Readings, 'view'> {
  readonly probe: Pick<SpoolProbe, 'look'>
}

/** Prometheus waits for 10 seconds by default. */
const waitMs = 1_000

export class Metrics {
  readonly #registry = new Registry()
  readonly #probe: MetricsParts['probe']
  #view: SpoolView = { status: undefined, books: new Map(), unansweredMs: 0 }
  #scrape: Promise<string> | undefined

  constructor(parts: MetricsParts) {
    this.#probe = parts.probe
    addTercelMetrics(this.#registry, { ...parts, view: () => this.#view })
    // Of the process, and of the event loop of the main thread. A timer every 20 ms measures its delay.
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: 20 })
  }

  get contentType(): string {
    return this.#registry.contentType
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
    return this.#registry.metrics()
  }
}

function addProcessMetrics(registry: Registry, { collector }: Pick<Readings, 'collector'>): void {
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
}
