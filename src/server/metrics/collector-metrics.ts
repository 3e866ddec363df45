/** Metrics of the sensor and of the collector's thread, as of about a second ago. */
import type { Registry } from 'prom-client'
import { priorities } from '../../../rules/alert.ts'
import { lossReasons } from '../../collector-counts.ts'
import type { CollectorThread } from '../../collector-thread.ts'
import { addCounter, addGauge, stateSamples } from './define.ts'

export interface CollectorReadings {
  readonly sensorEnabled: boolean
  readonly collector: Pick<CollectorThread, 'counts' | 'state'>
}

export function addCollectorMetrics(registry: Registry, { sensorEnabled, collector }: CollectorReadings): void {
  addCounter(registry, {
    name: 'tercel_collector_events_total',
    help: 'Events that went through the rules since the start.',
    read: () => [{ value: collector.counts.events }]
  })
  addCounter(registry, {
    name: 'tercel_collector_raised_alerts_total',
    help: 'Alerts that rules have raised since the start.',
    labels: ['priority'],
    read: () => priorities.map(priority => ({ labels: { priority }, value: collector.counts.raised[priority] }))
  })
  addCounter(registry, {
    name: 'tercel_collector_shed_alerts_total',
    help: 'Alerts that were raised since the start and given up before the spool, which could not take them.',
    labels: ['priority'],
    read: () => priorities.map(priority => ({ labels: { priority }, value: collector.counts.shed[priority] }))
  })
  addCounter(registry, {
    name: 'tercel_collector_suppressed_alerts_total',
    help: 'Alerts that the rate limits of their rules have held back since the start.',
    read: () => [{ value: collector.counts.suppressed }]
  })
  addCounter(registry, {
    name: 'tercel_sensor_losses_total',
    help: 'What was lost since the start, by reason: the events that found no room or could not be read, processes whose state was given up.',
    labels: ['reason'],
    read: () => lossReasons.map(reason => ({ labels: { reason }, value: collector.counts.lost[reason] }))
  })
  addCounter(registry, {
    name: 'tercel_sensor_away_seconds_total',
    help: 'For how long no collector took the events of the reader, of which some were lost.',
    read: () => [{ value: collector.counts.awayMs / 1000 }]
  })
  addGauge(registry, {
    name: 'tercel_sensor_state',
    help: '1 for the state that the sensor is in: running, waiting (for the reader), starting, disabled.',
    labels: ['state'],
    read: () =>
      stateSamples(
        ['running', 'waiting', 'starting', 'disabled'],
        sensorEnabled ? (collector.state?.state ?? 'starting') : 'disabled'
      )
  })
}
