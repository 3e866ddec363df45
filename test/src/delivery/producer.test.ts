import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type Priority, priorities } from '../../../rules/alert.ts'
import type { CreditLimits } from '../../../src/delivery/credits.ts'
import type { ToSpoolFromProducer } from '../../../src/delivery/messages.ts'
import { SpoolProducer } from '../../../src/delivery/producer.ts'
import { makeAlert, until } from './support.ts'

const limits: CreditLimits = { alerts: 100, bytes: 1_000_000, internalAlerts: 3, internalBytes: 100_000 }

/** A producer whose spool is the test: it accepts when told to. */
function connect(t: TestContext, credits: Partial<CreditLimits> = {}) {
  const { port1, port2 } = new MessageChannel()
  const sizes: number[] = []
  port1.on('message', ({ batch }: ToSpoolFromProducer) => sizes.push(batch.texts.length))
  t.after(() => port1.close())
  const outstanding = new Int32Array(new SharedArrayBuffer(4))
  const producer = new SpoolProducer({ port: port2, credits: { ...limits, ...credits }, outstanding })
  const accept = (batches: number) => port1.postMessage({ kind: 'accepted', batches })
  return { producer, sizes, accept, spool: port1 as MessagePort }
}

function offerMany(producer: SpoolProducer, priority: Priority, count: number): number {
  let taken = 0
  for (let i = 0; i < count; i += 1) if (producer.offer(makeAlert('x', { priority })) !== undefined) taken += 1
  return taken
}

test('what is offered in one turn of the event loop goes in one message', async t => {
  const { producer, sizes } = connect(t)
  offerMany(producer, 'Error', 30)
  await until('the message is there', () => sizes.length > 0)
  offerMany(producer, 'Error', 2)
  await until('the next one is there', () => sizes.length > 1)
  assert.deepEqual(sizes, [30, 2])
})

test('a large batch goes in pieces', async t => {
  const { producer, sizes } = connect(t, { alerts: 5_000, bytes: 10_000_000 })
  offerMany(producer, 'Error', 1_200)
  await until('all is there', () => sizes.length === 3)
  assert.deepEqual(sizes, [500, 500, 200])
})

test('lower priorities are refused earlier, and what is shed is counted by priority', t => {
  const { producer } = connect(t)
  const taken = [...priorities].reverse().map(priority => [priority, offerMany(producer, priority, 200)])
  assert.deepEqual(Object.fromEntries(taken), {
    Debug: 50,
    Informational: 0,
    Notice: 25,
    Warning: 15,
    Error: 10,
    Critical: 0,
    Alert: 0,
    Emergency: 0
  })
  const shed = producer.takeShed()
  assert.equal(shed.Debug, 150)
  assert.equal(shed.Error, 190)
  assert.equal(shed.Emergency, 200)
  assert.deepEqual(producer.takeShed(), {})
})

test('bytes are credits too', t => {
  const { producer } = connect(t, { bytes: 10_000 })
  const large = makeAlert('1', { priority: 'Critical', output: 'x'.repeat(4_000) })
  const taken = Array.from({ length: 5 }, () => producer.offer(large) !== undefined)
  assert.deepEqual(taken, [true, true, false, false, false])
  assert.ok(producer.offer(makeAlert('2', { priority: 'Critical' })) !== undefined)
})

test('internal reports have room when all else is shed, but not without bound', t => {
  const { producer } = connect(t)
  offerMany(producer, 'Emergency', 200)
  const reports = Array.from({ length: 4 }, () =>
    producer.offer(makeAlert('r', { priority: 'Warning' }), { internal: true })
  )
  assert.deepEqual(
    reports.map(promise => promise !== undefined),
    [true, true, true, false]
  )
  assert.deepEqual(producer.takeShed(), { Emergency: 100 }, 'who reports keeps what was not taken')
})

test('credits come back when alerts are accepted, and whoever waits goes on', async t => {
  const { producer, accept, sizes } = connect(t)
  offerMany(producer, 'Error', 100)
  let accepted = 0
  const submitted = producer.submit(makeAlert('waits')).then(() => {
    accepted += 1
  })
  let ready = false
  const waiting = producer.ready().then(() => {
    ready = true
  })
  await until('the first batch has arrived', () => sizes.length === 1)
  assert.deepEqual([accepted, ready], [0, false])
  accept(1)
  await waiting
  await until('the submitted alert has arrived', () => sizes.length === 2)
  assert.equal(accepted, 0)
  accept(1)
  await submitted
  assert.deepEqual(producer.takeShed(), {})
})

test('flush waits for all that was taken', async t => {
  const { producer, accept, sizes } = connect(t)
  offerMany(producer, 'Error', 1)
  let flushed = false
  const flush = producer.flush().then(() => {
    flushed = true
  })
  await until('the batch has arrived', () => sizes.length === 1)
  assert.equal(flushed, false)
  accept(1)
  await flush
})

test('when the spool goes, what it had not accepted is rejected', async t => {
  const { producer, spool, sizes } = connect(t)
  const offered = producer.offer(makeAlert('1'))
  await until('the batch has arrived', () => sizes.length === 1)
  spool.close()
  await assert.rejects(offered!, /the spool has gone/)
  assert.equal(producer.offer(makeAlert('2', { priority: 'Critical' })), undefined)
  assert.deepEqual(producer.takeShed(), { Critical: 1 })
  await assert.rejects(producer.ready(), /the spool has gone/)
})

test('an alert too large for the spool is shed or refused', async t => {
  const { producer } = connect(t, { bytes: 100_000_000 })
  const huge = makeAlert('1', { priority: 'Critical', output: 'x'.repeat(2 ** 20) })
  assert.equal(producer.offer(huge), undefined)
  await assert.rejects(producer.submit(huge), /at most 1 MiB/)
})
