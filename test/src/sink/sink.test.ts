import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { TercelError } from '../../../base/errors.ts'
import type { Alert } from '../../../rules/alert.ts'
import { type Sink, type SinkOptions, startSink } from '../../../src/sink/sink.ts'
import { makeAlert, until } from '../delivery/support.ts'

async function open(t: TestContext, options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options)
  t.after(() => sink.close())
  return sink
}

async function post(sink: Sink, alerts: readonly Alert[] | string, path = '/'): Promise<number> {
  const body = typeof alerts === 'string' ? alerts : JSON.stringify(alerts)
  const response = await fetch(sink.url + path, { method: 'POST', body, redirect: 'manual' })
  await response.text()
  return response.status
}

async function ask(sink: Sink, question: string, init: RequestInit = {}): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${sink.url}/_sink${question}`, init)
  return { status: response.status, json: await response.json() }
}

const [a, b, c] = ['a', 'b', 'c'].map(uuid => makeAlert(uuid))

test('alerts are recorded with how often and in which order they came', async t => {
  const sink = await open(t)
  await post(sink, [b!, a!])
  await post(sink, [a!, c!])
  const { json } = await ask(sink, '/alerts')
  assert.deepEqual(
    (json as { uuid: string; arrived: number; taken: number; order: number }[]).map(
      ({ uuid, arrived, taken, order }) => [uuid, arrived, taken, order]
    ),
    [
      ['b', 1, 1, 1],
      ['a', 2, 2, 2],
      ['c', 1, 1, 3]
    ]
  )
  const { alerts, taken, unique, duplicates, requests } = sink.summary()
  assert.deepEqual([alerts, taken, unique, duplicates, requests], [4, 4, 3, 1, 2])
})

test('a body in gzip is taken as what it holds, and one that is no gzip, or holds too much, is refused', async t => {
  const sink = await open(t, { maxBodyBytes: 10_000 })
  const text = JSON.stringify([a, b])
  const send = async (body: Buffer<ArrayBuffer>, coding: string) => {
    const headers = { 'content-encoding': coding }
    const response = await fetch(sink.url, { method: 'PATCH', body, headers })
    await response.text()
    return response.status
  }
  assert.equal(await send(gzipSync(text), 'gzip'), 200)
  const [request] = sink.requests()
  assert.deepEqual([request!.method, request!.body, request!.alerts], ['PATCH', text, 2])
  assert.equal(await send(Buffer.from(text), 'gzip'), 400)
  assert.equal(await send(gzipSync(text).subarray(0, 30), 'gzip'), 400)
  assert.equal(await send(gzipSync(' '.repeat(10_001)), 'gzip'), 413)
  assert.equal(await send(Buffer.alloc(10_001), 'gzip'), 413)
  assert.equal(await send(gzipSync(text), 'br'), 415)
  const { taken, requests, invalid } = sink.summary()
  assert.deepEqual([taken, requests, invalid], [2, 6, 5])
})

test('what a refused request carries has come, and is not taken', async t => {
  const sink = await open(t, { faults: '{"faults":[{"when":{"contains":"poison","min_alerts":2},"status":400}]}' })
  const poison = makeAlert('p', { rule: 'poison' })
  assert.deepEqual(
    [await post(sink, [a!, poison]), await post(sink, [a!]), await post(sink, [poison])],
    [400, 200, 200]
  )
  const records = [...sink.alerts()].map(({ uuid, arrived, taken, order }) => [uuid, arrived, taken, order])
  assert.deepEqual(records, [
    ['a', 2, 1, 1],
    ['p', 2, 1, 2]
  ])
  assert.deepEqual([sink.summary().duplicates, sink.summary().faults], [0, 1])
})

test('a sink that takes alerts and then fails shows the duplicates that come of it', async t => {
  const sink = await open(t, { faults: '{"faults":[{"when":{"first":1},"status":500,"taken":true}]}' })
  assert.deepEqual([await post(sink, [a!]), await post(sink, [a!])], [500, 200])
  assert.equal(sink.summary().duplicates, 1)
})

test('a body without alerts is answered 400 with the reason, and counted', async t => {
  const sink = await open(t)
  const response = await fetch(sink.url, { method: 'POST', body: 'hello' })
  assert.equal(response.status, 400)
  assert.match(await response.text(), /the body is no JSON/)
  assert.equal(await post(sink, ''), 400)
  assert.deepEqual([sink.summary().invalid, sink.summary().alerts], [2, 0])
})

test('a body that is too large is answered 413 and not kept', async t => {
  const sink = await open(t, { maxBodyBytes: 1000 })
  assert.equal(await post(sink, 'x'.repeat(1001)), 413)
  assert.equal(await post(sink, [a!]), 200)
  assert.deepEqual([sink.summary().invalid, sink.requests().length], [1, 1])
})

test('alerts without a uuid, or with one of any length, are counted and not remembered', async t => {
  const sink = await open(t)
  await post(sink, JSON.stringify([{ rule: 'x' }, { uuid: 3 }, { uuid: 'x'.repeat(1000) }]))
  assert.deepEqual([sink.summary().anonymous, [...sink.alerts()].length], [3, 0])
})

test('memory is bounded: further uuids are counted, further requests push out the oldest', async t => {
  const sink = await open(t, { keepAlerts: 2, keepRequests: 2 })
  for (const alert of [a!, b!, c!, a!]) await post(sink, [alert])
  const { unremembered, unique, duplicates, taken } = sink.summary()
  assert.deepEqual([unremembered, unique, duplicates, taken], [1, 2, 1, 4])
  assert.deepEqual(
    sink.requests().map(({ number }) => number),
    [3, 4]
  )
})

test('the last requests are told with path, headers and body', async t => {
  const sink = await open(t)
  for (const path of ['/1', '/2', '/3?q']) await post(sink, [a!], path)
  const { json } = await ask(sink, '/requests?last=2')
  const requests = json as {
    path: string
    method: string
    headers: Record<string, string>
    body: string
    alerts: number
  }[]
  assert.deepEqual(
    requests.map(({ path }) => path),
    ['/2', '/3?q']
  )
  assert.deepEqual(JSON.parse(requests[1]!.body), [a])
  assert.deepEqual([requests[1]!.method, requests[1]!.alerts], ['POST', 1])
  assert.match(requests[1]!.headers['user-agent']!, /./)
})

test('faults are set, told and taken away over the control path; a wrong programme changes nothing', async t => {
  const sink = await open(t)
  const program = '{"faults":[{"status":503}]}'
  assert.equal((await ask(sink, '/faults', { method: 'PUT', body: program })).status, 200)
  assert.equal(await post(sink, [a!]), 503)
  const refused = await ask(sink, '/faults', { method: 'PUT', body: '{"faults":[{"statu":503}]}' })
  assert.equal(refused.status, 400)
  assert.match(JSON.stringify(refused.json), /did you mean status\?/)
  assert.equal(await post(sink, [a!]), 503)
  const told = (await ask(sink, '/faults')).json as { faults: { status: number }[] }
  assert.equal(told.faults[0]!.status, 503)
  await ask(sink, '/faults', { method: 'DELETE' })
  assert.equal(await post(sink, [a!]), 200)
})

test('forgetting leaves the faults', async t => {
  const sink = await open(t, { faults: '{"faults":[{"status":202}]}' })
  await post(sink, [a!])
  await ask(sink, '', { method: 'DELETE' })
  const { requests, unique } = sink.summary()
  assert.deepEqual([requests, unique, [...sink.alerts()].length, await post(sink, [a!])], [0, 0, 0, 202])
})

test('a path that only begins like the control path is one of a webhook', async t => {
  const sink = await open(t)
  assert.equal(await post(sink, [a!], '/_sinker'), 200)
  assert.equal(sink.summary().requests, 1)
  const { status, json } = await ask(sink, '/nothing')
  assert.equal(status, 404)
  assert.match(JSON.stringify(json), /GET \/_sink\/summary/)
})

test('who asks with GET is told where to look, and is not counted', async t => {
  const sink = await open(t)
  const response = await fetch(sink.url)
  assert.deepEqual([response.status, sink.summary().requests], [405, 0])
  assert.match(await response.text(), /_sink\/summary/)
})

test('only counting: alerts are counted, nothing is kept, and faults still work', async t => {
  const sink = await open(t, { countOnly: true, faults: '{"faults":[{"when":{"every":2},"status":500}]}' })
  assert.deepEqual([await post(sink, [a!, b!]), await post(sink, [a!, b!])], [200, 500])
  const { alerts, taken, unique } = sink.summary()
  assert.deepEqual([alerts, taken, unique, sink.requests().length], [4, 2, 0, 0])
})

test('every alert that is taken is handed over', async t => {
  const seen: unknown[] = []
  const sink = await open(t, {
    onAlert: alert => seen.push(alert),
    faults: '{"faults":[{"when":{"first":1},"status":500}]}'
  })
  await post(sink, [a!])
  await post(sink, [b!])
  assert.deepEqual(seen, [b])
})

/** What a client sees of each way to send and to end: the first bytes, the last bytes, and how it ended. */
const answers: readonly [fault: object, start: RegExp, end: RegExp, ending: 'open' | 'end' | 'ECONNRESET'][] = [
  [{ status: 202, body: 'abcd' }, /^HTTP\/1\.1 202/, /\r\n\r\nabcd$/, 'open'],
  [{ body: 'abcd', connection: 'close' }, /^HTTP\/1\.1 200/, /abcd$/, 'end'],
  [{ body: 'abcd', connection: 'reset' }, /^HTTP\/1\.1 200/, /abcd$/, 'ECONNRESET'],
  [{ send: 'half', body: 'abcd' }, /content-length: 4/, /\r\n\r\nab$/, 'open'],
  [{ send: 'half', body: 'abcd', connection: 'close' }, /content-length: 4/, /\r\n\r\nab$/, 'end'],
  [{ send: 'half', body: 'abcd', connection: 'reset' }, /content-length: 4/, /\r\n\r\nab$/, 'ECONNRESET'],
  [{ send: 'slowly', body: 'abcd', connection: 'close' }, /content-length: 4/, /\r\n\r\nabcd$/, 'end'],
  [{ send: 'nothing' }, /^$/, /^$/, 'open'],
  [{ send: 'nothing', connection: 'close' }, /^$/, /^$/, 'end'],
  [{ send: 'nothing', connection: 'reset' }, /^$/, /^$/, 'ECONNRESET'],
  [{ send: 'garbage', connection: 'close' }, /^[^H]/, /this is no HTTP/, 'end'],
  [{ send: 'endless' }, /transfer-encoding: chunked/i, /\.{100}/, 'open'],
  [{ status: 307, headers: { location: 'http://x/' } }, /location: http:\/\/x\//, /\r\n\r\n$/, 'open'],
  [{ status: 429, retry_after: 5 }, /retry-after: 5\r\n/, /\r\n\r\n$/, 'open'],
  [
    { status: 429, retry_after: 5, retry_after_as: 'date' },
    /retry-after: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/,
    /$/,
    'open'
  ]
]

for (const [fault, start, end, ending] of answers) {
  test(`the fault ${JSON.stringify(fault)} is what a client sees`, async t => {
    const sink = await open(t, { faults: JSON.stringify({ faults: [fault] }) })
    const client = connect(Number(new URL(sink.url).port), '127.0.0.1')
    t.after(() => client.destroy())
    let got = ''
    let ended = 'open'
    client.setEncoding('latin1').on('data', text => {
      if (got.length < 100_000) got += text
    })
    client.on('error', error => {
      ended = String(Object(error).code)
    })
    client.on('end', () => {
      ended = 'end'
    })
    client.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}')
    await until('the answer is as expected', () => start.test(got) && end.test(got) && ended === ending)
    await until('the request is counted', () => sink.summary().faults === 1)
  })
}

test('a delayed answer comes after the delay', async t => {
  const sink = await open(t, { faults: '{"faults":[{"delay_ms":50}]}' })
  const before = performance.now()
  await post(sink, [a!])
  assert.ok(performance.now() - before >= 49)
})

test('requests that are not answered are counted, and those that wait at one time', async t => {
  const sink = await open(t, { faults: '{"faults":[{"send":"nothing"}]}' })
  const giveUp = new AbortController()
  const sent = [1, 2, 3].map(() =>
    fetch(sink.url, { method: 'POST', body: '{}', signal: giveUp.signal }).catch(() => {})
  )
  await until('all have come', () => sink.summary().requests === 3)
  giveUp.abort()
  await Promise.all(sent)
  await until('all have gone', () => sink.summary().open_connections === 0)
  assert.deepEqual([sink.summary().unanswered, sink.summary().most_at_once], [3, 3])
})

test('a port that is taken is a problem that an operator can read', async t => {
  const sink = await open(t)
  const port = Number(new URL(sink.url).port)
  await assert.rejects(startSink({ port }), (error: unknown) => {
    assert.ok(error instanceof TercelError && error.operator)
    assert.match(
      error.message,
      new RegExp(`cannot listen on port ${port} of 127.0.0.1: another program listens there$`)
    )
    return true
  })
})

test('a fault whose headers cannot be sent ends the connection, and not the sink', async t => {
  const sink = await startSink({ faults: '{"faults":[{"when":{"first":1},"headers":{"trailer":"x"}}]}' })
  t.after(() => sink.close())
  const post = () => fetch(sink.url, { method: 'POST', body: '{}' })
  await assert.rejects(post())
  assert.equal((await post()).status, 200)
})
