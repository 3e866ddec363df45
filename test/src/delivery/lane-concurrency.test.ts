import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered, hold, type Outcome, retry, split } from '../../../outputs/output.ts'
import { type Answer, hang, refuseAll, ScriptedOutput, startLane, takeAll, texts } from './lane-support.ts'
import { until } from './support.ts'

const one = { maxCount: 1, maxBytes: 1_000_000 }
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}`)
const turn = () => new Promise(resolve => setImmediate(resolve))

test('as many sends are under way as the lane may make, and no more', async t => {
  let underWay = 0
  let most = 0
  const answers: (() => void)[] = []
  const output = new ScriptedOutput(async () => {
    most = Math.max(most, ++underWay)
    await new Promise<void>(resolve => answers.push(resolve))
    underWay -= 1
    return [delivered]
  })
  const { spool } = startLane(t, output, { batch: one, concurrency: 3 })
  spool.put(...texts(...numbers(10)))
  await until('all are delivered', () => {
    answers.shift()?.()
    return spool.delivered.length === 10
  })
  assert.equal(most, 3)
})

test('at concurrency 1 nothing is sent before what stands in front of it is settled', async t => {
  const output = new ScriptedOutput(refuseAll, takeAll)
  const { spool, clock } = startLane(t, output, { batch: one })
  spool.put(...texts('1', '2', '3'))
  await until('the lane pauses', () => clock.sleeping.length === 1)
  await turn()
  assert.deepEqual(output.sends, [['1']])
  clock.advance(50)
  await until('all are delivered', () => spool.delivered.length === 3)
  assert.deepEqual(spool.delivered, [1, 2, 3])
})

test('beyond it a batch that is not taken holds up no other', async t => {
  const output = new ScriptedOutput(alerts => alerts.map(({ uuid }) => (uuid === '1' ? retry('500') : delivered)))
  const { spool, clock } = startLane(t, output, { batch: one, concurrency: 2 })
  spool.put(...texts('1', '2', '3', '4'))
  await until('the others are delivered', () => spool.delivered.length === 3)
  assert.deepEqual(spool.delivered, [2, 3, 4])
  assert.equal(clock.sleeping.length, 1)
})

test('a batch that is never taken waits longer each time although others are taken', async t => {
  const output = new ScriptedOutput(alerts => alerts.map(({ uuid }) => (uuid === '1' ? retry('500') : delivered)))
  const { spool, clock } = startLane(t, output, { batch: one, concurrency: 2 })
  spool.put(...texts('1'))
  for (const [index, pause] of [50, 100, 200].entries()) {
    await until(`it pauses for ${pause} ms`, () => clock.sleeping[0] === pause)
    spool.put(...texts(`${index + 2}`))
    await until('another one is delivered', () => spool.delivered.length === index + 1)
    clock.advance(pause)
  }
})

test('a sink that is down costs one probe at a time, at any concurrency', async t => {
  let down = true
  const answer: Answer = alerts => alerts.map((): Outcome => (down ? retry('connection refused') : delivered))
  const output = new ScriptedOutput(answer)
  const { spool, clock } = startLane(t, output, { batch: one, concurrency: 8 })
  spool.put(...texts(...numbers(20)))
  await until('so many have failed that nobody tries any more', () => output.sends.length >= 5)
  for (let i = 0; i < 5; i++) await turn()
  assert.ok(output.sends.length <= 8)
  for (let probe = 1; probe <= 3; probe++) {
    const sent: number = output.sends.length
    clock.advance(60_000)
    await until('a probe', () => output.sends.length > sent)
    for (let i = 0; i < 5; i++) await turn()
    assert.equal(output.sends.length, sent + 1, 'one probe')
  }
  down = false
  clock.advance(60_000)
  await until('all are delivered', () => spool.delivered.length === 20)
})

test('a pause that the far end asks for is kept by all sends', async t => {
  const output = new ScriptedOutput(() => [retry('429', 30_000)], takeAll)
  const { spool, clock } = startLane(t, output, { batch: one, concurrency: 4 })
  spool.put(...texts('1'))
  await until('the lane pauses', () => clock.sleeping[0] === 30_000)
  spool.put(...texts('2', '3'))
  for (let i = 0; i < 5; i++) await turn()
  assert.equal(output.sends.length, 1)
  clock.advance(30_000)
  await until('all are delivered', () => spool.delivered.length === 3)
})

test('a far end that refuses us is told in the log, asked again slowly, and costs no alert', async t => {
  const output = new ScriptedOutput(() => [hold('401 Unauthorized')], takeAll)
  const { lane, spool, clock, log } = startLane(t, output, { batch: one })
  spool.put(...texts('1'))
  await until('the lane pauses', () => clock.sleeping[0] === 2_500)
  assert.match(log.messages.join('\n'), /cannot deliver until the reason is mended/)
  assert.equal(lane.health.lastError, '401 Unauthorized')
  clock.advance(2_500)
  await until('it is delivered', () => spool.delivered.length === 1)
})

test('the one alert of a batch that is refused is found, and the others arrive in their order', async t => {
  const arrived: string[] = []
  const output = new ScriptedOutput(alerts => {
    if (alerts.some(({ uuid }) => uuid === '6')) return alerts.map(() => split('400 Bad Request'))
    arrived.push(...alerts.map(({ uuid }) => uuid))
    return alerts.map(() => delivered)
  })
  const { spool } = startLane(t, output, { batch: { maxCount: 10, maxBytes: 1_000_000 } })
  spool.put(...texts(...numbers(10)))
  await until('all are settled', () => spool.settlements.length === 10)
  assert.deepEqual(arrived, ['1', '2', '3', '4', '5', '7', '8', '9', '10'])
  assert.deepEqual(
    spool.settlements.filter(({ kind }) => kind === 'dead'),
    [{ seq: 6, kind: 'dead', reason: '400 Bad Request', attempts: 5 }]
  )
})

test('an output that refuses every batch is not asked for ever', async t => {
  const output = new ScriptedOutput(alerts => alerts.map(() => split('413')))
  const { spool } = startLane(t, output, { batch: { maxCount: 8, maxBytes: 1_000_000 } })
  spool.put(...texts(...numbers(8)))
  await until('all are dead', () => spool.settlements.length === 8)
  assert.equal(output.sends.length, 15)
})

test('once a batch was refused for its size, the next ones are smaller', async t => {
  const output = new ScriptedOutput(alerts =>
    alerts.map(() => (alerts.length > 3 ? split('413', { tooLarge: true }) : delivered))
  )
  const { spool, log } = startLane(t, output, { batch: { maxCount: 8, maxBytes: 1_000_000 } })
  const sizes = () => output.sends.map(({ length }) => length)
  spool.put(...texts(...numbers(8)))
  await until('all are delivered', () => spool.delivered.length === 8)
  assert.deepEqual(sizes(), [8, 4, 2, 2, 4, 2, 2])
  spool.put(...texts(...numbers(8)))
  await until('all are delivered', () => spool.delivered.length === 16)
  assert.equal(Math.max(...sizes().slice(7)), 2)
  assert.match(log.messages.join('\n'), /refused a batch for its size/)
})

test('no more is sent in a second than the limit allows', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool, clock } = startLane(t, output, {
    batch: { maxCount: 10, maxBytes: 1_000_000 },
    rateLimit: { perSecond: 4, burst: 2 }
  })
  spool.put(...texts(...numbers(6)))
  await until('the burst is sent', () => spool.delivered.length === 2)
  for (const sent of [2, 4]) {
    await until('it waits for the next', () => clock.sleeping[0] === 500)
    assert.equal(spool.delivered.length, sent)
    clock.advance(500)
    await until('two more are sent', () => spool.delivered.length === sent + 2)
  }
})

test('draining does not exceed the limit', async t => {
  const output = new ScriptedOutput(takeAll)
  const rateLimit = { perSecond: 1, burst: 1 }
  const { lane, spool, clock } = startLane(t, output, { batch: one, concurrency: 8, rateLimit })
  spool.put(...texts(...numbers(20)))
  await until('the second waits', () => spool.delivered.length === 1 && clock.sleeping[0] === 1_000)
  const drained = lane.drain(1_500)
  clock.advance(1_000)
  await until('it is sent, and the third waits', () => spool.delivered.length === 2 && clock.sleeping[1] === 1_000)
  clock.advance(500)
  await drained
  assert.equal(spool.delivered.length, 2)
})

test('draining asks a sink that is down once, at any concurrency', async t => {
  const output = new ScriptedOutput(() => [retry('429', 30_000)])
  const { lane, spool, clock } = startLane(t, output, { batch: one, concurrency: 8 })
  spool.put(...texts('1'))
  await until('the lane pauses', () => clock.sleeping[0] === 30_000)
  spool.put(...texts(...numbers(20)))
  for (let i = 0; i < 5; i++) await turn()
  const drained = lane.drain(2_000)
  await until('it was asked and wants another pause', () => output.sends.length === 2 && clock.sleeping[1] === 30_000)
  clock.advance(2_000)
  await drained
  assert.equal(output.sends.length, 2)
})

test('a sink that fails half of the time does not fill the log', async t => {
  let sends = 0
  const output = new ScriptedOutput(alerts => alerts.map(() => (sends++ % 2 === 0 ? retry('500') : delivered)))
  const { spool, clock, log } = startLane(t, output, { batch: one })
  spool.put(...texts(...numbers(50)))
  await until('all are delivered', () => {
    if (clock.sleeping.length > 0) clock.advance(50)
    return spool.delivered.length === 50
  })
  assert.ok(log.lines.length <= 4, log.messages.join('\n'))
})

test('a lane with many sends under way stops at once and leaves no listener behind', async t => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  t.after(() => process.off('warning', onWarning))
  const output = new ScriptedOutput(hang)
  const { lane, spool } = startLane(t, output, { batch: one, concurrency: 64 })
  spool.put(...texts(...numbers(100)))
  await until('64 are under way', () => output.sends.length === 64)
  await lane.drain(0)
  await turn()
  assert.deepEqual(spool.settlements, [])
  assert.equal(output.closed, 1)
  assert.deepEqual(warnings, [])
})
