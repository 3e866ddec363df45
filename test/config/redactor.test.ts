import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redactor } from '../../config/redactor.ts'

const cases: readonly [name: string, secrets: string[], text: string, expected: string][] = [
  ['every occurrence is replaced', ['s3cret'], 's3cret, again s3cret', '***, again ***'],
  ['an empty secret mangles nothing', [''], 'a text', 'a text'],
  ['a secret of one or two characters mangles nothing', ['a', '10'], 'a text of 10', 'a text of 10'],
  ['a secret that contains another is replaced as a whole', ['abc', 'abcdef'], 'abcdef abc', '*** ***'],
  ['an escaped secret in JSON is found', ['say "hi"\n'], '{"a":"say \\"hi\\"\\n"}', '{"a":"***"}'],
  ['a secret in a URL is found', ['p@ss word/1'], 'https://u:p%40ss%20word%2F1@host', 'https://u:***@host'],
  ['a secret without the blanks around it is found', ['  padded '], 'x=padded;', 'x=***;'],
  ['a line of a key is found alone', ['-----BEGIN-----\nMIIEvQIBADAN\n'], 'near MIIEvQIBADAN', 'near ***'],
  ['a pattern character means itself', ['a.*b$'], 'a.*b$ aXXb', '*** aXXb'],
  ['a lone surrogate is no error', ['\ud800abc'], 'x', 'x']
]

for (const [name, secrets, text, expected] of cases) {
  test(name, () => assert.equal(new Redactor(secrets).redact(text), expected))
}

test('secrets can be added later', () => {
  const redactor = new Redactor()
  assert.equal(redactor.empty, true)
  redactor.add(['later'])
  assert.equal(redactor.empty, false)
  assert.equal(redactor.redact('sooner or later'), 'sooner or ***')
})
