/** Producer, spool, lane and output together, as the pipeline wires them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FileOutput } from '../../../outputs/file.ts'
import { delivered, type Outcome, type Output, reject, retry } from '../../../outputs/output.ts'
import { webhook } from '../../../outputs/webhook.ts'
import type { Alert } from '../../../rules/alert.ts'
import { Lane } from '../../../src/delivery/lane.ts'
import { SpoolProducer } from '../../../src/delivery/producer.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { startSink } from '../../../src/sink/sink.ts'
import { MemoryLog, makeAlert, seededRandom, temporaryDirectory, until } from './support.ts'

/** Takes, refuses and rejects at random, and throws now and then. */
class MoodyOutput implements Output {
  readonly taken: string[] = []
  readonly #random = seededRandom(7)

  async send(alerts: readonly Alert[]): Promise<Outcome[]> {
    if (this.#random() < 0.1) throw new Error('connection reset')
    return alerts.map(({ uuid }) => {
      const pick = this.#random()
      if (pick < 0.05) return reject('400')
      if (pick < 0.2) return retry('429')
      this.taken.push(uuid)
      return delivered
    })
  }

  async check(): Promise<void> {}
  async close(): Promise<void> {}
}

test('every accepted alert reaches every output once, or its dead letters', async t => {
  const directory = temporaryDirectory(t)
  const log = new MemoryLog()
  const spool = await Spool.open({ directory: join(directory, 'spool'), log })
  const producer = new SpoolProducer(spool.connectProducer())
  const moody = new MoodyOutput()
  const settings = { path: 'alerts.jsonl', max_bytes: 2 ** 30, max_files: 1, fsync: true }
  const outputs = { moody, file: new FileOutput(settings, { baseDirectory: directory }) }
  const lanes: Lane[] = []
  for (const [name, output] of Object.entries(outputs)) {
    await spool.register(name)
    const backoff = { firstMs: 1, longestMs: 5, longestAfterMs: 5 }
    const onFailure = (error: Error) => assert.fail(error)
    const lane = new Lane({ name, output, spool, log, backoff, onFailure, batch: { maxCount: 50, maxBytes: 100_000 } })
    lane.start()
    lanes.push(lane)
  }
  const count = 3_000
  await Promise.all(Array.from({ length: count }, (_, index) => producer.submit(makeAlert(String(index)))))
  await until('the moody output has seen all', async () => (await spool.books('moody')).waiting === 0)
  await Promise.all(lanes.map(lane => lane.drain(10_000)))
  await producer.close()
  const books = { moody: await spool.books('moody'), file: await spool.books('file') }
  const dead = await spool.deadLetters({}, count)
  await spool.close()

  assert.deepEqual(books.file, {
    accepted: count,
    delivered: count,
    dead: 0,
    shed: 0,
    filtered: 0,
    throttled: 0,
    waiting: 0,
    waitingBytes: 0,
    oldestWaitingMs: 0
  })
  assert.equal(books.moody.delivered + books.moody.dead, count)
  assert.equal(dead.length, books.moody.dead)
  const arrived = [...moody.taken, ...dead.map(({ json }) => JSON.parse(json).uuid)].map(Number).sort((a, b) => a - b)
  assert.deepEqual(
    arrived,
    Array.from({ length: count }, (_, index) => index)
  )
  const lines = readFileSync(join(directory, 'alerts.jsonl'), 'utf8').trimEnd().split('\n')
  assert.deepEqual(
    lines.map(line => Number(JSON.parse(line).uuid)),
    arrived
  )
})

const faults = [
  { when: { contains: 'poison' }, status: 400 },
  { when: { min_alerts: 15 }, status: 413 },
  { when: { share: 0.05 }, send: 'nothing', connection: 'reset' },
  { when: { share: 0.05 }, send: 'nothing', connection: 'close', taken: true },
  { when: { share: 0.05 }, send: 'garbage', connection: 'close' },
  { when: { share: 0.05 }, status: 503, send: 'half', connection: 'reset' },
  { when: { share: 0.05 }, status: 500, send: 'endless' },
  { when: { share: 0.02 }, send: 'nothing' },
  { when: { share: 0.02 }, status: 401 }
]

test('over a webhook that misbehaves in every way, at concurrency 8 and over restarts, none is lost', async t => {
  const directory = temporaryDirectory(t)
  const sink = await startSink({ faults: JSON.stringify({ faults }) })
  t.after(() => sink.close())
  const settings = { url: sink.url, method: 'POST', headers: {}, body: 'array', connect_timeout_seconds: 10 }
  const random = seededRandom(5)
  const [starts, each] = [4, 500]
  for (let start = 1; start <= starts; start += 1) {
    const log = new MemoryLog()
    const spool = await Spool.open({ directory, log })
    await spool.register('hook')
    const producer = new SpoolProducer(spool.connectProducer())
    const lane = new Lane({
      name: 'hook',
      output: webhook.create(settings as never, { name: 'hook', baseDirectory: directory }),
      spool,
      log,
      batch: { maxCount: 25, maxBytes: 1_000_000 },
      concurrency: 8,
      sendTimeoutMs: 300,
      backoff: { firstMs: 1, longestMs: 20, longestAfterMs: 20 },
      // What is held pauses for seconds, but for the luck of the draw.
      random: () => 0.01 * random(),
      onFailure: error => assert.fail(error)
    })
    lane.start()
    const numbers = Array.from({ length: each }, (_, index) => each * (start - 1) + index)
    const text = (number: number) => (number % 400 === 0 ? 'poison' : 'alert')
    await Promise.all(numbers.map(number => producer.submit(makeAlert(`${number}`, { output: text(number) }))))
    const enough = start === starts ? 0 : each / 2
    await until('so many are settled', async () => (await spool.books('hook')).waiting <= enough, 60_000)
    await lane.drain(0)
    await producer.close()
    const books = await spool.books('hook')
    assert.equal(books.accepted, books.delivered + books.dead + books.waiting)
    if (start === starts) {
      const letters = await spool.deadLetters({}, books.accepted)
      const taken = [...sink.alerts()].filter(alert => alert.taken > 0)
      const dead = letters.map(({ json }) => Number(JSON.parse(json).uuid)).sort((a, b) => a - b)
      assert.deepEqual(dead, [0, 400, 800, 1200, 1600])
      assert.deepEqual([books.accepted, books.dead, taken.length], [starts * each, 5, starts * each - 5])
    }
    await spool.close()
  }
})
