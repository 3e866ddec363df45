import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileValue } from '../../../outputs/template/engine.ts'

/** What `{{ a | … }}` gives. */
function apply(filter: string, a: unknown): unknown {
  return compileValue(`{{ a | ${filter} }}`, { a: true })({ a })
}

const time = '2026-01-02T03:04:05.123456789Z'

const cases: readonly [filter: string, value: unknown, expected: unknown][] = [
  ['unix: "s"', time, 1767323045],
  ['unix: "ms"', time, 1767323045123],
  ['unix: "us"', time, 1767323045123456],
  ['unix: "ns"', time, '1767323045123456789'],
  ['unix: "ns"', '2026-01-02T03:04:05Z', '1767323045000000000'],
  ['unix: "ms"', '2026-01-02T04:04:05.5+01:00', 1767323045500],
  ['iso', time, time],
  ['severity', 'Emergency', 0],
  ['severity', 'Debug', 7],
  ['severity', 'INFORMATIONAL', 6],
  ['severity', 'info', 6],
  ['severity', 'Warnin', 4],
  ['severity', 'unheard-of', 3],
  ['json', { a: '"\n\u202e' }, '{"a":"\\"\\n\\u202e"}'],
  ['json', undefined, 'null'],
  ['json', '\ud800', '"\ufffd"'],
  ['url_encode', 'a b/ü\ud800', 'a%20b%2F%C3%BC%EF%BF%BD'],
  [
    'entries',
    { a: 1, b: null },
    [
      { name: 'a', value: 1 },
      { name: 'b', value: null }
    ]
  ],
  ['entries', undefined, []],
  ['texts', { a: 1, b: null, c: ['x', 2] }, { a: '1', c: 'x, 2' }],
  ['printable: 5', 'a\nbcd', 'a\\nb…'],
  ['plain', '@a', '@\u200ba'],
  ['code', '``` <@all> @a', '`\u200b`\u200b`\u200b <\u200b@all> @a'],
  ['cut: 3', 'abcd', 'ab…'],
  ['cut_bytes: 7', 'äöüä', 'äö…'],
  ['markdown', undefined, undefined],
  ['markdown | default: "-"', null, '-']
]

for (const [filter, value, expected] of cases) {
  test(`${JSON.stringify(value)} | ${filter}`, () => assert.deepEqual(apply(filter, value), expected))
}

test('what is no time is now, and what is too long ago is as old as may be', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-03T00:00:00Z') })
  assert.equal(apply('unix: "s"', 'yesterday'), 1767398400)
  assert.equal(apply('iso', 'yesterday'), '2026-01-03T00:00:00.000Z')
  assert.equal(apply('unix: "s", 3600', time), 1767398400 - 3600)
  assert.equal(apply('unix: "s", 360000', time), 1767323045)
})

test('what lies ahead is now', t => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-01-02T03:04:05.122Z') })
  for (const ahead of [time, '2026-01-03T00:00:00Z', '2026-01-02T03:04:06+00:00', '9999-12-31T23:59:59Z']) {
    assert.equal(apply('iso', ahead), '2026-01-02T03:04:05.122Z', ahead)
    assert.equal(apply('unix: "ns"', ahead), '1767323045122000000', ahead)
    assert.equal(apply('unix: "s", 3600', ahead), 1767323045, ahead)
  }
  assert.equal(apply('unix: "ns"', '2026-01-02T03:04:05.121999999Z'), '1767323045121999999')
})

test('a filter says what it expects', () => {
  assert.throws(
    () => apply('unix: "h"', time),
    /expected "s", "ms", "us" or "ns" after unix: \(column 1 of the template\)/
  )
  assert.throws(() => apply('cut: "x"', 'a'), /expected a whole number as the limit of cut/)
  assert.throws(() => apply('markdown: 0', 'a'), /expected a whole number as the limit of markdown/)
})
