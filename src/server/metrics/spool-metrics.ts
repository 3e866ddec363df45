/** Metrics of the spool. */
import type { Registry } from 'prom-client'
import type { SpoolStatus } from '../../delivery/messages.ts'
import { stateTexts } from '../../delivery/spool-state.ts'
import type { SpoolView } from '../spool-probe.ts'
import { addCounter, addGauge, type Sample, stateSamples } from './define.ts'

export function addSpoolMetrics(registry: Registry, view: () => SpoolView): void {
  /** Nothing as long as the spool has never answered. */
  const read = (value: (status: SpoolStatus) => number) => (): Sample[] => {
    const { status } = view()
    return status === undefined ? [] : [{ value: value(status) }]
  }
  addCounter(registry, {
    name: 'tercel_spool_accepted_alerts_total',
    help: 'Alerts that were ever accepted.',
    read: read(({ head }) => head)
  })
  addCounter(registry, {
    name: 'tercel_spool_commits_total',
    help: 'Transactions since the start; alerts that come at the same time share one.',
    read: read(({ commits }) => commits)
  })
  addGauge(registry, {
    name: 'tercel_spool_used_bytes',
    help: 'What the spool takes on disk: used pages and the write-ahead log.',
    read: read(({ usedBytes }) => usedBytes)
  })
  addGauge(registry, {
    name: 'tercel_spool_max_bytes',
    help: 'The most that the spool takes on disk.',
    read: read(({ maxBytes }) => maxBytes)
  })
  addGauge(registry, {
    name: 'tercel_spool_state',
    help: '1 for the state that the spool is in: ok, at_limit, blocked, disk_full, failing.',
    labels: ['state'],
    *read() {
      const { status } = view()
      if (status !== undefined) yield* stateSamples(Object.keys(stateTexts), status.state.kind)
    }
  })
  addGauge(registry, {
    name: 'tercel_spool_free_bytes',
    help: 'Pages of the file that are not in use: tercel spool compact gives them back to the disk.',
    read: read(({ freeBytes }) => freeBytes)
  })
  addGauge(registry, {
    name: 'tercel_spool_alerts',
    help: 'Alerts in the file: some output waits for them, or they are about to be deleted.',
    read: read(({ alerts }) => alerts)
  })
  addGauge(registry, {
    name: 'tercel_spool_dead_letters',
    help: 'Dead letters that are kept.',
    read: read(({ deadLetters }) => deadLetters.count)
  })
  addGauge(registry, {
    name: 'tercel_spool_dead_letter_bytes',
    help: 'What the dead letters take in the file, about.',
    read: read(({ deadLetters }) => deadLetters.bytes)
  })
  addCounter(registry, {
    name: 'tercel_spool_dropped_dead_letters_total',
    help: 'Dead letters that were deleted since the start because they took more than their share.',
    read: read(({ droppedDeadLetters }) => droppedDeadLetters)
  })
  addGauge(registry, {
    name: 'tercel_spool_unanswered_seconds',
    help: 'For how long the spool has owed an answer: what is said of it is older then. 0 when all is well.',
    read: () => [{ value: view().unansweredMs / 1000 }]
  })
}
