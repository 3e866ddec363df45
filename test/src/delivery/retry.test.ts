import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from '../../../src/delivery/retry.ts'

const settings = { firstMs: 500, longestMs: 60_000, longestAfterMs: 3_600_000 }
const almostOne = 1 - 2 ** -53

test('the bound of the pause doubles with each failure, up to the longest', () => {
  const bounds = [1, 2, 3, 4, 8, 9, 50, 5_000].map(
    failures => backoffMs(failures, undefined, settings, () => almostOne) + 1
  )
  assert.deepEqual(bounds, [500, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000, 60_000])
})

test('the jitter is full: every pause from zero to the bound is possible', () => {
  const pauses = [0, 0.25, 0.5, 0.75].map(random => backoffMs(2, undefined, settings, () => random))
  assert.deepEqual(pauses, [0, 250, 500, 750])
})

test('a pause that was asked for is kept, within reason', () => {
  assert.equal(
    backoffMs(1, 7_000, settings, () => almostOne),
    7_000
  )
  assert.equal(
    backoffMs(8, 7_000, settings, () => 0.5),
    30_000
  )
  assert.equal(
    backoffMs(1, 10 * 3_600_000, settings, () => 0),
    3_600_000
  )
})
