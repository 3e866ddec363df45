/** What the walk over lanes needs: a spool whose commits and crashes are the walk's to choose, and far ends with moods. */
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { delivered, type Outcome, type Output, reject, retry, split } from '../../../outputs/output.ts'
import { type Alert, severityOf } from '../../../rules/alert.ts'
import type { Settlement, SettlementKind } from '../../../src/delivery/cursor.ts'
import type { AlertBatch, ReadRequest, SpooledAlert } from '../../../src/delivery/records.ts'
import type { AppendOptions, NextOptions } from '../../../src/delivery/spool-options.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import type { ThrottleWindow } from '../../../src/delivery/throttle-windows.ts'
import { batchOf } from './support.ts'

interface Pending {
  readonly output: string
  readonly seq: number
  readonly kind: SettlementKind
}

/** The store as lanes see it, in this thread. Nothing is on disk before `commit`. */
export class WalkedSpool {
  /** What is settled and on disk: `output uuid` → how. */
  readonly durable = new Map<string, SettlementKind>()
  /** The summaries that are on disk, by output. */
  readonly summaries = new Map<string, Alert[]>()
  readonly #root: string
  readonly #now: () => number
  #generation = 0
  #store: SpoolStore
  #settled: Pending[] = []
  #appended: { readonly batch: AlertBatch; readonly output: string; readonly alerts: readonly Alert[] }[] = []
  readonly #uuids = new Map<number, string>()
  readonly #readers = new Set<() => void>()

  constructor(root: string, now: () => number) {
    this.#root = root
    this.#now = now
    this.#store = this.#open()
  }

  get store(): SpoolStore {
    return this.#store
  }

  /** The spool for lanes, until the next crash: after it they reach nothing any more. */
  view() {
    const generation = this.#generation
    const isGone = () => generation !== this.#generation
    return {
      next: async (name: string, request: ReadRequest, { wait = true, signal }: NextOptions = {}) => {
        for (;;) {
          if (signal?.aborted || isGone()) return []
          const alerts: SpooledAlert[] = this.#store.read(name, request)
          if (alerts.length > 0 || !wait) return alerts
          await new Promise<void>(resolve => {
            this.#readers.add(resolve)
            signal?.addEventListener('abort', () => resolve(), { once: true })
          })
        }
      },
      settle: (name: string, settlements: readonly Settlement[]) => {
        if (isGone()) return
        const before = this.#store.books(name)
        this.#store.settle(name, settlements)
        const after = this.#store.books(name)
        const throttled = settlements.filter(({ kind }) => kind === 'throttled').length
        assert.equal(after.throttled - before.throttled, throttled, 'none was settled between reading and routing')
        this.#settled.push(...settlements.map(({ seq, kind }) => ({ output: name, seq, kind })))
      },
      append: async (name: string, alerts: readonly Alert[], { closes = [] }: AppendOptions = {}) => {
        if (isGone()) return
        const batch = { ...batchOfAlerts(alerts), address: { output: name, closes } }
        this.#appended.push({ batch, output: name, alerts })
      },
      windows: async (name: string): Promise<ThrottleWindow[]> => this.#store.windows(name)
    }
  }

  /** Writes these alerts, and all that was settled and appended. */
  commit(alerts: readonly Alert[]): void {
    const appended = this.#appended
    this.#appended = []
    const first = this.#store.head + 1
    this.#store.commit([batchOfAlerts(alerts), ...appended.map(({ batch }) => batch)])
    const all = [...alerts, ...appended.flatMap(each => each.alerts)]
    for (const [index, { uuid }] of all.entries()) this.#uuids.set(first + index, uuid)
    for (const { output, alerts: made } of appended) {
      this.summaries.set(output, [...(this.summaries.get(output) ?? []), ...made])
    }
    this.noteSettled()
    this.wake()
  }

  /** What the store has settled by itself counts as all others, once it is on disk. */
  shed(output: string, seqs: Iterable<number>): void {
    for (const seq of seqs) this.#settled.push({ output, seq, kind: 'shed' })
  }

  /** The process dies: what was not committed is gone. */
  crash(): void {
    const old = this.#directory
    this.#store.close()
    this.#generation += 1
    mkdirSync(this.#directory, { recursive: true })
    for (const file of ['spool.db', 'spool.db-wal']) {
      if (existsSync(join(old, file))) copyFileSync(join(old, file), join(this.#directory, file))
    }
    this.#store = this.#open()
    this.#settled = []
    this.#appended = []
    this.wake()
  }

  wake(): void {
    for (const wake of this.#readers) wake()
    this.#readers.clear()
  }

  private noteSettled(): void {
    for (const { output, seq, kind } of this.#settled) {
      const key = `${output} ${this.#uuids.get(seq)!}`
      // A late answer changes nothing.
      if (!this.durable.has(key)) this.durable.set(key, kind)
    }
    this.#settled = []
  }

  get #directory(): string {
    return join(this.#root, String(this.#generation))
  }

  #open(): SpoolStore {
    const clocks = { now: this.#now, monotonic: this.#now }
    return new SpoolStore({ directory: this.#directory, maxBytes: 2 ** 30, reserveBytes: 64 * 1024, ...clocks })
  }
}

function batchOfAlerts(alerts: readonly Alert[]): AlertBatch {
  return batchOf(
    alerts.map(alert => ({ text: JSON.stringify(alert), severity: severityOf(alert.priority), rule: alert.rule }))
  )
}

export const moods = [
  'takes',
  'fails',
  'takes some',
  'refuses some',
  'refuses batches',
  'hangs',
  'takes and hangs'
] as const

export type Mood = (typeof moods)[number]

/** Alerts that a far end never takes are told by their uuid. */
export function isPoison({ uuid }: Pick<Alert, 'uuid'>): boolean {
  return uuid.endsWith('0')
}

/** The far end of an output. */
export class FarEnd implements Output {
  mood: Mood = 'takes'
  /** How often it has kept each alert, by uuid. */
  readonly kept = new Map<string, number>()
  readonly #onSend: (alerts: readonly Alert[]) => void
  readonly #random: () => number

  constructor(onSend: (alerts: readonly Alert[]) => void, random: () => number) {
    this.#onSend = onSend
    this.#random = random
  }

  async send(alerts: readonly Alert[], signal: AbortSignal): Promise<Outcome[]> {
    this.#onSend(alerts)
    switch (this.mood) {
      case 'takes':
        return alerts.map(alert => this.#keep(alert))
      case 'fails':
        return alerts.map(() => retry('503', this.#random() < 0.2 ? 5_000 : undefined))
      case 'takes some':
        return alerts.map(alert => (this.#random() < 0.5 ? this.#keep(alert) : retry('429')))
      case 'refuses some':
        return alerts.map(alert => (isPoison(alert) ? reject('400') : this.#keep(alert)))
      case 'refuses batches':
        if (!alerts.some(isPoison)) return alerts.map(alert => this.#keep(alert))
        return alerts.map(() => split('413', { tooLarge: this.#random() < 0.5 }))
      case 'takes and hangs':
        for (const alert of alerts) this.#keep(alert)
        return aborted(signal)
      case 'hangs':
        return aborted(signal)
    }
  }

  async check(): Promise<void> {}

  async close(): Promise<void> {}

  #keep({ uuid }: Alert): Outcome {
    this.kept.set(uuid, (this.kept.get(uuid) ?? 0) + 1)
    return delivered
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason), { once: true }))
}
