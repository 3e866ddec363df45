import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../../base/seeded-random.ts'
import { bytesOf, code, fit, html, inert, markdown, textOf } from '../../../outputs/template/text.ts'

test('any value becomes text', () => {
  const cases: readonly [value: unknown, text: string][] = [
    [undefined, ''],
    [null, ''],
    ['a', 'a'],
    [1.5, '1.5'],
    [false, 'false'],
    [['a', 1, null], 'a, 1, '],
    [{ a: ['b'] }, '{"a":["b"]}']
  ]
  for (const [value, text] of cases) assert.equal(textOf(value), text)
})

test('a text that fits stays, and one that does not is cut with a mark', () => {
  assert.equal(fit('abc', 3), 'abc')
  assert.equal(fit('abcd', 3), 'ab…')
  assert.equal(fit('abcd', 1), '…')
  assert.equal(fit('äöü', 6, undefined, bytesOf), 'äöü')
  assert.equal(fit('äöüä', 7, undefined, bytesOf), 'äö…')
  assert.equal(fit('abcd', 2, undefined, bytesOf), '', 'the mark alone would be too long')
})

test('neither a surrogate pair nor an escape is torn', () => {
  assert.equal(fit('a🦅🦅', 4), 'a🦅…')
  assert.equal(html('<<<', 8), '&lt;…')
  assert.equal(markdown('(((', 4), '\\(…')
})

test('whatever is cut, the result is within the limit and well formed', () => {
  const random = seededRandom(7)
  const alphabet = ['a', '<', '`', '@', '🦅', 'ü', '\n', '\u202e', '.', 'www.', '*']
  for (let round = 0; round < 2000; round += 1) {
    const text = Array.from({ length: random() * 30 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')
    const limit = 1 + Math.floor(random() * 20)
    for (const filter of [markdown, html, code]) {
      const result = filter(text, limit)
      assert.ok(result.length <= limit, JSON.stringify([text, limit, result]))
      assert.ok(result.isWellFormed())
      assert.doesNotMatch(result, /\p{Cc}|\p{Bidi_Control}/u)
    }
    assert.ok(bytesOf(fit(text, limit, undefined, bytesOf)) <= limit)
  }
})

const gap = '\u200b'

const lively: readonly [text: string, inert: string][] = [
  ['@everyone', `@${gap}everyone`],
  ['<!channel> <users/all> <b>', `<${gap}!channel> <${gap}users/all> <${gap}b>`],
  ['https://a.example.org/x', `https:${gap}//a.${gap}example.${gap}org/x`],
  ['www.example.org', `www.${gap}example.${gap}org`],
  ['1.5 < 2, a. b', '1.5 < 2, a. b'],
  ['a\nb\u202ec', 'a\\nb\\u202ec']
]

for (const [text, expected] of lively) {
  test(`no chat system finds a mention or a link in ${JSON.stringify(text)}`, () => assert.equal(inert(text), expected))
}

test('Markdown, HTML and code blocks cannot be left', () => {
  const limit = Number.POSITIVE_INFINITY
  assert.equal(
    markdown('*a* [b](c) `d` #e ~f~ |g| \\', limit),
    '\\*a\\* \\[b\\]\\(c\\) \\`d\\` \\#e \\~f\\~ \\|g\\| \\\\'
  )
  assert.equal(markdown('- a - b', limit), '\\- a - b')
  assert.equal(html('<b> & "c"', limit), `&lt;${gap}b&gt; &amp; &quot;c&quot;`)
  assert.equal(code('a ``` b', limit), `a \`${gap}\`${gap}\`${gap} b`)
})
