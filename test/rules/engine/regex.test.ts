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
  ['gr.n', 'gr\xc3\xbcn', true],
  ['gr..n', 'gr\xc3\xbcn', false],
  ['.', '\xff', true],
  ['a*?', '', true],
  ['a+?', '', true],
  ['(ab)+?c', 'ababc', true],
  ['a**', 'aaa', true],
  ['[a*?]+*b', 'a?*b', true],
  ['a{2,3}?b', 'b', true],
  ['a{2,3}?b', 'ab', false],
  ['(a|b)*{2}', 'abab', true],
  ['\\**', '***', true],
  ['a\n^b$', 'a\nb', true]
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
  ['(a', /^Error: missing closing \): `\(a`$/],
  ['[a', /missing closing \]/],
  ['*a', /missing argument to repetition/],
  ['(*a)', /missing argument to repetition/]
] as const) {
  test(`${pattern} is refused`, () => assert.throws(() => regexMatcher(pattern), message))
}

test('a pattern that makes other engines run for ever takes time in proportion to the text', () => {
  const matches = regexMatcher('(a+)+(a|a)*b')
  assert.equal(matches('a'.repeat(100_000)), false)
})
