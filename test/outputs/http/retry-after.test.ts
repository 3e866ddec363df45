import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRetryAfter } from '../../../outputs/http/retry-after.ts'
import { seededRandom } from '../../src/delivery/support.ts'

const now = Date.UTC(1994, 10, 6, 8, 49, 7)
const day = 24 * 3600 * 1000

const cases: readonly [value: string | readonly string[] | undefined, milliseconds: number | undefined][] = [
  ['120', 120_000],
  [' 5 ', 5000],
  ['0', undefined],
  // The three forms of RFC 9110, section 5.6.7.
  ['Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
  ['Sun Nov  6 08:49:37 1994', 30_000],
  ['Sun, 06 Nov 1994 08:48:37 GMT', undefined],
  ['Sun, 06 Nov 2994 08:49:37 GMT', day],
  [['7', '9'], 7000],
  [[], undefined],
  [undefined, undefined],
  ['', undefined],
  ['-5', undefined],
  ['+5', undefined],
  ['1.5', undefined],
  ['1e9', undefined],
  ['0x10', undefined],
  ['NaN', undefined],
  ['Infinity', undefined],
  ['9'.repeat(1000), day],
  ['soon', undefined],
  ['2030', 2_030_000],
  ['2030-01-01T00:00:00Z', undefined],
  ['Sun, 99 Foo 1994 99:99:99 GMT', undefined],
  ['٣', undefined]
]

for (const [value, milliseconds] of cases) {
  test(`Retry-After: ${JSON.stringify(value)?.slice(0, 40)} asks for ${milliseconds ?? 'nothing'}`, () => {
    assert.equal(parseRetryAfter(value, now), milliseconds)
  })
}

test('whatever a server writes, the pause is none or more than zero and at most a day', () => {
  const random = seededRandom(7)
  const words = [
    'Sun',
    ',',
    ' ',
    '06',
    'Nov',
    '1994',
    '08:49:37',
    'GMT',
    '-',
    '9',
    '0',
    '\t',
    'e',
    '.',
    '\u0000',
    'ü',
    ':'
  ]
  for (let run = 0; run < 20_000; run += 1) {
    const text = Array.from(
      { length: Math.floor(random() * 10) },
      () => words[Math.floor(random() * words.length)]
    ).join('')
    const pause = parseRetryAfter(text, now)
    assert.ok(pause === undefined || (pause > 0 && pause <= day), `${JSON.stringify(text)}: ${pause}`)
  }
})
