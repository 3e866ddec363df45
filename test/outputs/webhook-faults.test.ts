import assert from 'node:assert/strict'
import { getEventListeners, once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { until } from '../src/delivery/support.ts'
import { always, openSink, openWebhook, outcomeOf, reasonOf, send } from './webhook-support.ts'

/** The URL of a server that takes connections and never says a word: no TLS handshake with it ends. */
async function openSilentServer(t: TestContext): Promise<string> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' })
  t.after(() => server.close())
  await once(server, 'listening')
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** How a sink may fail to answer, what comes of it, and what the reason says. */
const faults: readonly [
  what: string,
  fault: Readonly<Record<string, unknown>>,
  kind: string,
  reason: RegExp | undefined
][] = [
  ['closes without an answer', { send: 'nothing', connection: 'close' }, 'retry', /closed before it answered/],
  ['resets before an answer', { send: 'nothing', connection: 'reset' }, 'retry', /reset before it answered/],
  ['answers what is no HTTP', { send: 'garbage' }, 'retry', /its answer is not HTTP/],
  ['says 200 and closes in the middle', { send: 'half', connection: 'close' }, 'delivered', undefined],
  ['says 200 and resets in the middle', { send: 'half', connection: 'reset' }, 'delivered', undefined],
  ['says 200 and then nothing more', { send: 'half' }, 'delivered', undefined],
  ['says 200 a byte at a time', { send: 'slowly', body: 'x'.repeat(500) }, 'delivered', undefined],
  ['says 200 without end', { send: 'endless' }, 'delivered', undefined],
  ['says 503 and closes in the middle', { status: 503, send: 'half', connection: 'close' }, 'retry', /503.*\.{32}$/],
  ['says 503 and resets in the middle', { status: 503, send: 'half', connection: 'reset' }, 'retry', /answered 503/],
  ['says 503 and then nothing more', { status: 503, send: 'half' }, 'retry', /503.*\.{32}$/],
  ['says 503 a byte at a time', { status: 503, send: 'slowly', body: 'x'.repeat(500) }, 'retry', /503.*: x+$/],
  ['says 503 without end', { status: 503, send: 'endless' }, 'retry', /503.*\.{200}…$/],
  ['says 400 without end', { status: 400, send: 'endless' }, 'reject', /400.*\.{200}…$/]
]

for (const [what, fault, kind, reason] of faults) {
  test(`a sink that ${what}: ${kind}, and nothing stays open`, async t => {
    const sink = await openSink(t, { faults: always(fault) })
    const output = openWebhook(t, sink.url)
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, kind)
    if (reason !== undefined) assert.match(reasonOf(outcome), reason)
    await until('the connection has ended', () => sink.summary().open_connections === 0)
    sink.setFaults('{}')
    assert.deepEqual(await outcomeOf(output), { kind: 'delivered' }, 'the next request is answered')
  })
}

for (const end of [{ connection: 'close' }, { connection: 'reset' }, {}]) {
  test(`an answer that breaks off within our secret shows none of it (${JSON.stringify(end)})`, async t => {
    const secret = 'Bearer 0123456789abcdefghijklmnopqrstuv'
    const sink = await openSink(t, { faults: always({ status: 503, body: `you: ${secret}`, send: 'half', ...end }) })
    const output = openWebhook(t, sink.url, { headers: { authorization: secret } })
    assert.match(reasonOf(await outcomeOf(output)), /answered 503 Service Unavailable$/)
  })
}

test('an answer of 200 is not waited for to its end', async t => {
  const sink = await openSink(t, { faults: always({ send: 'half' }) })
  const output = openWebhook(t, sink.url)
  // Each leaves a connection that is still read from; together they would take 100 s.
  for (let sent = 0; sent < 100; sent += 1) assert.equal((await outcomeOf(output)).kind, 'delivered')
  assert.equal(sink.summary().requests, 100)
})

test('a send that is given up on ends the request and its connection', async t => {
  const sink = await openSink(t, { faults: always({ send: 'nothing' }) })
  const output = openWebhook(t, sink.url)
  const giveUp = new AbortController()
  const sent = send(output, 1, giveUp.signal)
  await until('the request has arrived', () => sink.summary().requests === 1)
  giveUp.abort(new Error('too long'))
  await assert.rejects(sent, /too long/)
  await until('the connection has ended', () => sink.summary().open_connections === 0)
  sink.setFaults('{}')
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
})

test('a send that is given up on in the middle of an error ends at once', async t => {
  const sink = await openSink(t, { faults: always({ status: 500, send: 'half' }) })
  const giveUp = new AbortController()
  const sent = send(openWebhook(t, sink.url), 1, giveUp.signal)
  await until('the request has arrived', () => sink.summary().requests === 1)
  giveUp.abort()
  await assert.rejects(sent, { name: 'AbortError' })
  await until('the connection has ended', () => sink.summary().open_connections === 0)
})

test('a send that is given up on before it begins sends nothing', async t => {
  const sink = await openSink(t)
  await assert.rejects(send(openWebhook(t, sink.url), 1, AbortSignal.abort()), { name: 'AbortError' })
  assert.equal(sink.summary().open_connections, 0)
})

test('a signal that outlives many sends gathers no listeners', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url)
  const { signal } = new AbortController()
  for (const fault of [{}, { status: 500 }, { send: 'nothing', connection: 'reset' }]) {
    sink.setFaults(always(fault))
    await send(output, 1, signal)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
  }
})

for (const status of [200, 500]) {
  test(`of an endless answer of ${status} little is read`, async t => {
    let written: number | undefined
    const server = createHttpServer((request, response) => {
      const { socket } = request
      socket.once('close', () => {
        written = socket.bytesWritten
      })
      const more = (): void => {
        if (!response.destroyed) response.write('.'.repeat(64 * 1024), () => setImmediate(more))
      }
      response.writeHead(status)
      more()
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    await send(openWebhook(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`))
    await until('the connection has ended', () => written !== undefined)
    // What fits into the buffers of two sockets; in a second many times as much is sent.
    assert.ok(written! < 16 * 1024 * 1024, String(written))
  })
}

test('a server that is not there: retry, and the reason says what to look at', async t => {
  const sink = await openSink(t)
  const { url } = sink
  await sink.close()
  const output = openWebhook(t, url)
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /127\.0\.0\.1:\d+: it refuses the connection.*\(ECONNREFUSED\)$/)
  await assert.rejects(output.check(AbortSignal.timeout(5000)), /refuses the connection/)
})

test('a server that goes away and comes back is found again', async t => {
  const first = await openSink(t)
  const output = openWebhook(t, first.url)
  assert.equal((await outcomeOf(output)).kind, 'delivered')
  await first.close()
  assert.equal((await outcomeOf(output)).kind, 'retry')
  const second = await openSink(t, { port: Number(new URL(first.url).port) })
  assert.equal((await outcomeOf(output)).kind, 'delivered')
  assert.equal(second.summary().requests, 1)
})

test('a name that does not resolve: retry, and the reason says so', async t => {
  const output = openWebhook(t, 'http://hooks.invalid/secret-path-0123456789')
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /^http:\/\/hooks\.invalid: .*DNS/)
  assert.doesNotMatch(reasonOf(outcome), /secret-path/)
  await assert.rejects(output.check(AbortSignal.timeout(5000)), /DNS/)
})

test('a connection that is never made ends after connect_timeout_seconds', async t => {
  const url = await openSilentServer(t)
  const output = openWebhook(t, url, { connect_timeout_seconds: 0.2 })
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'retry')
  assert.match(reasonOf(outcome), /no connection within connect_timeout_seconds/)
  await assert.rejects(output.check(AbortSignal.timeout(5000)), /connect_timeout_seconds/)
})

test('check reaches the server and sends nothing', async t => {
  const sink = await openSink(t)
  await openWebhook(t, sink.url).check(AbortSignal.timeout(5000))
  assert.equal(sink.summary().requests, 0)
  await until('the connection has ended', () => sink.summary().open_connections === 0)
})

test('check ends when its signal aborts', async t => {
  const output = openWebhook(t, await openSilentServer(t))
  await assert.rejects(output.check(AbortSignal.timeout(50)), { name: 'TimeoutError' })
})

test('close ends what is under way, and does not wait for it', async t => {
  const sink = await openSink(t, { faults: always({ send: 'nothing' }) })
  const output = openWebhook(t, sink.url)
  const sent = send(output)
  await until('the request has arrived', () => sink.summary().requests === 1)
  await output.close()
  const [outcome] = await sent
  assert.equal(outcome!.kind, 'retry')
  await until('the connection has ended', () => sink.summary().open_connections === 0)
})

test('an output that never sent can be closed, and twice', async t => {
  const output = openWebhook(t, 'http://127.0.0.1:1')
  await output.close()
  await output.close()
})
