import assert from 'node:assert/strict'
import { test } from 'node:test'
import { table } from '../../../src/commands/table.ts'

test('columns are as wide as what is in them', () => {
  assert.equal(
    table([
      ['A', 'B'],
      ['語', 'x'],
      ['abc', '']
    ]),
    'A    B\n語   x\nabc\n'
  )
  assert.equal(table([]), '')
})

test('where a terminal is narrower the widest columns are cut, the first one last', () => {
  const row = ['r'.repeat(40), 'a'.repeat(40), 'b'.repeat(20)]
  const widths = (width: number) =>
    table([row], width)
      .trimEnd()
      .split('  ')
      .map(cell => cell.length)
  assert.deepEqual(widths(104), [40, 40, 20])
  assert.deepEqual(widths(90), [40, 26, 20])
  assert.deepEqual(widths(70), [40, 13, 13])
  assert.deepEqual(widths(65), [35, 13, 13])
  assert.deepEqual(widths(50), [20, 13, 13])
  assert.deepEqual(widths(40), [12, 12, 12])
  assert.deepEqual(widths(1), [8, 8, 8])
})
