/** The metrics that are tercel's own, without a tercel that runs: for the documentation. */
import { Registry } from 'prom-client'
import { newCounts } from '../../collector-counts.ts'
import { addTercelMetrics } from './metrics.ts'
import { SendDurations } from './output-metrics.ts'

export interface ListedMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
}

/** In the order of the page that Prometheus reads. */
export function listMetrics(): ListedMetric[] {
  const registry = new Registry()
  addTercelMetrics(registry, {
    sensorEnabled: true,
    collector: { state: undefined, counts: newCounts(), busyMs: 0 },
    lanes: new Map(),
    sendDurations: new SendDurations(),
    shed: [],
    view: () => ({ status: undefined, books: new Map(), unansweredMs: 0 })
  })
  return registry.getMetricsAsArray().map(metric => {
    const {
      name,
      help,
      type,
      labelNames = []
    } = metric as unknown as Omit<ListedMetric, 'labels'> & {
      readonly labelNames?: readonly string[]
    }
    return { name, type, labels: labelNames, help }
  })
}
