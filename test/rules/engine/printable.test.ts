import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printableText } from '../../../base/printable.ts'
import { printable } from '../../../rules/engine/printable.ts'
import { toBytes } from '../../../rules/engine/source-text.ts'
import { forSeeds } from '../support.ts'

const cases: [what: string, bytes: string, shown: string][] = [
  ['plain text', 'cat /etc/passwd', 'cat /etc/passwd'],
  ['UTF-8 of two to four bytes', toBytes('grüße 中 🦅'), 'grüße 中 🦅'],
  ['a line break', 'a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['a terminal escape', '\x1b[2J', '\\x1b[2J'],
  ['the zero byte and DEL', '\0\x7f', '\\x00\\x7f'],
  ['a control character of C1, in UTF-8', toBytes('\u009b31m'), '\\x9b31m'],
  ['a byte of C1 alone', '\x9b31m', '\\x9b31m'],
  ['the override of writing direction', toBytes('a\u202eb'), 'a\\u202eb'],
  ['isolates', toBytes('\u2066\u2069'), '\\u2066\\u2069'],
  ['line and paragraph separators', toBytes('\u2028\u2029'), '\\u2028\\u2029'],
  ['the zero-width space and the byte order mark', toBytes('\u200b\ufeff'), '\\u200b\\ufeff'],
  ['an invisible tag', toBytes('\u{e0041}'), '\\u{e0041}'],
  ['a filler', toBytes('\u3164'), '\\u3164'],
  ['an overlong slash', '\xc0\xaf', '\\xc0\\xaf'],
  ['half a character', 'a\xe4\xb8', 'a\\xe4\\xb8'],
  ['a surrogate', '\xed\xa0\x80', '\\xed\\xa0\\x80'],
  ['a code point beyond Unicode', '\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80']
]

for (const [what, bytes, shown] of cases) {
  test(`${what} is shown as ${shown}`, () => assert.equal(printable(bytes), shown))
}

test('no bytes make text with a control, a format character, a separator or a lone surrogate', () => {
  forSeeds(2000, random => {
    const bytes = Array.from({ length: random.below(24) }, () =>
      String.fromCharCode(random.pick([random.below(256), random.below(32), 0x80 + random.below(64), 0xe2, 0xf0]))
    ).join('')
    const text = printable(bytes)
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/u)
    assert.ok(text.isWellFormed())
    assert.ok(text.length >= [...Buffer.from(bytes, 'latin1').toString('utf8')].length)
  })
})

test('any text is decoded to itself when nothing in it is to be escaped', () => {
  forSeeds(1000, random => {
    const text = String.fromCodePoint(...Array.from({ length: random.below(8) }, () => 0x4e00 + random.below(0x5000)))
    assert.equal(printable(toBytes(text)), text)
    assert.equal(printableText(text), text)
  })
})
