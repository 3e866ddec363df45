import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Candidates, chooseVictims, countLaggards, shedTier } from '../../../src/delivery/shed-policy.ts'

const debug = 7
const warning = 4
const emergency = 0

interface Waiting {
  readonly severity: number
  readonly rule?: number
  readonly bytes?: number
  readonly internal?: boolean
  readonly inFlight?: boolean
}

/** Alerts 1, 2, 3 … of 10 bytes each, if nothing else is said. */
function candidates(waiting: readonly Waiting[]): Candidates {
  const all = waiting.map(({ severity, rule = 0, bytes = 10, internal = false, inFlight = false }, index) => {
    return { seq: index + 1, bytes, tier: shedTier(severity, internal, inFlight), rule }
  })
  return {
    tally(bytes, alerts) {
      for (const each of all) {
        bytes[each.tier]! += each.bytes
        alerts[each.tier]! += 1
      }
    },
    each(highestTier, visit) {
      for (const { seq, bytes, tier, rule } of all) if (tier <= highestTier) visit(seq, bytes, tier, rule)
    }
  }
}

function victims(waiting: readonly Waiting[], bytes: number, alerts = 1_000): number[] {
  return chooseVictims(candidates(waiting), { bytes, alerts })
}

test('the lowest priority is shed first, and no higher one before it is gone', () => {
  const waiting = [emergency, debug, warning, debug, warning].map(severity => ({ severity }))
  assert.deepEqual(victims(waiting, 10), [2])
  assert.deepEqual(victims(waiting, 20), [2, 4])
  assert.deepEqual(victims(waiting, 21), [2, 4, 3])
  assert.deepEqual(victims(waiting, 1_000).toSorted(), [1, 2, 3, 4, 5])
})

test('within a priority the noisiest rule loses its oldest, until another is as noisy', () => {
  const rules = [1, 2, 2, 1, 2, 2, 3]
  const waiting = rules.map(rule => ({ severity: debug, rule }))
  assert.deepEqual(victims(waiting, 10), [2])
  assert.deepEqual(victims(waiting, 20), [2, 3])
  // Both have two left: the older alert goes, then the rule that still has two.
  assert.deepEqual(victims(waiting, 30), [2, 3, 1])
  assert.deepEqual(victims(waiting, 40), [2, 3, 1, 5])
})

test("tercel's own reports are shed last, whatever their priority", () => {
  const waiting = [{ severity: debug, internal: true }, { severity: emergency }, { severity: warning, internal: true }]
  assert.deepEqual(victims(waiting, 10), [2])
  assert.deepEqual(victims(waiting, 11), [2, 1])
})

test('what a lane holds is shed after the rest of its priority, and before a higher one', () => {
  const waiting = [{ severity: debug, inFlight: true }, { severity: debug }, { severity: warning }]
  assert.deepEqual(victims(waiting, 10), [2])
  assert.deepEqual(victims(waiting, 20), [2, 1])
})

test('a step is bounded in alerts, and ends where there are enough bytes', () => {
  const waiting = Array.from({ length: 100 }, (_, rule) => ({ severity: rule % 2 === 0 ? debug : warning, rule }))
  assert.equal(victims(waiting, 1_000, 7).length, 7)
  assert.equal(victims(waiting, 1_000, 60).length, 60)
  assert.deepEqual(victims([{ severity: debug, bytes: 500 }, { severity: debug }], 10), [1])
  assert.deepEqual(victims(waiting, 0), [])
  assert.deepEqual(victims([], 10), [])
})

for (const { name, held, needed, expected } of [
  { name: 'the largest backlog alone', held: [900, 10, 5], needed: 50, expected: 1 },
  { name: 'two that hold the same alerts', held: [0, 900, 5], needed: 50, expected: 2 },
  { name: 'a second one, where the first holds little alone', held: [60, 850, 5], needed: 50, expected: 2 },
  { name: 'all, where all together hold too little', held: [10, 10, 5], needed: 50, expected: 3 },
  { name: 'nobody, where there is nobody', held: [], needed: 50, expected: 0 }
]) {
  test(`for room is shed for ${name}`, () => assert.equal(countLaggards(held, needed), expected))
}
