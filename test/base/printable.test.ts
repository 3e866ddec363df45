import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indentedJson, printableJson, printableText } from '../../base/printable.ts'

for (const [text, shown] of [
  ['', ''],
  ['cat /etc/shadow', 'cat /etc/shadow'],
  ['ünï 漢 🦅', 'ünï 漢 🦅'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u001b[2J\u007f\u009b', '\\x1b[2J\\x7f\\x9b'],
  ['\u202egpj.exe\u2066\ufeff', '\\u202egpj.exe\\u2066\\ufeff'],
  ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
  ['\ud800', '\\ud800'],
  ['tag\u{e0041}', 'tag\\u{e0041}']
] as const) {
  test(`${JSON.stringify(text)} is printed as ${shown}`, () => assert.equal(printableText(text), shown))
}

test('JSON has no unprintable character and still parses to the same value', () => {
  const value = { 'k\u202e': ['\u001b[2J', 'tag\u{e0041}', '\u2028', '\ud800', 'ü🦅'] }
  const json = printableJson(value)
  assert.deepEqual(JSON.parse(json), value)
  assert.doesNotMatch(json, /[\p{Cc}\p{Cf}\p{Zl}\p{Cs}]/u)
  assert.match(json, /ü🦅/)
})

test('indented JSON has lines of its own only, and still parses to the same value', () => {
  const value = { 'k\u202e': ['a\nb\u001b[2J', '\u2028'] }
  assert.equal(indentedJson(value), '{\n  "k\\u202e": [\n    "a\\nb\\u001b[2J",\n    "\\u2028"\n  ]\n}')
  assert.deepEqual(JSON.parse(indentedJson(value)), value)
})
