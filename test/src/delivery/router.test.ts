import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Priority } from '../../../rules/alert.ts'
import { alertCondition, alertField } from '../../../rules/engine/alert-condition.ts'
import { type Routable, Router, type Routing } from '../../../src/delivery/router.ts'
import { makeAlert } from './support.ts'

const place = { file: 'tercel.yaml', line: 1, column: 1 }
const warnings: Routing = { when: alertCondition('alert.priority >= warning', place) }
const byName = { key: [alertField('proc.name', place)], windowMs: 60_000 }

function page(...rows: readonly (readonly [name: string, priority: Priority, acceptedMs: number])[]): Routable[] {
  return rows.map(([name, priority, acceptedMs], index) => ({
    seq: index + 1,
    acceptedMs,
    bytes: 500,
    addressed: false,
    alert: makeAlert(`${acceptedMs}-${index + 1}`, { priority, output_fields: { 'proc.name': name } })
  }))
}

function routerOf(routing: Routing = {}): Router {
  return new Router('siem', routing, [], () => 0)
}

const seqs = (routed: { readonly passed: readonly { readonly seq: number }[] }) => routed.passed.map(({ seq }) => seq)

test('without a routing everything passes', () => {
  const routed = routerOf().route(page(['sh', 'Debug', 0], ['sh', 'Alert', 0]))
  assert.deepEqual(seqs(routed), [1, 2])
  assert.deepEqual(routed.settlements, [])
})

test('what the condition does not want is filtered, and throttles nothing', () => {
  const routed = routerOf({ ...warnings, throttle: byName }).route(
    page(['sh', 'Notice', 0], ['sh', 'Warning', 1], ['sh', 'Notice', 2], ['sh', 'Error', 3])
  )
  assert.deepEqual(seqs(routed), [2])
  assert.deepEqual(
    routed.settlements.map(({ seq, kind }) => `${seq} ${kind}`),
    ['1 filtered', '3 filtered', '4 throttled']
  )
})

test('the last settlement of a window has what the window holds, also of one that the page itself ends', () => {
  const routed = routerOf({ throttle: byName }).route(
    page(
      ['sh', 'Notice', 0],
      ['sh', 'Notice', 1],
      ['sh', 'Notice', 2],
      ['sh', 'Notice', 60_000],
      ['sh', 'Notice', 60_001]
    )
  )
  assert.deepEqual(seqs(routed), [1, 4])
  const windows = routed.settlements.map(settlement =>
    settlement.kind === 'throttled' ? settlement.window : undefined
  )
  assert.deepEqual(
    windows.map(window => window && [window.startMs, window.endMs, JSON.parse(window.state).count]),
    [undefined, [0, 60_000, 2], [60_000, 120_000, 1]]
  )
})

test('an alert that was made for the output, or was routed before, passes', () => {
  const routed = routerOf({ ...warnings, throttle: byName }).route(
    page(['sh', 'Warning', 0], ['sh', 'Debug', 1], ['sh', 'Warning', 2]).map(one => ({ ...one, addressed: true }))
  )
  assert.deepEqual(seqs(routed), [1, 2, 3])
})

test('an alert that the condition stumbles over is sent', () => {
  const holds = () => {
    throw new Error('a defect')
  }
  assert.deepEqual(seqs(routerOf({ when: { holds } }).route(page(['sh', 'Debug', 0]))), [1])
})

test('an alert that a field of the key stumbles over passes', () => {
  const read = () => {
    throw new Error('a defect')
  }
  const routed = routerOf({ throttle: { key: [{ name: 'x', read }], windowMs: 60_000 } }).route(
    page(['sh', 'Debug', 0], ['sh', 'Debug', 0])
  )
  assert.deepEqual(seqs(routed), [1, 2])
})

test('another routing goes for what is read then; windows stay open if the key stays', () => {
  const router = routerOf({ throttle: byName })
  router.route(page(['sh', 'Warning', 0], ['sh', 'Warning', 1]))
  router.use({ ...warnings, throttle: byName })
  const routed = router.route(page(['sh', 'Warning', 2], ['sh', 'Debug', 3], ['bash', 'Warning', 4]))
  assert.deepEqual(seqs(routed), [3])
  router.use({})
  assert.deepEqual(
    router.endRead(5).map(({ alert }) => alert.output_fields['throttle.count']),
    [2]
  )
})
