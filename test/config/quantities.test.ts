import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAge, formatDuration, formatSize, parseDuration, parseSize, parseTime } from '../../config/quantities.ts'

test('sizes are read with and without a unit', () => {
  const sizes: readonly [string | number, number | undefined][] = [
    [4096, 4096],
    ['4096', 4096],
    ['1B', 1],
    ['512MiB', 512 * 2 ** 20],
    ['1.5 GiB', 1.5 * 2 ** 30],
    ['2kB', 2000],
    ['2KB', 2000],
    ['3GB', 3e9],
    ['', undefined],
    ['MiB', undefined],
    ['-1', undefined],
    [-1, undefined],
    ['1 parsec', undefined],
    ['1constructor', undefined],
    ['1e9', undefined],
    ['9999999999TiB', undefined],
    [Number.NaN, undefined]
  ]
  for (const [text, bytes] of sizes) assert.equal(parseSize(text), bytes, String(text))
})

test('times are read with their units, the largest first', () => {
  const times: readonly [string, number | undefined][] = [
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['', undefined],
    ['30', undefined],
    ['s', undefined],
    ['0s', undefined],
    ['-5s', undefined],
    ['5 s', undefined],
    ['1m30', undefined],
    ['30s5m', undefined],
    ['5m5m', undefined],
    ['5minutes', undefined],
    ['99999999999999999d', undefined]
  ]
  for (const [text, ms] of times) assert.equal(parseDuration(text), ms, text)
})

test('sizes and times are written as people read them', () => {
  assert.deepEqual([0, 999, 1000, 1234, 999_499, 999_600, 3_078_013, 5e12].map(formatSize), [
    '0 B',
    '999 B',
    '1 kB',
    '1.23 kB',
    '999 kB',
    '1.00 MB',
    '3.08 MB',
    '5 TB'
  ])
  assert.deepEqual([0, 5999, 725_000, 3_723_000].map(formatDuration), ['0:00', '0:05', '12:05', '1:02:03'])
})

test('an age is told in its two largest units, which are read back', () => {
  const cases: readonly [ms: number, text: string][] = [
    [0, '0s'],
    [850, '850ms'],
    [1500, '1s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [3_600_000 + 20 * 60_000 + 5000, '1h20m'],
    [604_800_000, '7d'],
    [90_000_000 + 59_000, '1d1h']
  ]
  for (const [ms, text] of cases) {
    assert.equal(formatAge(ms), text)
    if (ms > 0) assert.ok(parseDuration(text)! <= ms)
  }
})

test('a time is read as ISO 8601, in UTC where it names no zone, or as how long ago it was', () => {
  const nowMs = Date.parse('2026-01-02T03:04:05.678Z')
  const times: readonly [text: string, iso: string | undefined][] = [
    ['2026-01-01', '2026-01-01T00:00:00.000Z'],
    ['2026-01-01T10:11', '2026-01-01T10:11:00.000Z'],
    ['2026-01-01 10:11:12', '2026-01-01T10:11:12.000Z'],
    ['2026-01-01T10:11:12.5Z', '2026-01-01T10:11:12.500Z'],
    ['2026-01-01T10:11:12+02:00', '2026-01-01T08:11:12.000Z'],
    ['2h', '2026-01-02T01:04:05.678Z'],
    ['1d12h ago', '2025-12-31T15:04:05.678Z'],
    ['2026-13-01', undefined],
    ['2026', undefined],
    ['5', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [' ago', undefined]
  ]
  for (const [text, iso] of times) {
    const ms = parseTime(text, nowMs)
    assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), iso, text)
  }
})
