import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Signer } from '../../outputs/http/signature.ts'
import { makeAlert } from '../src/delivery/support.ts'
import { always, openSink, openWebhook, outcomeOf, reasonOf } from './webhook-support.ts'

const [secret, next] = ['old-secret-0123456789', 'new-secret-0123456789']
const signal = AbortSignal.timeout(20_000)
const folder = mkdtempSync(join(tmpdir(), 'tercel-signature-'))
after(() => rmSync(folder, { recursive: true }))

test('the signature is the HMAC-SHA256 of the time, a dot and the body, with each secret', () => {
  const signer = new Signer(
    { secret: [secret, next], header: 'X-Signed', timestamp_header: 'X-Time' },
    () => 1700000000999
  )
  const hex = (key: string) => createHmac('sha256', key).update('1700000000.{"ü":1}').digest('hex')
  const expected = ['x-signed', `t=1700000000,v1=${hex(secret)},v1=${hex(next)}`, 'x-time', '1700000000']
  assert.deepEqual(signer.headersFor('{"ü":1}'), expected)
  assert.deepEqual(signer.headersFor(Buffer.from('{"ü":1}')), expected)
})

test('a signature of known values', () => {
  const signer = new Signer(
    { secret: 'an-example-secret-of-tercel', header: 'x-tercel-signature' },
    () => 1700000000000
  )
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac an-example-secret-of-tercel
  const hex = execFileSync('openssl', ['dgst', '-sha256', '-hmac', 'an-example-secret-of-tercel'], {
    input: '1700000000.{}',
    encoding: 'utf8'
  }).match(/[0-9a-f]{64}/)![0]
  assert.deepEqual(signer.headersFor('{}'), ['x-tercel-signature', `t=1700000000,v1=${hex}`])
})

test('a header of the same name in headers does not stand beside the signature', async t => {
  const sink = await openSink(t)
  const headers = { 'X-Tercel-Signature': 'forged' }
  await outcomeOf(openWebhook(t, sink.url, { signature: { secret }, headers }))
  assert.match(sink.requests()[0]!.headers['x-tercel-signature']!, /^t=\d+,v1=[0-9a-f]{64}$/)
})

/** The snippets of the documentation, by their language. */
function snippet(language: string): string {
  const text = readFileSync(fileURLToPath(new URL('../../docs/webhook.md', import.meta.url)), 'utf8')
  const [, code] = new RegExp(`\`\`\`${language}\n([^]*?)\n\`\`\``).exec(text) ?? []
  assert.ok(code !== undefined, language)
  return code
}

/** Gives what the documented function says, run as a program of its own. */
const verifiers: readonly [name: string, verify: (body: string, header: string, secret: string) => boolean][] = [
  [
    'javascript',
    (body, header, key) => {
      const file = join(folder, 'verify.mjs')
      const call = 'process.stdout.write(String(isGenuine(Buffer.from(body, "base64"), header, key)))'
      writeFileSync(file, `${snippet('javascript')}\nconst [body, header, key] = process.argv.slice(2)\n${call}\n`)
      return execFileSync(process.execPath, [file, body, header, key], { encoding: 'utf8' }) === 'true'
    }
  ],
  [
    'python',
    (body, header, key) => {
      const file = join(folder, 'verify.py')
      const call = 'import base64, sys\nprint(is_genuine(base64.b64decode(sys.argv[1]), *sys.argv[2:]))'
      writeFileSync(file, `${snippet('python')}\n${call}\n`)
      return execFileSync('python3', [file, body, header, key], { encoding: 'utf8' }).trim() === 'True'
    }
  ]
]

for (const [language, verify] of verifiers) {
  test(`the documented ${language} takes what tercel signs, compressed or not, and nothing else`, async t => {
    const sink = await openSink(t)
    const alert = makeAlert('1', { output: 'ünï 漢 🦅'.repeat(200) })
    for (const compression of ['none', 'gzip']) {
      await openWebhook(t, sink.url, { signature: { secret: [secret, next] }, compression }).send([alert], signal)
      const [request] = sink.requests(1)
      assert.equal(request!.headers['content-encoding'], compression === 'gzip' ? 'gzip' : undefined)
      const body = Buffer.from(request!.body).toString('base64')
      const header = request!.headers['x-tercel-signature']!
      assert.ok(verify(body, header, secret), 'the first secret')
      assert.ok(verify(body, header, next), 'the second')
      assert.ok(!verify(body, header, 'another-secret-0123456789'), 'another secret')
      assert.ok(!verify(Buffer.from(`${request!.body} `).toString('base64'), header, secret), 'another body')
      const [, time, v1] = /^t=(\d+),v1=([0-9a-f]+)/.exec(header) as unknown as [string, string, string]
      assert.ok(!verify(body, `t=${Number(time) - 1},v1=${v1}`, secret), 'another time')
      const old = new Signer({ secret, header: 'x' }, () => Date.now() - 301_000).headersFor(request!.body)[1]!
      assert.ok(!verify(body, old, secret), 'long ago')
      for (const broken of [
        '',
        't=',
        'v1=',
        `t=x,v1=${v1}`,
        `t=${time}`,
        `t=${time},v1=`,
        `t=${time},v1=zz`,
        `t=${time},v1=${v1.slice(2)}`
      ]) {
        assert.ok(!verify(body, broken, secret), broken)
      }
    }
  })
}

test('a server that knows the secret does not bring it into a reason', async t => {
  const sink = await openSink(t, { faults: always({ status: 503, body: `it is ${secret}` }) })
  const output = openWebhook(t, sink.url, { signature: { secret } })
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'retry')
  assert.doesNotMatch(reasonOf(outcome), /old-secret/)
})
