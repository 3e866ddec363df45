import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { until } from '../src/delivery/support.ts'
import { CertificateAuthority } from './certificates.ts'
import { openProxy } from './http/proxy-server.ts'
import { openTokenServer } from './http/token-server.ts'
import { alerts, always, openSink, openWebhook, outcomeOf, reasonOf } from './webhook-support.ts'

const folder = mkdtempSync(join(tmpdir(), 'tercel-proxy-'))
after(() => rmSync(folder, { recursive: true }))
const authority = new CertificateAuthority(folder, 'ca')
const proxyAuthority = new CertificateAuthority(folder, 'proxy-ca')
const server = authority.sign('server')
const proxyCertificate = proxyAuthority.sign('proxy')
const tls = { ca_file: authority.file }
const auth = { username: 'tercel', password: 'correct-horse' }
const authorization = `Basic ${Buffer.from('tercel:correct-horse').toString('base64')}`
const signal = AbortSignal.timeout(20_000)

function openTlsSink(t: TestContext) {
  return openSink(t, { tls: { cert: server.cert, key: server.key } })
}

test('to https alerts go through a tunnel, in which the proxy sees nothing of them', async t => {
  const sink = await openTlsSink(t)
  const proxy = await openProxy(t)
  const output = openWebhook(t, `${sink.url}/a?b=c`, { tls, proxy: { url: proxy.url, auth } })
  await output.check(signal)
  await until('the check has left no connection', () => proxy.open() === 0)
  for (let number = 0; number < 3; number += 1) assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  const target = new URL(sink.url).host
  for (const asked of proxy.asked) assert.deepEqual(asked, { method: 'CONNECT', target, authorization })
  assert.ok(proxy.asked.length <= 3, 'one for the check, at most two for all alerts')
  const [request] = sink.requests()
  assert.deepEqual([request!.path, request!.headers['proxy-authorization']], ['/a?b=c', undefined])
})

test('plain http is forwarded by the proxy, and the server gets the request as without one', async t => {
  const sink = await openSink(t)
  const proxy = await openProxy(t)
  const output = openWebhook(t, `${sink.url}/a?b=c`, { proxy: { url: proxy.url, auth } })
  await output.check(signal)
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  assert.deepEqual(proxy.asked, [{ method: 'POST', target: `${sink.url}/a?b=c`, authorization }])
  const [request] = sink.requests()
  assert.deepEqual([request!.path, request!.headers.host], ['/a?b=c', new URL(sink.url).host])
})

test('the certificate of a proxy is for the name of the proxy, whatever the server is called', async t => {
  const proxy = await openProxy(t, proxyCertificate)
  proxy.answer = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
  const url = proxy.url.replace('127.0.0.1', 'localhost')
  const trusted = { url, tls: { ca_file: proxyAuthority.file } }
  const output = openWebhook(t, 'http://alerts.example.org/a', { proxy: trusted })
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  assert.deepEqual(proxy.asked, [{ method: 'POST', target: 'http://alerts.example.org/a', authorization: undefined }])
})

test('a proxy that speaks TLS has a CA of its own, and so has the server behind it', async t => {
  const sink = await openTlsSink(t)
  const plainSink = await openSink(t)
  const proxy = await openProxy(t, proxyCertificate)
  const trusted = { url: proxy.url, tls: { ca_file: proxyAuthority.file } }
  for (const output of [
    openWebhook(t, sink.url, { tls, proxy: trusted }),
    openWebhook(t, plainSink.url, { proxy: trusted })
  ]) {
    await output.check(signal)
    await until('the check has left no connection', () => proxy.open() === 0)
    assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
    await output.close()
    await until('nothing stays open', () => proxy.open() === 0)
  }
  for (const output of [
    openWebhook(t, sink.url, { tls, proxy: { url: proxy.url } }),
    openWebhook(t, plainSink.url, { proxy: { url: proxy.url } })
  ]) {
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, 'hold')
    const reason = /the proxy https:\/\/127\.0\.0\.1:\d+: its certificate does not verify: .* in proxy\.tls\.ca_file/
    assert.match(reasonOf(outcome), reason)
    await assert.rejects(output.check(signal), reason)
  }
  const strangeServer = await outcomeOf(openWebhook(t, sink.url, { proxy: trusted }))
  assert.match(
    reasonOf(strangeServer),
    /^https:\/\/127\.0\.0\.1:\d+: its certificate does not verify: .* in tls\.ca_file/
  )
})

test('a certificate of the server for another name is refused through a tunnel, too', async t => {
  const { cert, key } = authority.sign('other', { names: 'DNS:other.example.org' })
  const sink = await openSink(t, { tls: { cert, key } })
  const proxy = await openProxy(t)
  const outcome = await outcomeOf(openWebhook(t, sink.url, { tls, proxy: { url: proxy.url } }))
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /for another name/)
  const named = { ...tls, server_name: 'other.example.org' }
  assert.equal((await outcomeOf(openWebhook(t, sink.url, { tls: named, proxy: { url: proxy.url } }))).kind, 'delivered')
})

/** How a proxy may refuse a tunnel, what comes of it, and what the reason says after its name. */
const refusals: readonly [what: string, answer: string, kind: string, reason: RegExp, afterMs?: number][] = [
  [
    'wants credentials',
    'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
    'hold',
    / answered 407 .* to CONNECT: check proxy\.auth$/
  ],
  [
    'forbids the target',
    'HTTP/1.1 403 Forbidden\r\ncontent-length: 3\r\n\r\nno!',
    'hold',
    /answered 403 Forbidden to CONNECT: it must allow connections to https:\/\/127\.0\.0\.1:\d+$/
  ],
  [
    'is no proxy',
    'HTTP/1.1 404 Not Found\r\n\r\n',
    'hold',
    /404 Not Found to CONNECT: is proxy\.url that of a proxy\?$/
  ],
  ['redirects', 'HTTP/1.1 302 Found\r\nlocation: http://evil.example.org\r\n\r\n', 'hold', /answered 302 Found/],
  [
    'does not reach the target',
    'HTTP/1.1 502 Bad Gateway\r\n\r\n',
    'retry',
    /502 Bad Gateway to CONNECT: it may not reach/
  ],
  ['is busy', 'HTTP/1.1 503 Busy\r\nretry-after: 7\r\n\r\n', 'retry', /answered 503 Service Unavailable/, 7000],
  ['hangs up', '', 'retry', /the connection was (reset|closed) before it answered/],
  ['speaks something else', 'SSH-2.0-OpenSSH_9.9\r\n', 'retry', /its answer is not HTTP: check the port/]
]

for (const [what, answer, kind, reason, afterMs] of refusals) {
  test(`a proxy that ${what}: ${kind}, and the reason names the proxy and no secret`, async t => {
    const sink = await openTlsSink(t)
    const proxy = await openProxy(t)
    proxy.answer = answer
    const output = openWebhook(t, sink.url, { tls, proxy: { url: proxy.url, auth } })
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, kind, reasonOf(outcome))
    assert.equal(outcome.kind === 'retry' ? outcome.afterMs : undefined, afterMs)
    assert.match(reasonOf(outcome), reason)
    assert.ok(reasonOf(outcome).startsWith(`the proxy ${proxy.url}`), reasonOf(outcome))
    assert.ok(!reasonOf(outcome).includes(auth.password) && !reasonOf(outcome).includes(authorization.slice(6)))
    await assert.rejects(output.check(signal), reason)
    proxy.answer = undefined
    assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  })
}

test('a forwarding proxy that wants credentials: hold, with the setting, and an echo of them is hidden', async t => {
  const sink = await openSink(t)
  const proxy = await openProxy(t)
  const output = openWebhook(t, sink.url, { proxy: { url: proxy.url, auth } })
  const echo = `${authorization} is ${auth.password}`
  proxy.answer = `HTTP/1.1 407 No\r\ncontent-length: ${echo.length}\r\n\r\n${echo}`
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /answered 407 .*: check proxy\.auth$/)
  assert.doesNotMatch(reasonOf(outcome), new RegExp(`${auth.password}|${authorization.slice(6)}`))
  assert.ok(reasonOf(outcome).startsWith(`the proxy ${proxy.url} answered`), reasonOf(outcome))
  proxy.answer = undefined
  sink.setFaults(always({ status: 503 }))
  assert.ok(reasonOf(await outcomeOf(output)).startsWith(`${sink.url} (through the proxy ${proxy.url}) answered 503`))
})

test('a proxy that is down: retry, and the reason names it', async t => {
  const gone = createServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`
  gone.close()
  await once(gone, 'close')
  for (const sink of [await openTlsSink(t), await openSink(t)]) {
    const output = openWebhook(t, sink.url, { ...(sink.url.startsWith('https:') && { tls }), proxy: { url } })
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, 'retry')
    assert.ok(reasonOf(outcome).startsWith(`the proxy ${url}: it refuses the connection`), reasonOf(outcome))
    await assert.rejects(output.check(signal), /the proxy .* refuses the connection/)
    assert.equal(sink.summary().requests, 0, 'nothing goes around the proxy')
  }
})

test('a proxy that never answers CONNECT: the connection is given up in time, and close ends what still waits', async t => {
  const sockets = new Set<Socket>()
  const silent = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).resume()
  }).listen(0, '127.0.0.1')
  t.after(() => silent.close())
  await once(silent, 'listening')
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const settings = { tls, proxy: { url } }
  const hasty = await outcomeOf(openWebhook(t, 'https://127.0.0.1:9', { ...settings, connect_timeout_seconds: 0.1 }))
  assert.equal(hasty.kind, 'retry')
  assert.match(reasonOf(hasty), /^the proxy .*: no connection within connect_timeout_seconds/)
  await until('that connection has ended', () => sockets.size === 0)
  const patient = openWebhook(t, 'https://127.0.0.1:9', { ...settings, connect_timeout_seconds: 300 })
  const waiting = outcomeOf(patient)
  await until('the tunnel waits', () => sockets.size === 1)
  await patient.close()
  assert.equal((await waiting).kind, 'retry')
  await until('the tunnel has ended', () => sockets.size === 0)
})

test('a send that is given up on while the tunnel is opened rejects with the reason of its signal', async t => {
  const silent = createServer(socket => socket.resume()).listen(0, '127.0.0.1')
  const sockets: Socket[] = []
  silent.on('connection', socket => sockets.push(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await once(silent, 'listening')
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const output = openWebhook(t, 'https://127.0.0.1:9', { tls, proxy: { url } })
  const controller = new AbortController()
  const waiting = output.send(alerts(1), controller.signal).catch((error: unknown) => error)
  const checking = output.check(controller.signal).catch((error: unknown) => error)
  await until('both wait', () => sockets.length === 2)
  controller.abort(new Error('enough'))
  assert.match(String(await waiting), /enough/)
  assert.match(String(await checking), /enough/)
})

test('the token of auth.oauth2 is fetched through the proxy, with the same CAs', async t => {
  const sink = await openTlsSink(t)
  const proxy = await openProxy(t)
  const tokens = await openTokenServer(t, server)
  const oauth2 = { token_url: tokens.url, client_id: 'tercel', client_secret: 'hunter2-hunter2' }
  const output = openWebhook(t, sink.url, { tls, proxy: { url: proxy.url }, auth: { oauth2 } })
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  assert.deepEqual(
    proxy.asked.map(({ target }) => target),
    [new URL(tokens.url).host, new URL(sink.url).host]
  )
  proxy.answer = 'HTTP/1.1 407 No\r\n\r\n'
  const refused = openWebhook(t, sink.url, { tls, proxy: { url: proxy.url }, auth: { oauth2 } })
  const outcome = await outcomeOf(refused)
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /^no token: the proxy .* answered 407/)
})

test('what the server answers through a tunnel means what it means without', async t => {
  const sink = await openTlsSink(t)
  const proxy = await openProxy(t)
  const output = openWebhook(t, sink.url, { tls, proxy: { url: proxy.url } })
  for (const [status, kind] of [
    [503, 'retry'],
    [404, 'hold'],
    [422, 'reject']
  ] as const) {
    sink.setFaults(always({ status }))
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, kind)
    assert.ok(reasonOf(outcome).startsWith(`${sink.url} answered ${status}`), reasonOf(outcome))
  }
})
