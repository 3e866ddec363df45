import assert from 'node:assert/strict'
import { test } from 'node:test'
import { globMatcher } from '../../../rules/engine/glob.ts'
import { forSeeds, randomText } from '../support.ts'

const cases: [pattern: string, text: string, matches: boolean][] = [
  ['', '', true],
  ['*', '', true],
  ['*', 'a/b', true],
  ['/home/*/.ssh/*', '/home/u/.ssh/id', true],
  ['/home/*/.ssh/*', '/home/a/b/.ssh/c/d', true],
  ['/home/*/.ssh/*', '/home/.ssh/id', false],
  ['a?c', 'a/c', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[^a-c]x', 'dx', true],
  ['[]a]', ']', true],
  ['[[:digit:][:upper:]]', 'Q', true],
  ['[[:digit:]]', 'q', false],
  ['[a-]', '-', true],
  ['[abc', '[abc', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['A*', 'abc', false],
  ['**a**b', 'xxaxxb', true],
  ['*.so.?', 'libc.so.6', true]
]

for (const [pattern, text, matches] of cases) {
  test(`the pattern ${pattern} ${matches ? 'matches' : 'does not match'} "${text}"`, () => {
    assert.equal(globMatcher(pattern)(text), matches)
  })
}

test('patterns of stars, question marks and letters match as a naive matcher says', () => {
  const naive = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === ''
    const rest = pattern.slice(1)
    if (pattern[0] === '*') return naive(rest, text) || (text !== '' && naive(pattern, text.slice(1)))
    return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && naive(rest, text.slice(1))
  }
  forSeeds(3000, random => {
    const pattern = randomText(random, ['a', 'b', '*', '?', '/'], 8)
    const text = randomText(random, ['a', 'b', '/'], 10)
    assert.equal(globMatcher(pattern)(text), naive(pattern, text), `${pattern} against ${text}`)
  })
})

test('a pattern of many stars does not blow up', () => {
  const matches = globMatcher(`${'*a'.repeat(40)}b`)
  const began = performance.now()
  assert.equal(matches('a'.repeat(20_000)), false)
  assert.ok(performance.now() - began < 1000)
})

test('a pattern of thousands of brackets that are never closed does not blow up', () => {
  const brackets = '['.repeat(40_000)
  assert.ok(globMatcher(brackets)(brackets))
  assert.ok(!globMatcher(brackets)('['))
})
