import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import type { Output } from '../../outputs/output.ts'
import type { Sink } from '../../src/sink/sink.ts'
import { until } from '../src/delivery/support.ts'
import { type Certificate, CertificateAuthority } from './certificates.ts'
import { openSink, openWebhook, outcomeOf, reasonOf } from './webhook-support.ts'

const folder = mkdtempSync(join(tmpdir(), 'tercel-tls-'))
after(() => rmSync(folder, { recursive: true }))

const authority = new CertificateAuthority(folder, 'ca')
const stranger = new CertificateAuthority(folder, 'stranger')
const server = authority.sign('server')
const client = authority.sign('client')
const wrongClient = stranger.sign('wrong-client')

/** A sink that speaks HTTPS with that certificate; with `clientCa` it demands one of the client. */
function openTlsSink(t: TestContext, { cert, key }: Certificate, clientCa?: Buffer): Promise<Sink> {
  return openSink(t, { tls: { cert, key, ...(clientCa && { clientCa }) } })
}

/** What a send and a check say; they must agree. */
async function holds(output: Output, reason: RegExp): Promise<void> {
  const outcome = await outcomeOf(output)
  assert.deepEqual([outcome.kind, reasonOf(outcome).match(reason) === null], ['hold', false], reasonOf(outcome))
  await assert.rejects(output.check(AbortSignal.timeout(5000)), reason)
}

async function delivers(output: Output): Promise<void> {
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  await output.check(AbortSignal.timeout(5000))
}

test('alerts arrive over TLS when the CA is named, relative to the folder of the configuration', async t => {
  const sink = await openTlsSink(t, server)
  await delivers(openWebhook(t, sink.url, { tls: { ca_file: basename(authority.file) } }, folder))
})

test('nothing in the environment switches the verification off', async t => {
  const sink = await openTlsSink(t, server)
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.after(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  })
  await holds(openWebhook(t, sink.url), /certificate does not verify: .*tls\.ca_file/)
})

test('an unknown CA: hold, with the setting that mends it', async t => {
  const sink = await openTlsSink(t, server)
  await holds(openWebhook(t, sink.url), /certificate does not verify: .*tls\.ca_file/)
  await holds(openWebhook(t, sink.url, { tls: { ca_file: stranger.file } }), /tls\.ca_file/)
})

test('a certificate for another name: hold; tls.server_name says which name is meant', async t => {
  const sink = await openTlsSink(t, authority.sign('other-name', { names: 'DNS:sink.example.org' }))
  const tls = { ca_file: authority.file }
  await holds(openWebhook(t, sink.url, { tls }), /for another name: .*tls\.server_name/)
  await delivers(openWebhook(t, sink.url, { tls: { ...tls, server_name: 'sink.example.org' } }))
})

test('a certificate that has expired: hold', async t => {
  const sink = await openTlsSink(t, authority.sign('expired', { days: -1 }))
  await holds(openWebhook(t, sink.url, { tls: { ca_file: authority.file } }), /it has expired/)
})

test('a client certificate that is demanded: hold without it, delivered with it', async t => {
  const sink = await openTlsSink(t, server, authority.pem)
  const tls = { ca_file: authority.file }
  await holds(openWebhook(t, sink.url, { tls }), /wants one: check tls\.cert_file/)
  await delivers(openWebhook(t, sink.url, { tls: { ...tls, cert_file: client.certFile, key_file: client.keyFile } }))
})

const strange = { ca_file: authority.file, cert_file: wrongClient.certFile, key_file: wrongClient.keyFile }

test('a client certificate that the server refuses with an alert: hold', async t => {
  const files = ['-cert', server.certFile, '-key', server.keyFile, '-CAfile', authority.file]
  const words = ['s_server', '-accept', '127.0.0.1:0', ...files, '-Verify', '1', '-verify_return_error']
  const strict = spawn('openssl', words)
  t.after(() => strict.kill())
  let said = ''
  strict.stdout.setEncoding('utf8').on('data', text => {
    said += text
  })
  await until('it listens', () => /ACCEPT \S+:\d+/.test(said))
  await holds(
    openWebhook(t, `https://127.0.0.1:${/:(\d+)/.exec(said)![1]}`, { tls: strange }),
    /refuses our certificate/
  )
})

test('a client certificate on which the server, like those of Node, just hangs up: retry with a hint', async t => {
  const sink = await openTlsSink(t, server, authority.pem)
  const outcome = await outcomeOf(openWebhook(t, sink.url, { tls: strange }))
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /(closed|reset) before it answered; does it want another tls\.cert_file\?/)
})

test('a server without TLS behind https: hold, with the advice to begin with http', async t => {
  const sink = await openSink(t)
  await holds(openWebhook(t, sink.url.replace('http:', 'https:')), /does not speak TLS there: .*http:\/\//)
})

test('a server with TLS behind http takes no alerts: retry, with the advice to begin with https', async t => {
  const sink = await openTlsSink(t, server)
  const outcome = await outcomeOf(openWebhook(t, sink.url.replace('https:', 'http:')))
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /closed before it answered; does it expect https:\/\/\?/)
})

test('a server that answers plain HTTP with a TLS alert: hold, with the advice to begin with https', async t => {
  // RFC 8446, section 6: alert, TLS 1.2, two bytes: fatal, unexpected_message.
  const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 10])
  const tlsOnly = createServer(socket => socket.once('data', () => socket.end(alert))).listen(0, '127.0.0.1')
  t.after(() => tlsOnly.close())
  await once(tlsOnly, 'listening')
  const outcome = await outcomeOf(openWebhook(t, `http://127.0.0.1:${(tlsOnly.address() as AddressInfo).port}`))
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /speaks TLS there: begin url with https/)
})

const brokenFiles: readonly [what: string, tls: Record<string, string>, reason: RegExp][] = [
  [
    'a CA file that is missing',
    { ca_file: 'nowhere.pem' },
    /cannot read tls\.ca_file \(nowhere\.pem\): it does not exist/
  ],
  ['a CA file without a certificate', { ca_file: 'text.pem' }, /tls\.ca_file \(text\.pem\) holds no PEM certificate/],
  ['a folder', { ca_file: '.' }, /cannot read tls\.ca_file \(\.\): it is a directory/],
  ['a key that is missing', { cert_file: 'client.pem', key_file: 'no.key' }, /cannot read tls\.key_file \(no\.key\)/],
  [
    'a key of another certificate',
    { cert_file: 'client.pem', key_file: 'server.key' },
    /\(client\.pem\) and tls\.key_file \(server\.key\): the key does not belong to the certificate/
  ],
  [
    'a key that is none',
    { cert_file: 'client.pem', key_file: 'text.pem' },
    /tls\.key_file \(text\.pem\): the key file holds no PEM key/
  ]
]

test('TLS files that cannot be used: hold, and the reason names setting, file and cause', async t => {
  writeFileSync(join(folder, 'text.pem'), 'just text\n')
  const sink = await openTlsSink(t, server)
  for (const [what, tls, reason] of brokenFiles) {
    await t.test(what, async t => {
      await holds(openWebhook(t, sink.url, { tls: { ca_file: authority.file, ...tls } }, folder), reason)
    })
  }
  assert.equal(sink.summary().requests, 0)
})

test('after a failure the TLS files are read again: a certificate that was renewed is used', async t => {
  const sink = await openTlsSink(t, server, authority.pem)
  const [cert, key] = [join(folder, 'rotated.pem'), join(folder, 'rotated.key')]
  const put = ({ certFile, keyFile }: Certificate) => {
    copyFileSync(certFile, cert)
    copyFileSync(keyFile, key)
  }
  put(wrongClient)
  const output = openWebhook(t, sink.url, { tls: { ca_file: authority.file, cert_file: cert, key_file: key } })
  assert.equal((await outcomeOf(output)).kind, 'retry')
  put(client)
  assert.equal((await outcomeOf(output)).kind, 'delivered')
})

test('a TLS file that was missing is found once it is there', async t => {
  const sink = await openTlsSink(t, server)
  const late = join(folder, 'late.pem')
  const output = openWebhook(t, sink.url, { tls: { ca_file: late } })
  assert.equal((await outcomeOf(output)).kind, 'hold')
  copyFileSync(authority.file, late)
  assert.equal((await outcomeOf(output)).kind, 'delivered')
})

test('a reset in the middle of TLS is a failure of the network: retry', async t => {
  const sink = await openTlsSink(t, server)
  const output = openWebhook(t, sink.url, { tls: { ca_file: authority.file } })
  sink.setFaults('{faults: [{send: nothing, connection: reset}]}')
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /ECONNRESET/)
})

test('close also ends what is under way on the connections from before a failure', async t => {
  const sink = await openTlsSink(t, server)
  const output = openWebhook(t, sink.url, { tls: { ca_file: authority.file } })
  sink.setFaults('{faults: [{when: {first: 1}, send: nothing}, {send: nothing, connection: reset}]}')
  const waiting = outcomeOf(output)
  await until('the first request waits', () => sink.summary().requests === 1)
  assert.equal((await outcomeOf(output)).kind, 'retry')
  await output.close()
  assert.equal((await waiting).kind, 'retry')
  await until('the connections have ended', () => sink.summary().open_connections === 0)
})
