/** Runs a cell: well, then its fault for a while, then mended; and says what came of each alert. */
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { type WebhookSettings, webhook } from '../../../../outputs/webhook.ts'
import type { Clock } from '../../../../src/delivery/clock.ts'
import type { Books } from '../../../../src/delivery/cursor.ts'
import { Lane } from '../../../../src/delivery/lane.ts'
import { SpoolProducer } from '../../../../src/delivery/producer.ts'
import { Spool } from '../../../../src/delivery/spool.ts'
import { type Sink, startSink } from '../../../../src/sink/sink.ts'
import { MemoryLog, makeAlert, until } from '../support.ts'
import { type Cell, type Mode, poison } from './cells.ts'
import { Watch } from './watch.ts'

export interface CellOptions {
  readonly clock: Clock
  /** A folder of the cell's own. */
  readonly directory: string
  /** How long the fault lasts, by the clock. */
  readonly outageMs: number
  /** How many alerts come before the fault, while it lasts and after it. */
  readonly alerts: { readonly before: number; readonly during: number; readonly after: number }
}

export interface CellReport {
  readonly books: Books
  /** In the order in which they were accepted. */
  readonly uuids: readonly string[]
  /** How often the sink kept each, in the order in which it first did. */
  readonly kept: ReadonlyMap<string, number>
  readonly watch: Watch
  /** How often the books were looked at. */
  readonly samples: number
}

const output = 'webhook'
const sampleEveryMs = 20
const patienceMs = 120_000

/** @throws AssertionError when the books do not balance at any time, or what has to come does not. */
export async function runCell(cell: Cell, mode: Mode, options: CellOptions): Promise<CellReport> {
  const { clock, directory, outageMs, alerts } = options
  mkdirSync(directory, { recursive: true })
  const farEnd = cell.farEnd?.(directory) ?? {}
  const sinks: Sink[] = [await startSink(farEnd.sink)]
  const { url } = sinks[0]!
  const settings: WebhookSettings = {
    url,
    method: 'POST',
    headers: {},
    body: 'single',
    compression: 'none',
    connect_timeout_seconds: 10,
    ...mode.settings,
    ...farEnd.settings
  }
  const spool = await Spool.open({ directory, log: new MemoryLog(), reserveBytes: 8 * 1024 * 1024 })
  await spool.register(output)
  const producer = new SpoolProducer(spool.connectProducer())
  const watch = new Watch()
  const failures: Error[] = []
  const startLane = (faulty: Partial<WebhookSettings> = {}): Lane => {
    const all = { ...settings, ...faulty } as never
    const made = webhook.create(all, { name: output, baseDirectory: directory })
    const lane = new Lane({
      name: output,
      output: watch.output(made),
      spool: watch.spool(spool),
      batch: webhook.batch(all),
      concurrency: mode.concurrency,
      clock,
      log: new MemoryLog(),
      onFailure: error => void failures.push(error)
    })
    lane.start()
    return lane
  }
  const uuids: string[] = []
  const submit = async (count: number): Promise<void> => {
    const from = uuids.length
    for (let number = from; number < from + count; number += 1) uuids.push(uuidOf(number, cell))
    await Promise.all(uuids.slice(from).map(uuid => producer.submit(makeAlert(uuid))))
  }
  const settled = async (): Promise<boolean> => (await spool.books(output)).waiting === 0

  let lane = startLane()
  const sampler = new Sampler(spool)
  await submit(alerts.before)
  await until('the alerts before the fault are settled', settled, patienceMs)

  const { fault } = cell
  const brokenAt = clock.now()
  if (fault.kind === 'program') sinks[0]!.setFaults(JSON.stringify({ faults: fault.faults }))
  else if (fault.kind === 'stopped') await sinks[0]!.close()
  else {
    await lane.drain(0)
    lane = startLane(fault.settings)
  }
  await submit(alerts.during)
  await until('the fault is met', () => watch.failedSends.size > 0, patienceMs)
  await until('the fault has lasted', () => clock.now() - brokenAt >= outageMs, patienceMs)

  if (fault.kind === 'program') sinks[0]!.setFaults(JSON.stringify({ faults: fault.lasting ?? [] }))
  else if (fault.kind === 'stopped') sinks.push(await startSink({ ...farEnd.sink, port: Number(new URL(url).port) }))
  else {
    await lane.drain(0)
    lane = startLane()
  }
  await submit(alerts.after)
  await until('everything is settled', settled, patienceMs)

  const samples = await sampler.end()
  const books = await spool.books(output)
  await lane.drain(0)
  await producer.close()
  await spool.close()
  for (const sink of sinks) await sink.close()
  assert.deepEqual(failures, [])
  return { books, uuids, kept: keptBy(sinks), watch, samples }
}

function uuidOf(number: number, { poisoned = false }: Cell): string {
  const uuid = String(number).padStart(8, '0')
  return poisoned && number % 37 === 36 ? `${uuid}-${poison}` : uuid
}

function keptBy(sinks: readonly Sink[]): Map<string, number> {
  const kept = new Map<string, number>()
  for (const sink of sinks) {
    const records = [...sink.alerts()].filter(({ taken }) => taken > 0).sort((a, b) => a.order - b.order)
    for (const { uuid, taken } of records) kept.set(uuid, (kept.get(uuid) ?? 0) + taken)
  }
  return kept
}

/** Looks at the books again and again: they have to balance at any time. */
class Sampler {
  #ended = false
  readonly #sampling: Promise<number>

  constructor(spool: Spool) {
    this.#sampling = this.#sample(spool)
    this.#sampling.catch(() => {})
  }

  /** @returns how often they were looked at. */
  end(): Promise<number> {
    this.#ended = true
    return this.#sampling
  }

  async #sample(spool: Spool): Promise<number> {
    let samples = 0
    while (!this.#ended) {
      const { accepted, delivered, dead, shed, filtered, throttled, waiting } = await spool.books(output)
      assert.equal(delivered + dead + shed + filtered + throttled + waiting, accepted)
      samples += 1
      await wait(sampleEveryMs)
    }
    return samples
  }
}
