import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../../rules/alert.ts'
import { alertField } from '../../../rules/engine/alert-condition.ts'
import { Throttle, type ThrottleSettings } from '../../../src/delivery/throttle.ts'
import { makeAlert } from './support.ts'

const place = { file: 'tercel.yaml', line: 1, column: 1 }
const second = 1_000

function settings(...key: readonly string[]): ThrottleSettings {
  return { key: key.map(field => alertField(field, place)), windowMs: 60 * second }
}

function of(uuid: string, name: string, fields: Partial<Alert> = {}): Alert {
  return makeAlert(uuid, { output_fields: { 'proc.name': name }, ...fields })
}

/** Whether each passes. */
function passes(throttle: Throttle, alerts: readonly (readonly [alert: Alert, acceptedMs: number])[]): boolean[] {
  return alerts.map(([alert, acceptedMs]) => throttle.hold(alert, 500, acceptedMs, acceptedMs) === undefined)
}

test('the first of a key passes, the rest of its window is held back, and the next window begins with the next alert', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  const times = [0, 1, 59_999, 60_000, 60_001, 200_000]
  assert.deepEqual(
    passes(
      throttle,
      times.map((ms, index) => [of(`${index}`, 'sh'), ms])
    ),
    [true, false, false, true, false, true]
  )
})

test('alerts of other values pass, and a missing value is a value', () => {
  const throttle = new Throttle('siem', settings('alert.rule', 'proc.name'))
  const bare = (uuid: string) => makeAlert(uuid, { output_fields: {} })
  const alerts = [of('1', 'sh'), of('2', 'bash'), of('3', 'sh', { rule: 'other' }), bare('4'), bare('5'), of('6', 'sh')]
  assert.deepEqual(
    passes(
      throttle,
      alerts.map(alert => [alert, 0])
    ),
    [true, true, true, true, false, false]
  )
})

test('a window that is over is summed up in one alert, whose uuid says output, key and window', () => {
  const summaryOf = (output: string, startMs: number) => {
    const throttle = new Throttle(output, settings('alert.rule', 'proc.name'))
    passes(throttle, [
      [of('a', 'sh'), startMs],
      [of('b', 'sh', { priority: 'Critical' }), startMs + 1],
      [of('c', 'sh', { priority: 'Notice' }), startMs + 2],
      [of('d', 'bash'), startMs + 3]
    ])
    assert.deepEqual(throttle.endRead(startMs + 59_999), [])
    const [summary, ...rest] = throttle.endRead(startMs + 61_000)
    assert.deepEqual(rest, [])
    assert.deepEqual(throttle.endRead(startMs + 1e9), [], 'once')
    return summary!.alert
  }
  const alert = summaryOf('siem', 0)
  assert.deepEqual(alert, {
    ...of('c', 'sh'),
    uuid: alert.uuid,
    priority: 'Critical',
    output:
      '03:04:05.123456789: Critical 2 more alerts within 60 s (alert.rule=Sensitive file read by untrusted program proc.name=sh); the last: 03:04:05.123456789: Warning alert c',
    output_fields: {
      'proc.name': 'sh',
      'throttle.count': 2,
      'throttle.window_seconds': 60,
      'throttle.first_uuid': 'a',
      'throttle.last_uuid': 'c'
    }
  })
  assert.match(alert.uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.equal(summaryOf('siem', 0).uuid, alert.uuid)
  assert.notEqual(summaryOf('siem', 1).uuid, alert.uuid)
  assert.notEqual(summaryOf('other', 0).uuid, alert.uuid)
})

test('a window that goes on after a restart is the same window', () => {
  const before = new Throttle('siem', settings('proc.name'))
  passes(before, [
    [of('a', 'sh'), 0],
    [of('b', 'sh'), 1]
  ])
  const after = new Throttle('siem', settings('proc.name'), before.open)
  assert.equal(after.nextDueMs, 60_000)
  assert.deepEqual(passes(after, [[of('c', 'sh'), 2]]), [false])
  const [summary] = after.endRead(60_000)
  assert.equal(summary!.alert.output_fields['throttle.count'], 2)
  assert.equal(summary!.id, before.open[0]!.id)
})

for (const [what, next] of [
  ['another key', settings('alert.rule')],
  ['no throttle', undefined]
] as const) {
  test(`a window of before, now with ${what}, ends at once`, () => {
    const before = new Throttle('siem', settings('proc.name'))
    passes(before, [
      [of('a', 'sh'), 0],
      [of('b', 'sh'), 1]
    ])
    const after = new Throttle('siem', next, before.open)
    assert.equal(after.nextDueMs, 0)
    assert.deepEqual(passes(after, [[of('c', 'sh'), 2]]), [true])
    assert.deepEqual(
      after.endRead(3).map(({ alert }) => alert.output_fields['throttle.count']),
      [1]
    )
  })
}

test('a clock that is set back ends a window of a later time, with what it held back', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  const day = 86_400_000
  assert.deepEqual(
    passes(throttle, [
      [of('a', 'sh'), day],
      [of('b', 'sh'), day + 1],
      [of('c', 'sh'), 0],
      [of('d', 'sh'), 1]
    ]),
    [true, false, true, false]
  )
  assert.deepEqual(
    throttle.endRead(2).map(({ alert }) => alert.output_fields['throttle.last_uuid']),
    ['b']
  )
})

test('keys without end take no memory without end: beyond ten thousand alerts pass', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  for (let index = 0; index < 10_000; index += 1) throttle.hold(of(`${index}`, `p${index}`), 500, 0, 0)
  assert.deepEqual(
    passes(throttle, [
      [of('a', 'one too many'), 1],
      [of('b', 'one too many'), 1],
      [of('c', 'p1'), 1]
    ]),
    [true, true, false]
  )
  throttle.endRead(60_000)
  assert.deepEqual(
    passes(throttle, [
      [of('a', 'one too many'), 60_001],
      [of('b', 'one too many'), 60_001]
    ]),
    [true, false]
  )
})

test('the alert that passed passes again after a restart: it was not sent, or it would not be read', () => {
  const before = new Throttle('siem', settings('proc.name'))
  passes(before, [
    [of('a', 'sh'), 0],
    [of('b', 'sh'), 1]
  ])
  const after = new Throttle('siem', settings('proc.name'), before.open)
  assert.deepEqual(
    passes(after, [
      [of('a', 'sh'), 0],
      [of('c', 'sh'), 2]
    ]),
    [true, false]
  )
  const [summary] = after.endRead(60_000)
  assert.equal(summary!.alert.output_fields['throttle.count'], 2)
  assert.equal(summary!.alert.output_fields['throttle.first_uuid'], 'a')
})

test('a window of another length, as it was configured before, ends at once', () => {
  const before = new Throttle('siem', { ...settings('proc.name'), windowMs: 86_400_000 })
  passes(before, [
    [of('a', 'sh'), 0],
    [of('b', 'sh'), 1]
  ])
  const after = new Throttle('siem', settings('proc.name'), before.open)
  passes(after, [
    [of('c', 'sh'), 2],
    [of('d', 'sh'), 3]
  ])
  const counts = (ms: number) => after.endRead(ms).map(({ alert }) => alert.output_fields['throttle.count'])
  assert.deepEqual([counts(4), counts(60_002)], [[1], [1]])
})

test('where the times of alerts are ahead of the clock, a window ends after its length by the clock', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  const ahead = 600_000
  throttle.hold(of('a', 'sh'), 500, ahead, 0)
  throttle.hold(of('b', 'sh'), 500, ahead + 1, 1)
  assert.equal(throttle.nextDueMs, 60_000)
  assert.equal(throttle.endDue(59_999).length, 0)
  assert.equal(throttle.endDue(60_000).length, 1)
  const restored = new Throttle(
    'siem',
    settings('proc.name'),
    [{ ...throttle.open[0]!, id: 'x', startMs: 1e12, endMs: 1e12 + 60_000, state: windowState() }],
    0
  )
  assert.equal(restored.nextDueMs, 60_000)
})

function windowState(): string {
  const throttle = new Throttle('siem', settings('proc.name'))
  passes(throttle, [
    [of('a', 'sh'), 0],
    [of('b', 'sh'), 1]
  ])
  return throttle.open[0]!.state
}

test('a state that cannot be read is left out', () => {
  const window = { id: 'x', startMs: 0, endMs: 60_000 }
  const open = ['{"key":', '{}', 'null'].map(state => ({ ...window, state }))
  assert.equal(new Throttle('siem', settings('proc.name'), open).nextDueMs, undefined)
})

test('what the windows keep in all is bounded, and beyond it alerts of new keys pass', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  const cmdline = 'y'.repeat(20_000)
  const large = (uuid: string, name: string) =>
    makeAlert(uuid, { output_fields: { 'proc.name': name, 'proc.cmdline': cmdline } })
  for (let index = 0; index < 9_000; index += 1) {
    throttle.hold(large(`${index}a`, `p${index}`), 21_000, 0, 0)
    throttle.hold(large(`${index}b`, `p${index}`), 21_000, 0, 0)
  }
  const size = throttle.open.reduce((sum, { state }) => sum + state.length, 0)
  assert.ok(size < 8 * 1024 * 1024, `${size}`)
  throttle.endRead(60_000)
  assert.deepEqual(
    passes(throttle, [
      [of('x', 'new'), 60_001],
      [of('y', 'new'), 60_001]
    ]),
    [true, false]
  )
})

test('of a large alert a window keeps little', () => {
  const throttle = new Throttle('siem', settings('alert.rule', 'proc.name'))
  const large = {
    output: 'x'.repeat(900_000),
    output_fields: { 'proc.name': 'sh', 'proc.cmdline': 'y'.repeat(100_000) }
  }
  throttle.hold(makeAlert('a', large), 1_000_000, 0, 0)
  throttle.hold(makeAlert('b', large), 1_000_000, 1, 1)
  const [window] = throttle.open
  assert.ok(window!.state.length < 64 * 1024)
  const [summary] = throttle.endRead(60_000)
  assert.equal(summary!.alert.output_fields['proc.name'], 'sh')
  assert.equal(summary!.alert.output_fields['proc.cmdline'], undefined)
})
