import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSize } from '../../config/quantities.ts'

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
