/**
 * How many alerts per second one webhook delivers, and what an alert costs, against undici alone to the same sink; then
 * the memory that a million waiting alerts take. Run: node bench/webhook.ts [directory for the spools].
 * Prints Markdown tables; each figure is the median of five rounds, and each round runs both, one after the other.
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { benchFolder, fillSpool, SinkProcess, startCollector, type WebhookOptions, webhookEntry } from './collector.ts'
import { cpuSeconds, pssBytes } from './processes.ts'
import { announce, figure, median, runs, table } from './report.ts'

interface Mode extends WebhookOptions {
  readonly name: string
  readonly alerts: number
}

const modes: readonly Mode[] = [
  { name: 'one by one, in order', concurrency: 1, batch: 1, alerts: 20_000 },
  { name: 'one by one, 8 at a time', concurrency: 8, batch: 1, alerts: 40_000 },
  { name: 'in batches of 500', concurrency: 1, batch: 500, alerts: 300_000 }
]

interface Figures {
  /** Alerts per second. */
  readonly rate: number
  /** CPU µs per alert. */
  readonly cpu: number
  /** Bytes at the most. */
  readonly pss?: number
}

const bareUndici = fileURLToPath(new URL('bare-undici.ts', import.meta.url))
const mib = 2 ** 20

function bare({ url }: SinkProcess, { alerts, concurrency, batch }: Mode): Figures {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bareUndici, url, ...[alerts, concurrency, batch].map(String)],
    {
      encoding: 'utf8'
    }
  )
  const [rate, cpu] = stdout.split(' ').map(Number)
  if (rate === undefined || cpu === undefined) throw new Error(stderr)
  return { rate, cpu }
}

async function tercel(sink: SinkProcess, mode: Mode): Promise<Figures> {
  const folder = benchFolder(process.argv[2])
  await fillSpool(join(folder, 'spool'), mode.alerts)
  await sink.forget()
  const figures = await deliver(folder, sink, mode)
  rmSync(folder, { recursive: true })
  return figures
}

/** Delivers what waits in the folder's spool; measures from the first tenth to the end, without the start. */
async function deliver(folder: string, sink: SinkProcess, mode: Mode): Promise<Figures> {
  const collector = startCollector(folder, [webhookEntry(sink.url, mode)])
  const pid = collector.child.pid!
  let pss = 0
  const at = async (count: number) => {
    for (;;) {
      const { taken } = await sink.summary()
      if (collector.child.exitCode !== null) throw new Error(collector.stderr)
      if (taken >= count) return { taken, ms: performance.now(), cpu: cpuSeconds(pid) }
      pss = Math.max(pss, pssBytes(pid))
      await wait(10)
    }
  }
  const start = await at(mode.alerts / 10)
  const end = await at(mode.alerts)
  await collector.stop()
  const count = end.taken - start.taken
  return {
    rate: count / ((end.ms - start.ms) / 1000),
    cpu: ((end.cpu - start.cpu) / count) * 1e6,
    pss
  }
}

async function throughput(): Promise<void> {
  const sink = await SinkProcess.start('--count-only')
  const rows: string[][] = []
  for (const mode of modes) {
    const found: { ours: Figures; baseline: Figures }[] = []
    for (let round = 0; round < runs; round += 1) {
      found.push({ baseline: bare(sink, mode), ours: await tercel(sink, mode) })
    }
    const of = (pick: (one: (typeof found)[number]) => number): number => median(found.map(pick))
    const [rate, baseline] = [of(({ ours }) => ours.rate), of(one => one.baseline.rate)]
    rows.push([
      mode.name,
      figure(rate),
      figure(baseline),
      `${Math.round((rate / baseline) * 100)} %`,
      figure(of(({ ours }) => ours.cpu)),
      figure(of(one => one.baseline.cpu)),
      figure(of(({ ours }) => ours.pss! / mib))
    ])
  }
  await sink.stop()
  const header = [
    'webhook',
    'alerts/s',
    'bare undici',
    'ratio',
    'CPU µs per alert',
    'bare undici, µs',
    'memory, MiB PSS'
  ]
  process.stdout.write(`${table(header, rows)}\n`)
}

async function aMillionWaiting(): Promise<void> {
  const alerts = 1_000_000
  const folder = benchFolder(process.argv[2])
  await fillSpool(join(folder, 'spool'), alerts)
  const mode = { name: '', alerts, concurrency: 1, batch: 500 }
  // The discard service, which nobody runs: connections are refused.
  const down = startCollector(folder, [webhookEntry('http://127.0.0.1:9', mode)])
  let waiting = 0
  const until = performance.now() + 20_000
  while (performance.now() < until) {
    waiting = Math.max(waiting, pssBytes(down.child.pid!))
    await wait(100)
  }
  await down.stop()
  const sink = await SinkProcess.start('--count-only')
  const drained = await deliver(folder, sink, mode)
  await sink.stop()
  const header = ['a million alerts wait', 'memory, MiB PSS', 'alerts/s']
  process.stdout.write(
    table(header, [
      ['sink down for 20 s', figure(waiting / mib), ''],
      ['drained in batches of 500', figure(drained.pss! / mib), figure(drained.rate)]
    ])
  )
}

announce('alerts through a webhook and through undici alone, five times, then a million that wait', 6)
await throughput()
await aMillionWaiting()
process.exit(0)
