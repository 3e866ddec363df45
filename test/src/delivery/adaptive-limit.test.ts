import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AdaptiveLimit } from '../../../src/delivery/adaptive-limit.ts'
import { seededRandom } from './support.ts'

interface FarEnd {
  /** What a send takes when so many are under way, in milliseconds. */
  readonly msAt: (underWay: number) => number
  readonly sends: number
}

/** Sends at the limit again and again; gives the limits that it had. */
function limitsAt(limit: AdaptiveLimit, { msAt, sends }: FarEnd): number[] {
  return Array.from({ length: sends }, () => {
    const underWay = limit.value
    return limit.after({ ms: msAt(underWay), taken: true, waiting: true })
  })
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length

test('it begins at the most, and stays there while the far end keeps up', () => {
  const random = seededRandom(1)
  const limit = new AdaptiveLimit(16)
  assert.equal(limit.value, 16)
  const limits = limitsAt(limit, { msAt: () => 40 + 30 * random(), sends: 5_000 })
  assert.deepEqual(new Set(limits), new Set([16]))
})

test('it falls when the far end gets slower, and rises again when that is over', () => {
  const limit = new AdaptiveLimit(16)
  limitsAt(limit, { msAt: () => 20, sends: 100 })
  const slow = limitsAt(limit, { msAt: () => 400, sends: 60 })
  assert.equal(Math.min(...slow), 1)
  const well = limitsAt(limit, { msAt: () => 20, sends: 400 })
  assert.equal(well.at(-1), 16)
})

test('with a far end that does so many at a time it finds about that many', () => {
  // Four at a time take 50 ms; what is beyond them queues.
  const limit = new AdaptiveLimit(64)
  limitsAt(limit, { msAt: () => 50, sends: 64 })
  const limits = limitsAt(limit, { msAt: underWay => 50 * Math.max(1, underWay / 4), sends: 4_000 })
  const settled = mean(limits.slice(2_000))
  assert.ok(settled >= 4 && settled <= 16, `${settled}`)
})

test('a far end that has become slower for good is used to the full again', () => {
  const limit = new AdaptiveLimit(8)
  limitsAt(limit, { msAt: () => 20, sends: 100 })
  const limits = limitsAt(limit, { msAt: () => 200, sends: 2_000 })
  assert.ok(Math.min(...limits) < 4)
  assert.equal(limits.at(-1), 8)
})

test('a failure halves it, those that fail together once', () => {
  const limit = new AdaptiveLimit(16)
  const failed = { ms: 5, taken: false, waiting: true }
  const limits = Array.from({ length: 8 }, () => limit.after(failed))
  assert.equal(limits[0], 8)
  assert.equal(limits.at(-1), 8)
  for (let sends = 0; sends < 200; sends += 1) limit.after(failed)
  assert.equal(limit.value, 1)
})

test('it does not rise while there is nothing more to send', () => {
  const limit = new AdaptiveLimit(8)
  limit.after({ ms: 5, taken: false, waiting: true })
  const before = limit.value
  for (let sends = 0; sends < 100; sends += 1) limit.after({ ms: 5, taken: true, waiting: false })
  assert.equal(limit.value, before)
})

test('one at a time stays one at a time', () => {
  const limit = new AdaptiveLimit(1)
  assert.deepEqual(new Set(limitsAt(limit, { msAt: () => 1, sends: 10 })), new Set([1]))
})
