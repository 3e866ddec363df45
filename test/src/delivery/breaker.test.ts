import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Breaker } from '../../../src/delivery/breaker.ts'
import { ManualClock } from './support.ts'

const failure = { held: false, afterMs: undefined }
const never = new AbortController().signal

function setUp() {
  const clock = new ManualClock()
  const breaker = new Breaker({ clock, random: () => 0.5 })
  /** Asks to pass, and tells whether it has. */
  const knock = (signal = never) => {
    const knocked = { passed: false, done: Promise.resolve() }
    knocked.done = breaker.pass(signal).then(() => {
      knocked.passed = true
    })
    return knocked
  }
  return { clock, breaker, knock }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('four failures in a row stop nobody, the fifth stops all', async () => {
  const { breaker, knock, clock } = setUp()
  const pauses = [1, 2, 3, 4].map(attempts => breaker.failed(failure, attempts))
  assert.deepEqual(pauses, [50, 100, 200, 400])
  await knock().done
  assert.equal(breaker.failed(failure, 5), 800)
  const waiting = knock()
  await settled()
  assert.equal(waiting.passed, false)
  clock.advance(800)
  await waiting.done
})

test('after the pause one attempt passes alone; when it fails the pause grows', async () => {
  const { breaker, knock, clock } = setUp()
  for (let attempt = 1; attempt <= 5; attempt++) breaker.failed(failure, attempt)
  const waiting = [knock(), knock(), knock()]
  clock.advance(800)
  await settled()
  assert.deepEqual(
    waiting.map(({ passed }) => passed),
    [true, false, false]
  )
  assert.equal(breaker.failed(failure, 1), 1_600)
  clock.advance(1_599)
  await settled()
  assert.equal(waiting.filter(({ passed }) => passed).length, 1)
  clock.advance(1)
  await settled()
  assert.equal(waiting.filter(({ passed }) => passed).length, 2)
})

test('when the probe succeeds all that wait pass', async () => {
  const { breaker, knock, clock } = setUp()
  for (let attempt = 1; attempt <= 5; attempt++) breaker.failed(failure, attempt)
  const waiting = [knock(), knock(), knock()]
  clock.advance(800)
  await settled()
  breaker.succeeded()
  await Promise.all(waiting.map(({ done }) => done))
  assert.equal(breaker.failed(failure, 1), 50, 'and the pauses start anew')
})

test('a pause that the far end asks for is kept by everybody', async () => {
  const { breaker, knock, clock } = setUp()
  assert.equal(breaker.failed({ held: false, afterMs: 30_000 }, 1), 30_000)
  const waiting = knock()
  clock.advance(29_999)
  await settled()
  assert.equal(waiting.passed, false)
  clock.advance(1)
  await waiting.done
})

test('a far end that refuses us is asked again slowly, by one attempt', () => {
  const { breaker } = setUp()
  const held = { held: true, afterMs: undefined }
  const pauses = [1, 2, 3, 4, 5, 6].map(attempts => breaker.failed(held, attempts))
  assert.deepEqual(pauses, [2_500, 5_000, 10_000, 20_000, 30_000, 30_000])
})

test('an attempt that was under way when it opened does not shorten the pause', async () => {
  const { breaker, knock, clock } = setUp()
  breaker.failed({ held: false, afterMs: 30_000 }, 1)
  breaker.failed({ held: false, afterMs: 1_000 }, 1)
  const waiting = knock()
  clock.advance(29_999)
  await settled()
  assert.equal(waiting.passed, false)
})

test('an attempt that was under way and succeeds ends the pause: the far end is there', async () => {
  const { breaker, knock } = setUp()
  breaker.failed({ held: false, afterMs: 30_000 }, 1)
  const waiting = knock()
  breaker.succeeded()
  await waiting.done
})

test('whoever waits is let through when it is told to stop', async () => {
  const { breaker, knock } = setUp()
  breaker.failed({ held: false, afterMs: 30_000 }, 1)
  const stopping = new AbortController()
  const waiting = knock(stopping.signal)
  stopping.abort()
  await waiting.done
})
