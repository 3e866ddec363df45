/** Whether tercel does what it is there for, and if not, why: for /readyz, which everybody may read. */

import type { CollectorThread } from '../collector-thread.ts'
import { systemClock } from '../delivery/clock.ts'
import type { Lane } from '../delivery/lane.ts'
import { stateTexts } from '../delivery/spool-state.ts'
import type { NotReadyReason } from './api-types.ts'
import type { SpoolProbe } from './spool-probe.ts'

export interface ReadinessParts {
  readonly sensorEnabled: boolean
  readonly outputFailingSeconds: number
  readonly collector: Pick<CollectorThread, 'state' | 'stateSinceMs'>
  readonly lanes: ReadonlyMap<string, Pick<Lane, 'health'>>
  readonly probe: Pick<SpoolProbe, 'look'>
  /** When the spool came into the state it is in, in milliseconds since the epoch. */
  readonly spoolSinceMs: () => number
}

export type Phase = 'starting' | 'running' | 'stopping'

/** Probes of Kubernetes wait for one second. */
const waitMs = 500

/** One slow write is no outage. */
const unansweredLimitMs = 10_000

export class Readiness {
  readonly #parts: ReadinessParts
  #phase: Phase = 'starting'
  #phaseSinceMs = Date.now()

  constructor(parts: ReadinessParts) {
    this.#parts = parts
  }

  enter(phase: Phase): void {
    this.#phase = phase
    this.#phaseSinceMs = Date.now()
  }

  /** Empty when tercel is ready. No text of a far end is in it, nor of an alert. */
  async reasons(): Promise<NotReadyReason[]> {
    const phase = this.#phase === 'running' ? [] : [reason('tercel', `tercel is ${this.#phase}`, this.#phaseSinceMs)]
    return [...phase, ...this.#sensor(), ...(await this.#spool()), ...this.#outputs()]
  }

  #sensor(): NotReadyReason[] {
    const { sensorEnabled, collector } = this.#parts
    if (!sensorEnabled || collector.state?.state === 'running') return []
    const what = collector.state?.message ?? 'the sensor is not attached yet'
    return [reason('sensor', what, collector.stateSinceMs)]
  }

  async #spool(): Promise<NotReadyReason[]> {
    const { probe, spoolSinceMs } = this.#parts
    const { status, unansweredMs } = await probe.look(waitMs)
    if (unansweredMs > unansweredLimitMs || status === undefined) {
      return [reason('spool', 'the spool does not answer: its disk may hang', Date.now() - unansweredMs)]
    }
    const { kind } = status.state
    // At its limit it takes what comes, and sheds for it.
    return kind === 'ok' || kind === 'at_limit' ? [] : [reason('spool', stateTexts[kind], spoolSinceMs())]
  }

  #outputs(): NotReadyReason[] {
    const { lanes, outputFailingSeconds } = this.#parts
    const what = `the output has taken nothing for longer than ${outputFailingSeconds} s`
    return [...lanes].flatMap(([name, { health }]) => {
      const { failingSinceMs } = health
      if (failingSinceMs === undefined) return []
      const isLong = systemClock.now() - failingSinceMs > outputFailingSeconds * 1000
      return isLong ? [reason(`output ${name}`, what, failingSinceMs)] : []
    })
  }
}

function reason(component: string, what: string, sinceMs: number): NotReadyReason {
  return { component, what, since: new Date(sinceMs).toISOString() }
}
