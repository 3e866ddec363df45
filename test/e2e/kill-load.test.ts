import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Alert } from '../../rules/alert.ts'
import type { Books } from '../../src/delivery/cursor.ts'
import { SpoolStore } from '../../src/delivery/spool-store.ts'
import type { AlertRecord } from '../../src/sink/book.ts'
import { type Sink, startSink } from '../../src/sink/sink.ts'
import {
  alertsIn,
  type Installation,
  install,
  Running,
  readerProgram,
  startTercel,
  temporaryFolder,
  until,
  withoutBpf
} from './support.ts'

const kills = 20

const failingHalfOfTheTime = { faults: [{ when: { share: 0.5 }, status: 503 }] }

test('a collector that is killed twenty times loses nothing, in a file and to a sink that fails half of the time', {
  skip: withoutBpf
}, async t => {
  const sink = await startSink({ faults: JSON.stringify(failingHalfOfTheTime) })
  t.after(() => sink.close())
  const webhook = `  - type: webhook\n    url: ${sink.url}\n    body: ndjson\n`
  const installation = install(temporaryFolder(), `${webhook}shutdown_seconds: 60\n`)
  mkdirSync(dirname(installation.socket))
  const reader = new Running(readerProgram, ['--socket', installation.socket])
  t.after(async () => void (await reader.stop()))
  // Each round of the loop is an open of /etc/shadow by a program that may not read it.
  const load = spawn('sh', ['-c', 'while :; do : < /etc/shadow; done'], { stdio: 'ignore' })
  t.after(() => void load.kill('SIGKILL'))

  /** Alerts that the sink had when the spool did not know so, with how often it had them: each is sent once more. */
  const exposed = new Set<string>()
  for (let kill = 0; kill < kills; kill++) {
    const collector = await startTercel('collector', installation, t)
    // Anywhere between its first alert and some hundreds of commits later: the moment is the point of the test.
    const random = (Math.imul(kill + 1, 0x9e3779b1) >>> 0) / 2 ** 32
    await delay(random * 400)
    await collector.stop('SIGKILL')
    await until(() => sink.summary().open_connections === 0, 'what was under way to arrive')
    for (const { uuid, taken } of takenBeyondTheCursor(installation, sink)) exposed.add(`${uuid} ${taken}`)
  }
  assert.equal(reader.child.exitCode, null, 'the reader still runs')

  const last = await startTercel('collector', installation, t)
  load.kill('SIGKILL')
  let arrived = 0
  await until(
    () => {
      // The file is long: it is read again only when there is news.
      if (sink.summary().unique === arrived) return false
      arrived = sink.summary().unique
      return arrived > 0 && uuidsOf(alertsIn(installation)).length === arrived
    },
    'every alert to arrive',
    60
  )
  await until(
    () => alertsIn(installation).some(({ rule }) => rule === 'Internal: sensor gap'),
    'the report of what was missed'
  )
  assert.equal(await last.stop(), 0)
  const alerts = alertsIn(installation)
  const gap = alerts.find(({ rule }) => rule === 'Internal: sensor gap')
  assert.match(String(gap?.output), /unsettled_events=[1-9]/)

  const committed = uuidsOf(alerts)
  for (const output of ['file', 'webhook']) {
    const { accepted, delivered, waiting } = booksOf(installation, output)
    assert.deepEqual({ accepted, delivered, waiting }, { accepted: committed.length, delivered: accepted, waiting: 0 })
  }
  const taken = [...sink.alerts()].filter(alert => alert.taken > 0).sort((a, b) => a.order - b.order)
  assert.ok(committed.length > kills, `${committed.length} alerts were committed`)
  assert.deepEqual(
    taken.map(({ uuid }) => uuid),
    committed,
    'all have arrived, in order'
  )
  const again = taken.reduce((sum, alert) => sum + alert.taken - 1, 0)
  assert.ok(
    again <= exposed.size,
    `${again} came again; ${exposed.size} were sent since the last commits of the cursor`
  )
  const { requests, faults } = sink.summary()
  t.diagnostic(
    `${committed.length} committed, ${alerts.length - committed.length} twice in the file, ${again} twice at the sink, of ${exposed.size} sent since the last commits`
  )
  t.diagnostic(`${faults} of ${requests} requests failed`)
})

function booksOf({ spool }: Installation, output: string): Books {
  const store = new SpoolStore({ directory: spool, maxBytes: 2 ** 30, reserveBytes: 0 })
  try {
    return store.books(output)
  } finally {
    store.close()
  }
}

/** The alerts that the sink has and the spool, as it lies on disk, does not know to be delivered. */
function takenBeyondTheCursor({ spool }: Installation, sink: Sink): AlertRecord[] {
  const store = new SpoolStore({ directory: spool, maxBytes: 2 ** 30, reserveBytes: 0 })
  try {
    const found: AlertRecord[] = []
    const taken = new Map([...sink.alerts()].filter(alert => alert.taken > 0).map(alert => [alert.uuid, alert]))
    let after = 0
    for (;;) {
      const page = store.read('webhook', { after, maxCount: 1_000, maxBytes: 2 ** 30 })
      if (page.length === 0) return found
      found.push(...page.flatMap(({ json }) => taken.get((JSON.parse(json) as Alert).uuid) ?? []))
      after = page.at(-1)!.seq
    }
  } finally {
    store.close()
  }
}

/** Each once, in the order in which they came first. */
function uuidsOf(alerts: readonly Alert[]): string[] {
  return [...new Set(alerts.map(({ uuid }) => uuid))]
}
