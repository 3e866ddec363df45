import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker } from '../../../src/delivery/breaker.ts'
import { systemClock } from '../../../src/delivery/clock.ts'

test('a clock of the machine that is set back by an hour makes no pause longer', async t => {
  const machine = Date.now
  let offset = 0
  t.mock.method(Date, 'now', () => machine() + offset)
  // Under a name of its own it is loaded anew, with the clock above.
  const { systemClock: clock } = await import(`../../../src/delivery/clock.ts?${Math.random()}`)
  const breaker = new Breaker({ clock })
  breaker.failed({ held: false, afterMs: 20 }, 1)
  offset = -3_600_000
  const signal = AbortSignal.timeout(5_000)
  await breaker.pass(signal)
  assert.equal(signal.aborted, false)
})

test('what is to be called later than a timer can be is not called at once', async () => {
  let called = false
  const callOff = systemClock.after(2 ** 32, () => {
    called = true
  })
  await systemClock.sleep(20, new AbortController().signal)
  assert.equal(called, false)
  callOff()
})

test('a sleep that is longer than a timer can be does not end at once', async () => {
  const stopping = new AbortController()
  let over = false
  const sleeping = systemClock.sleep(2 ** 31, stopping.signal).then(() => {
    over = true
  })
  await systemClock.sleep(20, stopping.signal)
  assert.equal(over, false)
  stopping.abort()
  await sleeping
})
