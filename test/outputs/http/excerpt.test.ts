import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Excerpts, secretsOfUrl } from '../../../outputs/http/excerpt.ts'
import { seededRandom } from '../../src/delivery/support.ts'

test('white space is joined, what is not printable is escaped, and what is long is cut', () => {
  const excerpts = new Excerpts([])
  assert.equal(excerpts.of(' a\r\n\t b\u001bc\u202e ', false), 'a b\\x1bc\\u202e')
  assert.equal(excerpts.of('x'.repeat(300), true), `${'x'.repeat(200)}…`)
  assert.equal(excerpts.of('', false), '')
})

test('a secret is hidden as it is, in JSON, in a URL, without its scheme, and decoded', () => {
  const excerpts = new Excerpts([`Basic ${Buffer.from('admin:pass"word').toString('base64')}`, 'key with "quotes"'])
  const { length } = excerpts.of(`${'- '.repeat(20)}${Buffer.from('admin:pass"word').toString('base64')}`, false)
  assert.equal(length, 43)
  for (const text of [
    'admin:pass"word',
    'pass"word',
    'pass\\"word',
    'key with \\"quotes\\"',
    encodeURIComponent('pass"word')
  ]) {
    assert.equal(excerpts.of(`<${text}>`, false), '<***>')
  }
})

test('of a path the whole and what is no plain word are secrets, also where a page of HTML repeats them', () => {
  const excerpts = new Excerpts(secretsOfUrl(new URL('https://a.example.org/webhook/hunter2pass/Ab3dEf9?a=b&c=d%26e')))
  assert.equal(excerpts.of('<pre>Cannot POST /webhook/hunter2pass/Ab3dEf9</pre>', false), '<pre>Cannot POST ***</pre>')
  assert.equal(excerpts.of('no webhook hunter2pass, Ab3dEf9', false), 'no webhook ***, ***')
  assert.equal(excerpts.of('/webhook/hunter2pass/Ab3dEf9?a=b&amp;c=d%26e', false), '***')
})

test('values of a query and long parts of a path are secrets; short parts of a path are not', () => {
  const secrets = secretsOfUrl(
    new URL('https://a.example.org/services/0123456789abcdef/0123456789abcdef%2F%zz?token=s%20ecret&n=1')
  )
  for (const secret of ['0123456789abcdef', '0123456789abcdef/%zz', 's ecret', 's%20ecret'])
    assert.ok(secrets.includes(secret), secret)
  assert.ok(!secrets.includes('services'))
})

test('no piece of a secret of more than seven characters is seen, wherever the text was cut', () => {
  const random = seededRandom(11)
  const secret = 'Bearer 0123456789abcdefghijklmnopqrstuvwxyz'
  const excerpts = new Excerpts([secret])
  for (let run = 0; run < 5000; run += 1) {
    const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
      random() < 0.5 ? 'x '.repeat(Math.floor(random() * 30)) : secret
    )
    const whole = parts.join('')
    const end = Math.floor(random() * (whole.length + 1))
    const shown = excerpts.of(whole.slice(0, end), end < whole.length)
    for (let at = 7; at + 8 <= secret.length; at += 1) {
      const piece = secret.slice(at, at + 8)
      assert.ok(!shown.includes(piece), `${piece} in ${shown}`)
    }
  }
})
