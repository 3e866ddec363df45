import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertCondition, alertField } from '../../../rules/engine/alert-condition.ts'
import { MemorySpool, ScriptedOutput, startLane, takeAll, texts } from './lane-support.ts'
import { ManualClock, makeAlert, until } from './support.ts'

const place = { file: 'tercel.yaml', line: 1, column: 1 }
const byName = { key: [alertField('proc.name', place)], windowMs: 60_000 }

test('what an output does not get is settled as filtered, in the order in which it came, and holds nothing up', async t => {
  const output = new ScriptedOutput(takeAll)
  const routing = { when: alertCondition('alert.priority >= error', place) }
  const { spool } = startLane(t, output, { routing })
  spool.put(...texts('1', '2'), JSON.stringify(makeAlert('3', { priority: 'Alert' })), ...texts('4'))
  await until('all are settled', () => spool.settlements.length === 4)
  assert.deepEqual(output.sends, [['3']])
  assert.deepEqual(
    spool.settlements.filter(({ kind }) => kind === 'filtered').map(({ seq }) => seq),
    [1, 2, 4]
  )
})

test('another condition goes for what is read after it', async t => {
  const output = new ScriptedOutput(takeAll)
  const { lane, spool } = startLane(t, output, { routing: { when: alertCondition('alert.priority >= error', place) } })
  spool.put(...texts('1'))
  await until('it is filtered', () => spool.settlements.length === 1)
  lane.reroute({})
  spool.put(...texts('2'))
  await until('the second is delivered', () => spool.delivered.length === 1)
  assert.deepEqual(output.sends, [['2']])
})

test('alike alerts are summed up once their window is over and all of it was read', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool, clock } = startLane(t, output, { routing: { throttle: byName } })
  spool.put(...texts('1', '2', '3'))
  await until('the first is sent, the rest is settled', () => spool.settlements.length === 3)
  await until('the lane waits for the end of the window', () => clock.sleeping.includes(61_000))
  clock.advance(60_500)
  assert.deepEqual(output.sends, [['1']])
  clock.advance(500)
  await until('the summary is delivered', () => spool.delivered.length === 2)
  assert.match(output.sends[1]![0]!, /^[0-9a-f]{8}-/)
  assert.equal(spool.closed.length, 1)
})

test('a backlog is throttled by when its alerts were accepted, however fast it is sent', async t => {
  const output = new ScriptedOutput(takeAll)
  const { lane, spool, clock } = startLane(t, output, { routing: { throttle: byName } })
  await lane.drain(0)
  for (let minute = 0; minute < 3; minute += 1) {
    spool.put(...texts(`${minute}a`, `${minute}b`))
    clock.advance(60_000)
  }
  clock.advance(3_600_000)
  const late = new ScriptedOutput(takeAll)
  startLane(t, late, { routing: { throttle: byName }, spool, clock })
  await until('three pass and three are summed up', () => spool.delivered.length === 6)
  const sent = late.sends.flat()
  assert.deepEqual(
    sent.filter(uuid => uuid.length === 2),
    ['0a', '1a', '2a']
  )
  assert.equal(spool.closed.length, 3)
})

test('windows of a former run are summed up, also where nothing is throttled any more', async t => {
  const first = startLane(t, new ScriptedOutput(takeAll), { routing: { throttle: byName } })
  first.spool.put(...texts('1', '2'))
  await until('the second is held back', () => first.spool.settlements.some(({ kind }) => kind === 'throttled'))
  await first.lane.drain(0)
  const throttled = first.spool.settlements.find(({ kind }) => kind === 'throttled')
  assert(throttled?.kind === 'throttled' && throttled.window !== undefined)
  const output = new ScriptedOutput(takeAll)
  first.spool.open.push(throttled.window)
  startLane(t, output, { spool: first.spool })
  await until('it is summed up', () => output.sends.flat().length === 3)
  assert.deepEqual(first.spool.closed, [throttled.window.id])
})

test('a batch that is not full waits for more, as long as the oldest of it may wait', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool, clock } = startLane(t, output, { lingerMs: 2_000, batch: { maxCount: 5, maxBytes: 1_000_000 } })
  spool.put(...texts('1', '2'))
  await until('the lane waits for more', () => clock.sleeping.includes(2_000))
  clock.advance(1_500)
  spool.put(...texts('3'))
  await until('the lane waits for the rest of that time', () => clock.sleeping.includes(500))
  assert.deepEqual(output.sends, [])
  clock.advance(500)
  await until('what there is is sent', () => spool.delivered.length === 3)
  spool.put(...texts('4', '5', '6', '7', '8', '9'))
  await until('a full one is sent at once', () => spool.delivered.length === 9)
  assert.deepEqual(output.sends, [['1', '2', '3'], ['4', '5', '6', '7', '8'], ['9']])
})

test('a lane that drains waits for no batch to fill', async t => {
  const output = new ScriptedOutput(takeAll)
  const { lane, spool, clock } = startLane(t, output, { lingerMs: 60_000 })
  spool.put(...texts('1'))
  await until('the lane waits for more', () => clock.sleeping.includes(60_000))
  await lane.drain(10_000)
  assert.deepEqual(spool.delivered, [1])
})

for (const [lingerMs, pause] of [
  [0, undefined],
  [2_000, 2_000]
] as const) {
  test(`times of acceptance that are ahead of the clock make no batch wait longer than its linger of ${lingerMs} ms`, async t => {
    const output = new ScriptedOutput(takeAll)
    const clock = new ManualClock()
    const spool = new MemorySpool(() => clock.now() + 600_000)
    startLane(t, output, { lingerMs, spool, clock })
    spool.put(...texts('1'))
    if (pause !== undefined) {
      await until('the lane waits for more', () => clock.sleeping.includes(pause))
      clock.advance(pause)
    }
    await until('it is sent', () => spool.delivered.length === 1)
  })
}

test('what is JSON and no alert is dead, and stops no output', async t => {
  const output = new ScriptedOutput(takeAll)
  const { spool, failures } = startLane(t, output, { routing: { throttle: byName } })
  const { tags: _, ...withoutTags } = makeAlert('1')
  spool.put('null', '[]', '{}', JSON.stringify(withoutTags), JSON.stringify({ ...makeAlert('1'), output_fields: null }))
  spool.put(...texts('2'))
  await until('all are settled', () => spool.settlements.length === 6)
  assert.deepEqual(
    spool.settlements.map(({ kind }) => kind),
    ['dead', 'dead', 'dead', 'dead', 'dead', 'delivered']
  )
  assert.deepEqual(failures, [])
})

test('windows that end together are summed up in portions', async t => {
  const appended: number[] = []
  class Portions extends MemorySpool {
    override async append(...args: Parameters<MemorySpool['append']>): Promise<void> {
      appended.push(args[1].length)
      return super.append(...args)
    }
  }
  const output = new ScriptedOutput(takeAll)
  const clock = new ManualClock()
  const spool = new Portions(clock.now)
  startLane(t, output, { routing: { throttle: byName }, spool, clock })
  const named = (name: string) => JSON.stringify(makeAlert(name, { output_fields: { 'proc.name': name } }))
  const names = Array.from({ length: 1_200 }, (_, index) => `p${index}`)
  spool.put(
    ...names.map(named),
    ...names.map(name => JSON.stringify(makeAlert(`${name}b`, { output_fields: { 'proc.name': name } })))
  )
  await until('half is held back', () => spool.settlements.length === 2_400)
  clock.advance(61_000)
  await until('all are summed up', () => spool.delivered.length === 2_400)
  assert.equal(
    appended.reduce((sum, count) => sum + count, 0),
    1_200
  )
  assert.ok(Math.max(...appended) <= 500)
})
