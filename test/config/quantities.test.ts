import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDuration, parseSize } from '../../config/quantities.ts'

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

test('durations are read in milliseconds', () => {
  const durations: readonly [string, number | undefined][] = [
    ['250ms', 250],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['', undefined],
    ['10', undefined],
    ['-1s', undefined],
    ['1w', undefined],
    ['1s 2s', undefined]
  ]
  for (const [text, milliseconds] of durations) assert.equal(parseDuration(text), milliseconds, text)
})
