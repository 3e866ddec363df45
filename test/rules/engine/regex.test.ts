import assert from 'node:assert/strict'
import { test } from 'node:test'
import { regexMatcher } from '../../../rules/engine/regex.ts'

for (const [pattern, text, matches] of [
  ['a.*', 'abc', true],
  ['b', 'abc', false],
  ['.*b.*', 'abc', true],
  ['(nc|ncat|netcat)[0-9]*', 'ncat6', true],
  ['[[:digit:]]{2,3}', '1234', false],
  ['[]a]+', 'a]a', true],
  ['[^]a]+', 'b]', false],
  ['a.c', 'a\nc', false],
  ['a\\.b', 'a.b', true],
  ['\\x41+', 'AAA', true],
  ['[?]', '?', true],
  ['ab?', 'a', true],
  ['', '', true],
  ['\xc3.', '\xc3\xa4', true]
] as const) {
  test(`${JSON.stringify(text)} ${matches ? 'matches' : 'does not match'} ${pattern}`, () => {
    assert.equal(regexMatcher(pattern)(text), matches)
  })
}

for (const [pattern, message] of [
  ['\\d+', /POSIX syntax of RE2 has no Perl character classes/],
  ['[\\w-]+', /no Perl character classes/],
  ['\\bsh\\b', /no Perl escapes/],
  ['(?i)sh', /no groups that begin with \(\?/],
  ['a*?', /no lazy repetitions/],
  ['a{2,3}?', /no lazy repetitions/],
  ['(a', /missing closing \)/],
  ['[a', /missing closing \]/],
  ['a**', /repetition/]
] as const) {
  test(`${pattern} is refused`, () => assert.throws(() => regexMatcher(pattern), message))
}

test('a pattern that makes other engines run for ever takes time in proportion to the text', () => {
  const matches = regexMatcher('(a+)+(a|a)*b')
  assert.equal(matches('a'.repeat(100_000)), false)
})
