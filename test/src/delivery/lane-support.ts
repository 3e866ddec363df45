/** What the tests of lanes share: a spool in memory, outputs that answer as they are told. */
import type { TestContext } from 'node:test'
import type { TercelError } from '../../../base/errors.ts'
import { delivered, type Outcome, type Output, retry } from '../../../outputs/output.ts'
import type { Alert } from '../../../rules/alert.ts'
import type { Settlement } from '../../../src/delivery/cursor.ts'
import { Lane } from '../../../src/delivery/lane.ts'
import type { LaneOptions } from '../../../src/delivery/lane-options.ts'
import type { ReadRequest, SpooledAlert } from '../../../src/delivery/records.ts'
import type { AppendOptions, NextOptions } from '../../../src/delivery/spool-options.ts'
import type { ThrottleWindow } from '../../../src/delivery/throttle-windows.ts'
import { ManualClock, MemoryLog, makeAlert } from './support.ts'

/** A spool of one output in memory. */
export class MemorySpool {
  readonly settlements: Settlement[] = []
  /** Throttle windows of a former run. */
  readonly open: ThrottleWindow[] = []
  /** The ids of windows that alerts were appended for. */
  readonly closed: string[] = []
  readonly #alerts: SpooledAlert[] = []
  readonly #readers = new Set<() => void>()
  readonly #now: () => number

  constructor(now: () => number = () => 1_000) {
    this.#now = now
  }

  put(...texts: string[]): void {
    this.#put(texts, false)
  }

  async next(_: string, { after, maxCount }: ReadRequest, { wait, signal }: NextOptions = {}): Promise<SpooledAlert[]> {
    for (;;) {
      const alerts = this.#alerts.slice(after, after + maxCount)
      if (alerts.length > 0 || wait === false || signal?.aborted) return alerts
      await new Promise<void>(resolve => {
        this.#readers.add(resolve)
        signal?.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  settle(_: string, settlements: readonly Settlement[]): void {
    this.settlements.push(...settlements)
  }

  async append(_: string, alerts: readonly Alert[], { closes = [] }: AppendOptions = {}): Promise<void> {
    this.closed.push(...closes)
    this.#put(
      alerts.map(alert => JSON.stringify(alert)),
      true
    )
  }

  async windows(): Promise<ThrottleWindow[]> {
    return this.open
  }

  get delivered(): number[] {
    return this.settlements.filter(({ kind }) => kind === 'delivered').map(({ seq }) => seq)
  }

  #put(texts: readonly string[], addressed: boolean): void {
    for (const json of texts) {
      const seq = this.#alerts.length + 1
      this.#alerts.push({ seq, acceptedMs: this.#now(), bytes: json.length, addressed, json })
    }
    for (const wake of this.#readers) wake()
  }
}

export type Answer = (alerts: readonly Alert[], signal: AbortSignal) => Promise<Outcome[]> | Outcome[]

/** An output that answers as the test says; the last answer is given for ever. */
export class ScriptedOutput implements Output {
  readonly sends: string[][] = []
  closed = 0
  readonly #answers: Answer[]

  constructor(...answers: Answer[]) {
    this.#answers = answers
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    this.sends.push(alerts.map(({ uuid }) => uuid))
    const answer = this.#answers.length > 1 ? this.#answers.shift()! : this.#answers[0]!
    return answer(alerts, signal)
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {
    this.closed += 1
  }
}

export const takeAll: Answer = alerts => alerts.map(() => delivered)
export const refuseAll: Answer = alerts => alerts.map(() => retry('503'))
export const hang: Answer = () => new Promise(() => {})

export function startLane(t: TestContext, output: Output, options: Partial<LaneOptions> = {}) {
  const clock = options.clock instanceof ManualClock ? options.clock : new ManualClock()
  const spool = options.spool instanceof MemorySpool ? options.spool : new MemorySpool(clock.now)
  const log = new MemoryLog()
  const batch = { maxCount: 10, maxBytes: 1_000_000 }
  const failures: TercelError[] = []
  const onFailure = (error: TercelError) => failures.push(error)
  const lane = new Lane({ name: 'a', output, spool, batch, log, clock, random: () => 0.5, onFailure, ...options })
  t.after(() => lane.drain(0))
  lane.start()
  return { lane, spool, clock, log, failures }
}

export function texts(...uuids: string[]): string[] {
  return uuids.map(uuid => JSON.stringify(makeAlert(uuid)))
}
