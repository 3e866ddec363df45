import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Engine } from '../../../rules/engine/engine.ts'
import type { RuleLimit } from '../../../rules/engine/rule-limits.ts'
import { sampleCall } from '../support.ts'
import { load, ruleItem, warningsOf } from './loading.ts'

const text =
  ruleItem({ rule: 'Open a', condition: 'evt.type = openat' }) +
  ruleItem({ rule: 'Link a', condition: 'evt.type = link' })

/** How many of 2,000 alerts of each rule pass at one time. */
function passed(rateLimits: readonly RuleLimit[]): Record<string, number> {
  const engine = new Engine(load(text, { rateLimits }), { hostname: 'host', newUuid: () => 'uuid' })
  const count = (type: string) =>
    Array.from({ length: 2000 }, () => engine.evaluate(sampleCall({ type }))).filter(({ length }) => length > 0).length
  return { open: count('openat'), link: count('link') }
}

const cases: readonly [what: string, limits: readonly RuleLimit[], open: number, link: number][] = [
  ['none', [], 1000, 1000],
  ['a rule by its name', [{ rule: 'Open a', perSecond: 1, burst: 5 }], 5, 1000],
  ['rules by a star', [{ rule: '* a', perSecond: 1, burst: 5 }], 5, 5],
  [
    'the last that fits',
    [
      { rule: '*', perSecond: 1, burst: 5 },
      { rule: 'Link*', perSecond: 1, burst: 1500 }
    ],
    5,
    1500
  ]
]

for (const [what, limits, open, link] of cases) {
  test(`limits of rules: ${what}`, () => {
    assert.deepEqual(passed(limits), { open, link })
    assert.deepEqual(warningsOf(text, { rateLimits: limits }), [])
  })
}

test('a limit that fits no rule is warned of, with the nearest name', () => {
  const limit = { rule: 'Open b', perSecond: 1, burst: 5 }
  assert.deepEqual(warningsOf(text, { rateLimits: [limit] }), [
    'LOAD_UNKNOWN_ITEM: no rule Open b to limit; did you mean Open a?'
  ])
})
