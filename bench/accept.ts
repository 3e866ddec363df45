/**
 * A process that takes alerts and delivers them to webhooks, as a collector does, and measures itself: 32 callers, each of which
 * waits until its alert is on disk before it offers the next. Run by bench/peers.ts: node bench/accept.ts SECONDS FOLDER URL…
 * Prints one line of JSON.
 */
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type WebhookSettings, webhook } from '../outputs/webhook.ts'
import { Lane } from '../src/delivery/lane.ts'
import { SpoolProducer } from '../src/delivery/producer.ts'
import { Spool } from '../src/delivery/spool.ts'
import { numbered } from './alert.ts'
import { cpuSeconds, pssBytes } from './processes.ts'

export interface Accepted {
  readonly accepted: number
  readonly seconds: number
  /** Until an alert was on disk, in milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Delivered to all outputs together while alerts were taken. */
  readonly deliveredMeanwhile: number
  /** What the rest took then. */
  readonly drainSeconds: number
  readonly lost: number
  /** Of user and system time, for each alert that was taken and delivered to all. */
  readonly cpuMicroseconds: number
  /** At the most. */
  readonly pssBytes: number
}

const callers = 32
const [seconds, folder, ...urls] = process.argv.slice(2)
const quiet = { info() {}, warn() {}, error() {} }
const spool = await Spool.open({ directory: join(folder!, 'spool'), maxBytes: 4 * 2 ** 30, log: quiet })
const names = urls.map((_, index) => `webhook${index}`)
for (const name of names) await spool.register(name)
const lanes = urls.map((url, index) => {
  const settings = {
    url,
    method: 'POST',
    headers: {},
    body: 'ndjson',
    compression: 'none',
    connect_timeout_seconds: 10
  } as const
  const name = names[index]!
  const output = webhook.create(settings satisfies WebhookSettings as never, { name, baseDirectory: folder! })
  const batch = webhook.batch(settings as never)
  return new Lane({ name, output, spool, batch, log: quiet, onFailure: error => Promise.reject(error) })
})
for (const lane of lanes) lane.start()
const producer = new SpoolProducer(spool.connectProducer())

const books = () => Promise.all(names.map(name => spool.books(name)))
let pss = 0
const watching = setInterval(() => {
  pss = Math.max(pss, pssBytes(process.pid))
}, 100)
const cpu = cpuSeconds(process.pid)
const latencies: number[] = []
const start = performance.now()
const end = start + Number(seconds) * 1000
let number = 0
async function call(): Promise<void> {
  while (performance.now() < end) {
    const before = performance.now()
    await producer.submit(numbered(number++))
    latencies.push(performance.now() - before)
  }
}
await Promise.all(Array.from({ length: callers }, call))
const took = (performance.now() - start) / 1000
const deliveredMeanwhile = (await books()).reduce((sum, { delivered }) => sum + delivered, 0)
const drainStart = performance.now()
while ((await books()).some(({ waiting }) => waiting > 0)) await wait(20)
const drainSeconds = (performance.now() - drainStart) / 1000
clearInterval(watching)
const cpuMicroseconds = ((cpuSeconds(process.pid) - cpu) / number) * 1e6
const lost = (await books()).reduce((sum, { accepted, delivered }) => sum + accepted - delivered, 0)
for (const lane of lanes) await lane.drain(0)
await producer.close()
await spool.close()
latencies.sort((a, b) => a - b)
const at = (share: number) => latencies[Math.floor(share * latencies.length)]!
const found: Accepted = {
  accepted: number,
  seconds: took,
  p50: at(0.5),
  p99: at(0.99),
  deliveredMeanwhile,
  drainSeconds,
  lost,
  cpuMicroseconds,
  pssBytes: pss
}
process.stdout.write(`${JSON.stringify(found)}\n`)
process.exit(0)
