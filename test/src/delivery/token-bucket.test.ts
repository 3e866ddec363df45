import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TokenBucket } from '../../../src/delivery/token-bucket.ts'
import { ManualClock, seededRandom, until } from './support.ts'

const never = new AbortController().signal

test('a burst passes at once, then so many a second', async () => {
  const clock = new ManualClock()
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, clock)
  await bucket.take(3, never)
  let passed = false
  const waiting = bucket.take(2, never).then(() => {
    passed = true
  })
  await until('it waits', () => clock.sleeping[0] === 200)
  clock.advance(199)
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(passed, false)
  clock.advance(1)
  await waiting
})

test('those that wait pass in the order in which they came', async () => {
  const clock = new ManualClock()
  const bucket = new TokenBucket({ perSecond: 1, burst: 5 }, clock)
  const order: number[] = []
  const takes = [5, 4, 1].map((count, index) => bucket.take(count, never).then(() => order.push(index)))
  await until('the second waits', () => clock.sleeping[0] === 4_000)
  clock.advance(4_000)
  await until('the third waits', () => clock.sleeping[0] === 1_000)
  clock.advance(1_000)
  await Promise.all(takes)
  assert.deepEqual(order, [0, 1, 2])
})

test('whoever waits is let through when it is told to stop', async () => {
  const clock = new ManualClock()
  const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, clock)
  const stopping = new AbortController()
  await bucket.take(1, never)
  const waiting = bucket.take(1, stopping.signal)
  await until('it waits', () => clock.sleeping.length === 1)
  stopping.abort()
  await waiting
})

test('never more than the burst and the rate, whatever is asked for and when', async () => {
  const random = seededRandom(7)
  const clock = new ManualClock()
  const limit = { perSecond: 50, burst: 20 }
  const bucket = new TokenBucket(limit, clock)
  const start = clock.now()
  let taken = 0
  for (let round = 0; round < 500; round++) {
    const count = 1 + Math.floor(random() * limit.burst)
    let passed = false
    const take = bucket.take(count, never).then(() => {
      passed = true
    })
    await new Promise(resolve => setImmediate(resolve))
    while (!passed) {
      clock.advance(Math.min(clock.sleeping[0]!, 1 + Math.floor(random() * 100)))
      await new Promise(resolve => setImmediate(resolve))
    }
    await take
    taken += count
    const most = limit.burst + ((clock.now() - start) / 1000) * limit.perSecond
    assert.ok(taken <= most + 1e-6, `${taken} taken, at most ${most}`)
    if (random() < 0.2) clock.advance(Math.floor(random() * 1_000))
  }
})
