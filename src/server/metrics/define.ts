/**
 * Metrics that are read when somebody asks: tercel counts where things happen, and prom-client only prints it. The values of
 * a label are those of the configuration or of a fixed list, never a text of an alert.
 */
import { Counter, Gauge, type Registry } from 'prom-client'

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

export interface MetricDefinition {
  readonly name: string
  /** A sentence. */
  readonly help: string
  readonly labels?: readonly string[]
  readonly read: () => Iterable<Sample>
}

/** What only grows; also over restarts where it is kept on disk. */
export function addCounter(registry: Registry, { name, help, labels = [], read }: MetricDefinition): void {
  new Counter({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels = {}, value } of read()) this.inc(labels, value)
    }
  })
}

export function addGauge(registry: Registry, { name, help, labels = [], read }: MetricDefinition): void {
  new Gauge({
    name,
    help,
    labelNames: [...labels],
    registers: [registry],
    collect() {
      this.reset()
      for (const { labels = {}, value } of read()) this.set(labels, value)
    }
  })
}

/** One sample for each state, of which the present one is 1. */
export function* stateSamples(
  states: readonly string[],
  present: string,
  labels: Readonly<Record<string, string>> = {}
): Generator<Sample> {
  for (const state of states) yield { labels: { ...labels, state }, value: state === present ? 1 : 0 }
}
