import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered, reject } from '../../../outputs/output.ts'
import { settlementKinds } from '../../../src/delivery/cursor.ts'
import { Lane } from '../../../src/delivery/lane.ts'
import { SendDurations } from '../../../src/server/metrics/output-metrics.ts'
import { hang, ScriptedOutput } from '../delivery/lane-support.ts'
import { MemoryLog, makeAlert, until } from '../delivery/support.ts'
import { ask, samplesOf, startServer } from './support.ts'

test('the books that are scraped add up, whatever has become of the alerts', async t => {
  const lanes = new Map<string, Lane>()
  const sendDurations = new SendDurations()
  // Before what the server closes: the spool.
  t.after(() => Promise.all([...lanes.values()].map(lane => lane.drain(0))))
  const { server, spool, producer } = await startServer(t, { lanes, sendDurations })
  const scrape = async () => samplesOf((await ask(server.address!, { path: '/metrics' })).text)
  for (const name of ['mixed', 'stuck', 'left']) await spool.register(name)
  const outputs = {
    mixed: new ScriptedOutput(alerts => alerts.map(({ uuid }) => (Number(uuid) % 5 === 0 ? reject('400') : delivered))),
    stuck: new ScriptedOutput(hang)
  }
  for (const [name, output] of Object.entries(outputs)) {
    const batch = { maxCount: 10, maxBytes: 1_000_000 }
    const onFailure = (error: Error) => assert.fail(error)
    const onSend = sendDurations.of(name)
    const lane = new Lane({ name, output, spool, batch, log: new MemoryLog(), onSend, onFailure })
    lanes.set(name, lane)
    lane.start()
  }
  await Promise.all(Array.from({ length: 50 }, (_, index) => producer.submit(makeAlert(String(index)))))
  await until('the mixed output has seen all', async () => (await spool.books('mixed')).waiting === 0)
  await until('the dead letters are written', async () => (await spool.status()).deadLetters.count === 10)
  await until('the stuck output has a batch', () => lanes.get('stuck')!.activity.inFlight === 1)

  const samples = await scrape()
  const of = (name: string, labels: string) => samples.get(`${name}{${labels}}`)
  for (const output of ['mixed', 'stuck', 'left']) {
    const results = settlementKinds.map(
      result => of('tercel_output_alerts_total', `output="${output}",result="${result}"`)!
    )
    const done = results.reduce((sum, each) => sum + each, 0)
    const waiting = of('tercel_output_waiting_alerts', `output="${output}"`)!
    assert.equal(done + waiting, of('tercel_output_accepted_alerts_total', `output="${output}"`), output)
    assert.equal(waiting, output === 'mixed' ? 0 : 50)
  }
  assert.equal(of('tercel_output_alerts_total', 'output="mixed",result="delivered"'), 40)
  assert.equal(of('tercel_output_alerts_total', 'output="mixed",result="dead"'), 10)
  assert.equal(of('tercel_output_waiting_bytes', 'output="mixed"'), 0)
  assert.ok(of('tercel_output_waiting_bytes', 'output="stuck"')! > 50 * 100)
  const sends = of('tercel_output_sends_total', 'output="mixed",outcome="taken"')!
  assert.equal(sends, outputs.mixed.sends.length)
  assert.equal(of('tercel_output_send_duration_seconds_count', 'output="mixed"'), sends)
  assert.equal(of('tercel_output_in_flight', 'output="stuck"'), 1)
  assert.equal(of('tercel_output_breaker_state', 'output="mixed",state="closed"'), 1)
  assert.equal(samples.get('tercel_spool_accepted_alerts_total'), 50)
  assert.equal(samples.get('tercel_spool_alerts'), 50)
  assert.equal(samples.get('tercel_spool_dead_letters'), 10)
  assert.ok(samples.get('tercel_spool_commits_total')! > 0)
  assert.equal(of('tercel_spool_state', 'state="ok"'), 1)
  assert.equal(of('tercel_output_concurrency', 'output="left"'), undefined, 'nobody serves it')
})

test('what the collector counts is told under fixed names, whatever an alert says of itself', async t => {
  const { server, collector } = await startServer(t)
  collector.counts.events = 7
  collector.counts.raised.Warning = 2
  collector.counts.shed.Debug = 3
  collector.counts.suppressed = 4
  collector.counts.lost.ring_full = 5
  collector.counts.awayMs = 1500
  Object.assign(collector.counts.raised, { '"} evil': 1 })
  const { text, headers } = await ask(server.address!, { path: '/metrics' })
  const samples = samplesOf(text)
  assert.match(headers['content-type']!, /^text\/plain; version=0\.0\.4/)
  assert.equal(samples.get('tercel_collector_events_total'), 7)
  assert.equal(samples.get('tercel_collector_raised_alerts_total{priority="Warning"}'), 2)
  assert.equal(samples.get('tercel_collector_raised_alerts_total{priority="Error"}'), 0)
  assert.equal(samples.get('tercel_collector_shed_alerts_total{priority="Debug"}'), 3)
  assert.equal(samples.get('tercel_collector_suppressed_alerts_total'), 4)
  assert.equal(samples.get('tercel_sensor_losses_total{reason="ring_full"}'), 5)
  assert.equal(samples.get('tercel_sensor_away_seconds_total'), 1.5)
  assert.equal(samples.get('tercel_sensor_state{state="running"}'), 1)
  assert.equal(samples.get('tercel_thread_busy_seconds_total{thread="collector"}'), 1.5)
  assert.doesNotMatch(text, /evil/)
  assert.ok(samples.has('nodejs_eventloop_lag_p99_seconds'))
  assert.ok(samples.get('process_resident_memory_bytes')! > 1_000_000)
})

test('what was shed is told by output, priority and limit', async t => {
  const { server, spool } = await startServer(t)
  spool.shed.add('a', 'age', { Notice: 2 })
  spool.shed.add('a', 'age', { Notice: 3, Error: 1 })
  const samples = samplesOf((await ask(server.address!, { path: '/metrics' })).text)
  assert.equal(samples.get('tercel_output_shed_alerts_total{output="a",priority="Notice",limit="age"}'), 5)
  assert.equal(samples.get('tercel_output_shed_alerts_total{output="a",priority="Error",limit="age"}'), 1)
})
