import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Problem } from '../../base/errors.ts'
import { problemText } from '../../base/problem-text.ts'

const at = (column: number, line: string): Problem => ({
  message: 'no such thing',
  place: { file: 'rules.yaml', line: 7, column },
  code: 'LOAD_ODD',
  line
})

/** The line and what stands before the mark below it. */
function shown(column: number, line: string): [text: string, before: string] {
  const [, text, mark, ...rest] = problemText(at(column, line), 'error').split('\n')
  assert.deepEqual(rest, [])
  assert.match(mark!, /^ *\^$/)
  return [text!, mark!.slice(0, -1)]
}

describe('the text of a problem', () => {
  test('is its place, what it is, the line and a mark under the column', () => {
    assert.equal(
      problemText(at(12, 'condition: proc.nmae = x'), 'warning'),
      `rules.yaml:7:12: warning: no such thing [LOAD_ODD]
  condition: proc.nmae = x
             ^`
    )
  })

  test('is one line where the place, the code or the line is not known, or the line is empty', () => {
    assert.equal(problemText({ message: 'no' }, 'error'), 'error: no')
    const { line: _, ...placed } = at(1, '')
    assert.equal(problemText(placed, 'error'), 'rules.yaml:7:1: error: no such thing [LOAD_ODD]')
    assert.equal(problemText(at(3, '  '), 'error'), 'rules.yaml:7:3: error: no such thing [LOAD_ODD]')
  })

  test('keeps the mark right after tabs, wide characters, accents that combine, and escapes', () => {
    assert.deepEqual(shown(3, '\t\tx'), ['          x', '          '])
    assert.deepEqual(shown(2, '語x'), ['  語x', '    '])
    assert.deepEqual(shown(3, '🙂x'), ['  🙂x', '    '])
    assert.deepEqual(shown(3, 'e\u0301x'), ['  e\u0301x', '   '])
    assert.deepEqual(shown(2, '\x1bx'), ['  \\x1bx', '      '])
  })

  test('cuts a long line around the column', () => {
    const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`
    assert.deepEqual(shown(501, line), [`  …${'a'.repeat(60)}X${'b'.repeat(39)}…`, ' '.repeat(2 + 1 + 60)])
    assert.deepEqual(shown(1, line), [`  ${'a'.repeat(100)}…`, '  '])
    assert.deepEqual(shown(1001, line), [`  …${'b'.repeat(60)}b`, ' '.repeat(2 + 1 + 60)])
    const fits = 'c'.repeat(100)
    assert.deepEqual(shown(90, fits), [`  ${fits}`, ' '.repeat(2 + 89)])
  })

  test('bears a column behind the end of the line', () => {
    assert.deepEqual(shown(6, 'abc'), ['  abc', '     '])
  })

  test('is safe for a terminal whatever stands in the file, and in its name', () => {
    const hostile = '\x1b[2J\u202e\u2028\r'
    const text = problemText(
      { message: hostile, place: { file: hostile, line: 1, column: 2 }, code: hostile, line: `a${hostile}` },
      'error'
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\u202e\u2028]/)
    assert.equal(text.split('\n').length, 3)
  })
})
