import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../../src/delivery/clock.ts'
import type { Lane } from '../../../src/delivery/lane.ts'
import { ask, startServer } from './support.ts'

const healthy: Pick<Lane, 'health' | 'activity'> = {
  health: {
    failing: false,
    failingSinceMs: undefined,
    consecutiveFailures: 0,
    lastError: undefined,
    lastSuccessMs: undefined,
    oldestWaitingMs: undefined
  },
  activity: {
    sends: { outcomes: { taken: 0, partly_taken: 0, too_large: 0, held: 0, failed: 0 }, retries: 0 },
    breaker: { kind: 'closed' },
    concurrency: 1,
    inFlight: 0
  }
}

function failingFor(seconds: number): Pick<Lane, 'health' | 'activity'> {
  const failingSinceMs = systemClock.now() - seconds * 1000
  const lastError = 'HTTP 400: {"command":"cat /etc/shadow"}'
  return { ...healthy, health: { ...healthy.health, failing: true, failingSinceMs, lastError, consecutiveFailures: 3 } }
}

test('healthz and readyz are open over both, and say that all is well', async t => {
  const { server, socket } = await startServer(t, { lanes: new Map([['a', healthy]]) })
  for (const where of [server.address!, { socketPath: socket }]) {
    const health = await ask(where, { path: '/healthz' })
    assert.deepEqual([health.status, health.text], [200, '{"healthy":true}'])
    const ready = await ask(where, {
      path: '/readyz',
      headers: { host: 'tercel.example.org', origin: 'http://x.example.org' }
    })
    assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { ready: true, reasons: [] }])
    assert.match(ready.headers['content-type']!, /^application\/json/)
  }
})

const phases = ['starting', 'stopping'] as const

for (const phase of phases) {
  test(`tercel is not ready while it is ${phase}, and alive all the same`, async t => {
    const { server } = await startServer(t)
    server.enter(phase)
    const { status, text } = await ask(server.address!, { path: '/readyz' })
    const { ready, reasons } = JSON.parse(text)
    assert.deepEqual([status, ready, reasons.length], [503, false, 1])
    assert.deepEqual([reasons[0].component, reasons[0].what], ['tercel', `tercel is ${phase}`])
    assert.ok(Date.now() - Date.parse(reasons[0].since) < 10_000)
    assert.equal((await ask(server.address!, { path: '/healthz' })).status, 200)
  })
}

test('without a reader tercel is not ready, and says since when', async t => {
  const { server, collector } = await startServer(t)
  collector.state = { state: 'waiting', message: 'the reader at /run/tercel/reader.sock is away' }
  collector.stateSinceMs = Date.UTC(2026, 0, 2, 3, 4, 5)
  const { status, text } = await ask(server.address!, { path: '/readyz' })
  assert.equal(status, 503)
  assert.deepEqual(JSON.parse(text).reasons, [
    { component: 'sensor', what: 'the reader at /run/tercel/reader.sock is away', since: '2026-01-02T03:04:05.000Z' }
  ])
  collector.state = undefined
  const before = await ask(server.address!, { path: '/readyz' })
  assert.match(before.text, /the sensor is not attached yet/)
})

test('a sensor that is switched off is no reason', async t => {
  const { server, collector } = await startServer(t, { sensorEnabled: false })
  collector.state = undefined
  assert.equal((await ask(server.address!, { path: '/readyz' })).status, 200)
})

test('an output that fails for longer than its limit makes tercel not ready; what the far end said is not told', async t => {
  const lanes = new Map([
    ['well', healthy],
    ['short', failingFor(290)],
    ['long', failingFor(310)]
  ])
  const { server } = await startServer(t, { lanes })
  const { status, text } = await ask(server.address!, { path: '/readyz' })
  const { reasons } = JSON.parse(text)
  assert.equal(status, 503)
  assert.deepEqual(
    reasons.map(({ component, what }: Record<string, string>) => [component, what]),
    [['output long', 'the output has taken nothing for longer than 300 s']]
  )
  assert.doesNotMatch(text, /shadow/)
})
