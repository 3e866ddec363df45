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
  return alerts.map(([alert, acceptedMs]) => throttle.hold(alert, acceptedMs, 500) === undefined)
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
    assert.deepEqual(throttle.end(startMs + 59_999), [])
    const [summary, ...rest] = throttle.end(startMs + 61_000)
    assert.deepEqual(rest, [])
    assert.deepEqual(throttle.end(startMs + 1e9), [], 'once')
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
  assert.equal(after.nextEndMs, 60_000)
  assert.deepEqual(passes(after, [[of('c', 'sh'), 2]]), [false])
  const [summary] = after.end(60_000)
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
    assert.equal(after.nextEndMs, 0)
    assert.deepEqual(passes(after, [[of('c', 'sh'), 2]]), [true])
    assert.deepEqual(
      after.end(3).map(({ alert }) => alert.output_fields['throttle.count']),
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
    throttle.end(2).map(({ alert }) => alert.output_fields['throttle.last_uuid']),
    ['b']
  )
})

test('keys without end take no memory without end: beyond ten thousand alerts pass', () => {
  const throttle = new Throttle('siem', settings('proc.name'))
  for (let index = 0; index < 10_000; index += 1) throttle.hold(of(`${index}`, `p${index}`), 0, 500)
  assert.deepEqual(
    passes(throttle, [
      [of('a', 'one too many'), 1],
      [of('b', 'one too many'), 1],
      [of('c', 'p1'), 1]
    ]),
    [true, true, false]
  )
  throttle.end(60_000)
  assert.deepEqual(
    passes(throttle, [
      [of('a', 'one too many'), 60_001],
      [of('b', 'one too many'), 60_001]
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
  throttle.hold(makeAlert('a', large), 0, 1_000_000)
  throttle.hold(makeAlert('b', large), 1, 1_000_000)
  const [window] = throttle.open
  assert.ok(window!.state.length < 64 * 1024)
  const [summary] = throttle.end(60_000)
  assert.equal(summary!.alert.output_fields['proc.name'], 'sh')
  assert.equal(summary!.alert.output_fields['proc.cmdline'], undefined)
})
