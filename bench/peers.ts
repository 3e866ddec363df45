/**
 * What was measured of falcosidekick 2.34, repeated: what is lost, and what an alert costs. The alerts are real where something
 * fails: a program opens /etc/shadow 500 times a second under `tercel run`. Run as root: npm run bench:peers; or some of it:
 * node bench/peers.ts accepting failing slow. Prints Markdown tables.
 */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SpoolStore } from '../src/delivery/spool-store.ts'
import { type Sink, startSink } from '../src/sink/sink.ts'
import {
  childrenOf,
  type Installation,
  install,
  type Running,
  startTercel,
  temporaryFolder
} from '../test/e2e/support.ts'
import type { Accepted } from './accept.ts'
import { benchFolder, SinkProcess } from './collector.ts'
import { pssBytes } from './processes.ts'
import { announce, figure, median, runs, table } from './report.ts'

// Each temporary folder waits for the end of the process.
process.setMaxListeners(0)

const mib = 2 ** 20
const perSecond = 500
const programs = temporaryFolder()
const paced = join(programs, 'paced')
const source = fileURLToPath(new URL('programs/paced.c', import.meta.url))
const clang = spawnSync('clang', ['-O2', source, '-o', paced], { encoding: 'utf8' })
if (clang.status !== 0) throw new Error(clang.stderr)

/** Each of them is an alert. */
function open(count: number): Promise<void> {
  const load = spawn(paced, [`${perSecond}`, `${count}`, '/etc/shadow'], { stdio: 'ignore' })
  return new Promise(resolve => load.once('exit', () => resolve()))
}

/** A tercel that watches, with a webhook; no rule is limited. */
class Watch {
  readonly installation: Installation
  #running!: Running

  constructor(url: string, settings = '') {
    const webhook = `  - type: webhook\n    url: ${url}\n${settings}`
    const limits = 'rules: {rate_limits: [{rule: "*", per_second: 1000000}]}\n'
    this.installation = install(temporaryFolder(), `${webhook}shutdown_seconds: 1\n${limits}`)
  }

  get running(): Running {
    return this.#running
  }

  async start(): Promise<void> {
    this.#running = await startTercel('run', this.installation, { after() {} })
  }

  /** How many alerts were accepted for the webhook, and how many wait; for a tercel that does not run. */
  books(): { accepted: number; waiting: number } {
    const store = new SpoolStore({ directory: this.installation.spool, maxBytes: 2 ** 30, reserveBytes: 0 })
    try {
      return store.books('webhook')
    } finally {
      store.close()
    }
  }
}

/** Waits until nothing more arrives, and stops. Gives what was accepted and never arrived. */
async function lostOf(watch: Watch, sink: Sink): Promise<{ accepted: number; lost: number; twice: number }> {
  let arrived = -1
  while (sink.summary().unique !== arrived || arrived === 0) {
    arrived = sink.summary().unique
    await wait(3_000)
  }
  await watch.running.stop()
  const { accepted, waiting } = watch.books()
  const { unique, duplicates } = sink.summary()
  return { accepted, lost: accepted - waiting - unique, twice: duplicates }
}

const keepNone = { keepRequests: 0 }

async function sinkDown() {
  const first = await startSink(keepNone)
  const port = Number(new URL(first.url).port)
  const watch = new Watch(first.url)
  await watch.start()
  await first.close()
  await open(2_000)
  await wait(16_000)
  const sink = await startSink({ ...keepNone, port })
  const found = await lostOf(watch, sink)
  await sink.close()
  return found
}

async function sinkFails(fault: object) {
  const sink = await startSink({ ...keepNone, faults: JSON.stringify({ faults: [fault] }) })
  const watch = new Watch(sink.url)
  await watch.start()
  await open(2_000)
  const found = await lostOf(watch, sink)
  await sink.close()
  return found
}

/** 500 alerts a second for a minute, to a sink that takes half a second for each request. */
async function sinkSlow(settings: string) {
  const sink = await startSink({ ...keepNone, faults: JSON.stringify({ faults: [{ delay_ms: 500 }] }) })
  const watch = new Watch(sink.url, settings)
  await watch.start()
  let pss = 0
  const watching = setInterval(() => {
    pss = Math.max(pss, pssBytes(childrenOf(watch.running).collector))
  }, 1_000)
  await open(30_000)
  const delivered = sink.summary().unique
  clearInterval(watching)
  // What waits then is lost only if it never arrives.
  sink.setFaults('{"faults": []}')
  const found = await lostOf(watch, sink)
  await sink.close()
  return { ...found, delivered, pss }
}

async function stopped(signal: 'SIGKILL' | 'SIGTERM') {
  const sink = await startSink(keepNone)
  const watch = new Watch(sink.url)
  await watch.start()
  const opening = open(5_000)
  await wait(4_000)
  if (signal === 'SIGKILL') process.kill(childrenOf(watch.running).collector, signal)
  else {
    await watch.running.stop(signal)
    await watch.start()
  }
  await opening
  const found = await lostOf(watch, sink)
  await sink.close()
  return found
}

function accept(seconds: number, urls: readonly string[]): Promise<Accepted> {
  const script = fileURLToPath(new URL('accept.ts', import.meta.url))
  const child = spawn(process.execPath, [script, `${seconds}`, benchFolder(), ...urls], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  return new Promise((resolve, reject) =>
    child.once('close', code => (code === 0 ? resolve(JSON.parse(text) as Accepted) : reject(new Error(`${code}`))))
  )
}

async function accepting(): Promise<void> {
  const sink = await SinkProcess.start('--count-only')
  const rows: string[][] = []
  for (const outputs of [1, 3]) {
    const found: Accepted[] = []
    for (let round = 0; round < runs; round += 1) found.push(await accept(10, Array(outputs).fill(sink.url)))
    const of = (pick: (one: Accepted) => number): string => figure(median(found.map(pick)))
    rows.push([
      `${outputs} webhook${outputs === 1 ? '' : 's'} in batches`,
      of(({ accepted, seconds }) => accepted / seconds),
      of(({ p50 }) => p50),
      of(({ p99 }) => p99),
      of(({ deliveredMeanwhile, seconds }) => deliveredMeanwhile / outputs / seconds),
      of(({ cpuMicroseconds }) => cpuMicroseconds),
      of(each => each.pssBytes / mib),
      `${found.reduce((sum, { lost }) => sum + lost, 0)}`
    ])
  }
  await sink.stop()
  const header = [
    '32 callers, 10 s',
    'accepted/s, on disk',
    'p50, ms',
    'p99, ms',
    'delivered/s meanwhile',
    'CPU µs per alert',
    'memory, MiB PSS',
    'lost'
  ]
  process.stdout.write(`${table(header, rows)}\n`)
}

async function failing(): Promise<void> {
  const cases = [
    ['sink down 20 s, 2,000 alerts', await sinkDown()],
    ['429 half of the time, 2,000 alerts', await sinkFails({ when: { share: 0.5 }, status: 429, retry_after: 1 })],
    ['500 half of the time, 2,000 alerts', await sinkFails({ when: { share: 0.5 }, status: 500 })],
    ['kill -9 of the collector at 500/s', await stopped('SIGKILL')],
    ['SIGTERM at 500/s', await stopped('SIGTERM')],
    ['one request never answered, 2,000 alerts', await sinkFails({ when: { first: 1 }, send: 'nothing' })]
  ] as const
  const rows = cases.map(([name, { accepted, lost, twice }]) => [name, ...[accepted, lost, twice].map(String)])
  process.stdout.write(`${table(['a sink that fails', 'accepted', 'lost', 'twice'], rows)}\n`)
}

async function slow(): Promise<void> {
  const cases = [
    ['one by one, in order', await sinkSlow('')],
    ['one by one, 64 at a time', await sinkSlow('    concurrency: 64\n')],
    ['in batches', await sinkSlow('    body: ndjson\n')]
  ] as const
  const header = [
    'sink takes 500 ms, 500 alerts/s for a minute',
    'accepted',
    'delivered meanwhile',
    'lost',
    'collector, MiB PSS'
  ]
  process.stdout.write(
    table(
      header,
      cases.map(([name, { accepted, delivered, lost, pss }]) => [
        name,
        ...[accepted, delivered, lost].map(count => count.toLocaleString('en')),
        figure(pss / mib)
      ])
    )
  )
}

const parts: Readonly<Record<string, () => Promise<void>>> = { accepting, failing, slow }
const asked = process.argv.slice(2)
announce('what was measured of a forwarder without a buffer, repeated', 9)
for (const [name, run] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await run()
process.exit(0)
