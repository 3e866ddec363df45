import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { delivered, hold, reject, retry, split } from '../../../outputs/output.ts'
import { type Answer, hang, refuseAll, ScriptedOutput, startLane, takeAll, texts } from './lane-support.ts'
import { until } from './support.ts'

test('alerts are sent in order, in batches no larger than the output takes', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool } = startLane(t, output, { batch: { maxCount: 2, maxBytes: 1_000_000 } })
  spool.put(...texts('1', '2', '3'))
  await until('all are delivered', () => spool.delivered.length === 3)
  assert.deepEqual(output.sends, [['1', '2'], ['3']])
  assert.deepEqual(spool.delivered, [1, 2, 3])
})

test('what was not taken is sent again alone, before what comes after it', async t => {
  const output = new ScriptedOutput(() => [delivered, retry('429'), delivered, retry('429')], refuseAll, takeAll)
  const { spool, clock } = startLane(t, output, { batch: { maxCount: 4, maxBytes: 1_000_000 } })
  spool.put(...texts('1', '2', '3', '4', '5'))
  await until('the lane pauses', () => clock.sleeping.length === 1)
  assert.deepEqual(spool.delivered, [1, 3])
  assert.deepEqual(clock.sleeping, [50])
  clock.advance(50)
  await until('it was refused again', () => output.sends.length === 2 && clock.sleeping.length === 1)
  clock.advance(50)
  await until('all are delivered', () => spool.delivered.length === 5)
  assert.deepEqual(output.sends, [['1', '2', '3', '4'], ['2', '4'], ['2', '4'], ['5']])
})

test('the pauses grow while nothing is taken, and start anew after it was', async t => {
  const output = new ScriptedOutput(refuseAll, refuseAll, refuseAll, takeAll, refuseAll)
  const { spool, clock, log } = startLane(t, output)
  spool.put(...texts('1'))
  for (const pause of [50, 100, 200]) {
    await until(`it pauses for ${pause} ms`, () => clock.sleeping[0] === pause)
    clock.advance(pause)
  }
  await until('it is delivered', () => spool.delivered.length === 1)
  spool.put(...texts('2'))
  await until('it pauses as at first', () => clock.sleeping[0] === 50)
  const changes = ['output is failing: its alerts wait in the spool', 'output has recovered']
  assert.deepEqual(log.messages, changes, 'a failure so soon after is not logged again')
  assert.deepEqual(log.lines[1]!.fields, { failures: 3 }, 'the logger names the output, once')
})

test('an outage that goes on is logged again every hour, with its reason, its beginning and its attempts', async t => {
  const { spool, clock, log } = startLane(t, new ScriptedOutput(() => [retry('503', 1_800_000)]))
  const since = new Date(clock.now()).toISOString()
  spool.put(...texts('1'))
  for (let attempt = 1; attempt < 6; attempt += 1) {
    await until('it pauses', () => clock.sleeping[0] === 1_800_000)
    clock.advance(1_800_000)
  }
  await until('it pauses', () => clock.sleeping[0] === 1_800_000)
  assert.deepEqual(
    log.lines.map(({ fields }) => fields),
    [{ reason: '503' }, { reason: '503', since, attempts: 3 }, { reason: '503', since, attempts: 5 }]
  )
  assert.deepEqual(new Set(log.messages), new Set(['output is failing: its alerts wait in the spool']))
})

test('a failure soon after another one is logged when the far end asks for a pause in which nothing else would be', async t => {
  const output = new ScriptedOutput(refuseAll, takeAll, () => [retry('429', 3_600_000)])
  const { spool, clock, log } = startLane(t, output)
  spool.put(...texts('1'))
  await until('it fails', () => clock.sleeping[0] === 50)
  clock.advance(50)
  await until('it recovers', () => spool.delivered.length === 1)
  spool.put(...texts('2'))
  await until('it pauses', () => clock.sleeping[0] === 3_600_000)
  assert.match(log.messages.at(-1)!, /output is failing/)
})

test('the longest pause that the far end asks for is kept', async t => {
  const output = new ScriptedOutput(() => [retry('429', 5_000), retry('429', 9_000), retry('503')], takeAll)
  const { spool, clock } = startLane(t, output)
  spool.put(...texts('1', '2', '3'))
  await until('the lane pauses', () => clock.sleeping[0] === 9_000)
  clock.advance(8_999)
  assert.equal(output.sends.length, 1)
  clock.advance(1)
  await until('all are delivered', () => spool.delivered.length === 3)
})

test('what the output rejects is dead at once, with reason and attempts, and holds nothing up', async t => {
  const output = new ScriptedOutput(
    () => [retry('503'), delivered],
    () => [reject('400 mapping conflict')],
    takeAll
  )
  const { spool, clock, log } = startLane(t, output, { batch: { maxCount: 2, maxBytes: 1_000_000 } })
  spool.put(...texts('1', '2', '3'))
  await until('the lane pauses', () => clock.sleeping.length === 1)
  clock.advance(50)
  await until('all are settled', () => spool.settlements.length === 3)
  assert.deepEqual(spool.settlements, [
    { seq: 2, kind: 'delivered' },
    { seq: 1, kind: 'dead', reason: '400 mapping conflict', attempts: 2 },
    { seq: 3, kind: 'delivered' }
  ])
  assert.match(log.messages.join('\n'), /dead letters/)
})

test('an alert that is damaged in the spool is dead and holds nothing up', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool } = startLane(t, output)
  spool.put('{"uuid":', ...texts('2'))
  await until('both are settled', () => spool.settlements.length === 2)
  assert.deepEqual(
    spool.settlements.map(({ kind }) => kind),
    ['dead', 'delivered']
  )
})

const failures: { name: string; answer: Answer; reason: RegExp }[] = [
  { name: 'throws', answer: () => Promise.reject(new Error('socket hang up')), reason: /socket hang up/ },
  { name: 'answers for too few', answer: () => [delivered], reason: /1 outcomes for 2 alerts/ }
]

for (const { name, answer, reason } of failures) {
  test(`an output that ${name} is given everything again`, async t => {
    const output = new ScriptedOutput(answer, takeAll)
    const { lane, spool, clock } = startLane(t, output)
    spool.put(...texts('1', '2'))
    await until('the lane pauses', () => clock.sleeping[0] === 50)
    assert.match(lane.health.lastError!, reason)
    assert.deepEqual(spool.settlements, [])
    clock.advance(50)
    await until('both are delivered', () => spool.delivered.length === 2)
  })
}

test('a send that hangs is given up on and repeated', async t => {
  const signals: AbortSignal[] = []
  const hangs: Answer = (alerts, signal) => {
    signals.push(signal)
    return hang(alerts, signal)
  }
  const output = new ScriptedOutput(hangs, takeAll)
  const { lane, spool, clock } = startLane(t, output, { sendTimeoutMs: 5_000 })
  spool.put(...texts('1'))
  await until('it is sent', () => output.sends.length === 1)
  clock.advance(4_999)
  assert.equal(signals[0]!.aborted, false)
  clock.advance(1)
  await until('the lane pauses', () => clock.sleeping[0] === 50)
  assert.equal(signals[0]!.aborted, true)
  assert.equal(lane.health.lastError, 'no answer within 5000 ms')
  clock.advance(50)
  await until('it is delivered', () => spool.delivered.length === 1)
})

test('health tells failures, the last error and what waits', async t => {
  const output = new ScriptedOutput(takeAll, refuseAll)
  const { lane, spool, clock } = startLane(t, output)
  assert.deepEqual(lane.health, {
    failing: false,
    failingSinceMs: undefined,
    consecutiveFailures: 0,
    lastError: undefined,
    lastSuccessMs: undefined,
    oldestWaitingMs: undefined
  })
  spool.put(...texts('1'))
  await until('the first is delivered', () => spool.delivered.length === 1)
  spool.put(...texts('2'))
  await until('the lane pauses', () => clock.sleeping.length === 1)
  assert.deepEqual(lane.health, {
    failing: true,
    failingSinceMs: clock.now(),
    consecutiveFailures: 1,
    lastError: '503',
    lastSuccessMs: clock.now(),
    oldestWaitingMs: clock.now()
  })
})

test('sends are counted by how they ended, timed, and repeated ones are told apart', async t => {
  const output = new ScriptedOutput(
    refuseAll,
    () => [delivered, retry('429')],
    () => [hold('401')],
    () => [reject('400')],
    alerts => alerts.map(() => split('413')),
    takeAll
  )
  const durations: number[] = []
  const { lane, spool, clock } = startLane(t, output, { onSend: ms => durations.push(ms) })
  spool.put(...texts('1', '2'))
  for (const sends of [1, 2, 3]) {
    await until(`send ${sends}`, () => output.sends.length === sends && clock.sleeping.length === 1)
    clock.advance(10_000)
  }
  await until('both are settled', () => spool.settlements.length === 2)
  spool.put(...texts('3', '4'))
  await until('all are settled', () => spool.settlements.length === 4)
  const { sends, breaker, concurrency, inFlight } = lane.activity
  assert.deepEqual(sends, {
    outcomes: { taken: 3, partly_taken: 1, too_large: 1, held: 1, failed: 1 },
    retries: 5
  })
  assert.deepEqual([breaker, concurrency, inFlight], [{ kind: 'closed' }, 1, 0])
  assert.deepEqual(durations, [0, 0, 0, 0, 0, 0, 0])
})

test('draining delivers what is in the spool, then closes the output', async t => {
  const output = new ScriptedOutput(takeAll)
  const { lane, spool } = startLane(t, output, { batch: { maxCount: 1, maxBytes: 1_000_000 } })
  spool.put(...texts('1', '2', '3'))
  await lane.drain(10_000)
  assert.deepEqual(spool.delivered, [1, 2, 3])
  assert.equal(output.closed, 1)
})

test('draining goes on beyond a page of damaged alerts', async t => {
  const { lane, spool } = startLane(t, new ScriptedOutput(takeAll))
  spool.put(...Array.from({ length: 1_000 }, () => '{"uuid":'), ...texts('1'))
  await lane.drain(10_000)
  assert.deepEqual(spool.delivered, [1_001])
})

test('draining tries a failing output once more without the rest of its pause', async t => {
  const output = new ScriptedOutput(refuseAll, takeAll)
  const { lane, spool, clock } = startLane(t, output)
  spool.put(...texts('1'))
  await until('the lane pauses', () => clock.sleeping.length === 1)
  await lane.drain(10_000)
  assert.deepEqual(spool.delivered, [1])
})

test('draining ends at its bound and leaves the rest in the spool', async t => {
  const output = new ScriptedOutput(hang)
  const { lane, spool, clock } = startLane(t, output)
  spool.put(...texts('1'))
  await until('it is sent', () => output.sends.length === 1)
  const drained = lane.drain(2_000)
  await until('only the bound is waited for', () => clock.sleeping[0] === 2_000)
  clock.advance(2_000)
  await drained
  assert.deepEqual(spool.settlements, [])
  assert.equal(output.closed, 1)
})

test('a lane that cannot go on says so, once, with the error of the spool', async t => {
  const gone = new TercelError('TERCEL_SPOOL', 'the spool has gone')
  const spool = { next: () => Promise.reject(gone), settle() {}, append: async () => {}, windows: async () => [] }
  const { lane, failures } = startLane(t, new ScriptedOutput(takeAll), { spool })
  await until('the failure is handed over', () => failures.length > 0)
  await lane.drain(10_000)
  assert.deepEqual(failures, [gone])
})

test('a defect in a lane is handed over as one', async t => {
  const { spool, failures } = startLane(t, new ScriptedOutput(() => [undefined as never]))
  spool.put(...texts('1'))
  await until('the failure is handed over', () => failures.length > 0)
  assert.equal(failures[0]!.code, 'TERCEL_DEFECT')
  assert.match(failures[0]!.message, /lane of output a/)
})
