import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BatchLimits } from '../../outputs/output.ts'
import { webhook } from '../../outputs/webhook.ts'
import { makeAlert, until } from '../src/delivery/support.ts'
import { alerts, always, openSink, openWebhook, outcomeOf, reasonOf, send } from './webhook-support.ts'

const signal = AbortSignal.timeout(60_000)

const bodies = [
  ['single', 1, 'application/json', (body: string) => [JSON.parse(body)]],
  ['array', 3, 'application/json', (body: string) => JSON.parse(body)],
  [
    'ndjson',
    3,
    'application/x-ndjson',
    (body: string) =>
      body
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line))
  ]
] as const

for (const [body, count, contentType, parse] of bodies) {
  test(`body ${body}: alerts arrive as they are, with the headers that belong to it`, async t => {
    const sink = await openSink(t)
    const output = openWebhook(t, `${sink.url}/a/b?c=d`, { body })
    assert.deepEqual(await outcomeOf(output, count), { kind: 'delivered' })
    const [request] = sink.requests()
    assert.deepEqual(parse(request!.body), alerts(count))
    assert.deepEqual([request!.method, request!.path], ['POST', '/a/b?c=d'])
    assert.equal(request!.headers['content-type'], contentType)
    assert.equal(request!.headers['user-agent'], 'tercel')
  })
}

test('in every body what is not printable is escaped, and still parses to the same alert', async t => {
  const sink = await openSink(t)
  const evil = makeAlert('1', { output: 'a\u202eb\u2028c\u001b[2J', output_fields: { 'fd.name': 'ünï 漢 🦅' } })
  for (const [body, , , parse] of bodies) {
    await openWebhook(t, sink.url, { body }).send([evil], signal)
    const [request] = sink.requests(1)
    assert.deepEqual(parse(request!.body), [evil])
    assert.doesNotMatch(request!.body.trimEnd(), /\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u)
  }
})

test('settings choose the method and headers, and may replace content-type and user-agent', async t => {
  const sink = await openSink(t)
  const headers = {
    Authorization: 'Bearer secret',
    'Content-Type': 'application/vnd.alerts+json',
    'User-Agent': 'mine'
  }
  await send(openWebhook(t, sink.url, { method: 'PUT', headers }))
  const [request] = sink.requests()
  assert.equal(request!.method, 'PUT')
  const { authorization, 'content-type': contentType, 'user-agent': userAgent } = request!.headers
  assert.deepEqual([authorization, contentType, userAgent], ['Bearer secret', 'application/vnd.alerts+json', 'mine'])
})

test('the idempotency key is the uuid of one alert, and the same for the same batch only', async t => {
  const sink = await openSink(t)
  await send(openWebhook(t, sink.url))
  const output = openWebhook(t, sink.url, { body: 'array' })
  for (const batch of [alerts(3), alerts(3), alerts(2), alerts(3, 2), alerts(1)]) await output.send(batch, signal)
  const [single, first, again, smaller, other, one] = sink.requests().map(({ headers }) => headers['idempotency-key'])
  assert.equal(single, 'uuid-1')
  assert.equal(one, 'uuid-1')
  assert.equal(first, again)
  assert.match(first!, /^[0-9a-f]{64}$/)
  assert.equal(new Set([first, smaller, other]).size, 3)
})

test('a uuid that another sensor made up cannot forge a header', async t => {
  const sink = await openSink(t)
  const uuid = 'x\r\nauthorization: forged'
  assert.deepEqual(await openWebhook(t, sink.url).send([makeAlert(uuid)], signal), [{ kind: 'delivered' }])
  const { headers } = sink.requests()[0]!
  assert.match(headers['idempotency-key']!, /^[0-9a-f]{64}$/)
  assert.equal(headers.authorization, undefined)
})

/** What one alert and what a batch meet, by the status of the answer. */
const statuses: readonly [status: number, one: string, batch: string][] = [
  ...[200, 201, 202, 204].map(status => [status, 'delivered', 'delivered'] as const),
  ...[301, 302, 304, 307, 308].map(status => [status, 'hold', 'hold'] as const),
  ...[401, 403, 404, 405, 407, 410, 415, 431, 501].map(status => [status, 'hold', 'hold'] as const),
  ...[408, 425, 429, 500, 502, 503, 504, 599].map(status => [status, 'retry', 'retry'] as const),
  ...[400, 409, 413, 418, 422].map(status => [status, 'reject', 'split'] as const)
].map(([status, one, batch]) => [status, one, batch])

test('the status decides what comes of the alerts', async t => {
  const sink = await openSink(t)
  const single = openWebhook(t, sink.url)
  const array = openWebhook(t, sink.url, { body: 'array' })
  for (const [status, one, batch] of statuses) {
    sink.setFaults(always({ status }))
    const outcomes = [await outcomeOf(single), await outcomeOf(array, 3), await outcomeOf(array, 1)]
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      [one, batch, one],
      String(status)
    )
    for (const outcome of outcomes)
      if (one !== 'delivered') assert.match(reasonOf(outcome), new RegExp(`answered ${status}`))
  }
})

test('a 400 that nginx gives for a wrong scheme or a missing certificate holds alerts instead of killing them', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url)
  for (const text of [
    '400 The plain HTTP request was sent to HTTPS port',
    '400 No required SSL certificate was sent'
  ]) {
    sink.setFaults(always({ status: 400, body: `<html><head><title>${text}</title></head></html>` }))
    assert.equal((await outcomeOf(output)).kind, 'hold')
  }
})

test('Retry-After is honoured as seconds and as a date, also on 503, and not where waiting would not help', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url)
  const afterMs = async (fault: object): Promise<number | undefined> => {
    sink.setFaults(always({ status: 429, ...fault }))
    const outcome = await outcomeOf(output)
    return outcome.kind === 'retry' ? outcome.afterMs : undefined
  }
  assert.equal(await afterMs({ retry_after: 7 }), 7000)
  assert.equal(await afterMs({ status: 503, retry_after: 7 }), 7000)
  const asDate = await afterMs({ retry_after: 100, retry_after_as: 'date' })
  assert.ok(asDate! > 90_000 && asDate! <= 100_000, String(asDate))
  assert.equal(await afterMs({}), undefined)
  assert.equal(await afterMs({ retry_after: -5 }), undefined)
  assert.equal(await afterMs({ headers: { 'retry-after': 'NaN' } }), undefined)
  assert.equal(await afterMs({ headers: { 'retry-after': '9'.repeat(400) } }), 24 * 3600 * 1000)
  assert.equal(await afterMs({ status: 404, retry_after: 7 }), undefined)
})

test('a redirect is not followed, and the reason names where it leads', async t => {
  const elsewhere = await openSink(t)
  const sink = await openSink(t, {
    faults: always({ status: 307, headers: { location: `${elsewhere.url}/x?token=y` } })
  })
  const output = openWebhook(t, sink.url, { headers: { authorization: 'Bearer secret' } })
  const outcome = await outcomeOf(output)
  assert.equal(outcome.kind, 'hold')
  assert.ok(reasonOf(outcome).includes(new URL(elsewhere.url).host))
  assert.doesNotMatch(reasonOf(outcome), /token/)
  assert.equal(elsewhere.summary().requests, 0)
})

test('a redirect to a name that is made of our secret does not bring it into the reason', async t => {
  const location = 'https://0123456789abCDEF.example.org/'
  const sink = await openSink(t, { faults: always({ status: 307, headers: { location } }) })
  const output = openWebhook(t, sink.url, { headers: { authorization: 'Bearer 0123456789abCDEF' } })
  const reason = reasonOf(await outcomeOf(output))
  assert.match(reason, /here to \*\*\*\.example\.org/)
  assert.doesNotMatch(reason, /0123456789abcdef/i)
})

test('a reason shows the beginning of the answer on one printable line', async t => {
  const body = `no\n\tsuch \u001b[31malert\u202e ${'x'.repeat(10_000)}`
  const sink = await openSink(t, { faults: always({ status: 422, body }) })
  const reason = reasonOf(await outcomeOf(openWebhook(t, sink.url)))
  assert.match(reason, /answered 422 Unprocessable Entity: no such \\x1b\[31malert\\u202e x+…$/)
  assert.ok(reason.length < 350)
})

test('no secret of the headers or the URL comes back in a reason', async t => {
  const password = 'correct-horse'
  const headers = {
    authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
    'x-api-key': 'k3y-0123456789',
    cookie: 'session=abcdefghijkl'
  }
  const path = '/services/T00000000/XXXXXXXXXXXXXXXXXXXXXXXX?token=t0k3n-value'
  const said = [
    ...Object.values(headers),
    password,
    'abcdefghijkl',
    path,
    't0k3n-value',
    encodeURIComponent(headers.cookie)
  ]
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url + path, { headers })
  for (const echo of [...said, ...said.map(text => `${text} `.repeat(500))]) {
    for (const status of [400, 401, 503]) {
      sink.setFaults(always({ status, body: `you sent: ${echo}` }))
      const reason = reasonOf(await outcomeOf(output))
      for (const secret of [headers.authorization.slice(6), password, 'k3y-', 'abcdefghijkl', 'XXXXXX', 't0k3n']) {
        assert.ok(!reason.includes(secret), `${secret} in ${reason}`)
      }
    }
  }
})

test('of a secret that is cut where reading ends, no part comes back either', async t => {
  const key = 'k3y'.repeat(334)
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url, { headers: { 'x-api-key': key } })
  sink.setFaults(always({ status: 400, body: `${key} `.repeat(50) }))
  assert.doesNotMatch(reasonOf(await outcomeOf(output)), /k3y/)
  sink.setFaults(always({ status: 400, body: `no such field ${'x'.repeat(50_000)}` }))
  assert.match(reasonOf(await outcomeOf(output)), /: no such field x+…$/, 'a long answer still says what is wrong')
})

test('at concurrency 8 every alert arrives once, over at most two connections for each send', async t => {
  const sink = await openSink(t, { faults: always({ delay_ms: 2 }) })
  const output = openWebhook(t, sink.url)
  const waiting = alerts(400)
  const lane = async () => {
    for (let alert = waiting.shift(); alert !== undefined; alert = waiting.shift()) {
      assert.deepEqual(await output.send([alert], signal), [{ kind: 'delivered' }])
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  const { requests, connections, unique, duplicates, most_at_once: mostAtOnce } = sink.summary()
  assert.deepEqual([requests, unique, duplicates, mostAtOnce], [400, 400, 0, 8])
  assert.ok(connections <= 16, String(connections))
})

test('sends in order arrive in order, over connections that stay open', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url)
  for (let number = 1; number <= 50; number += 1) await output.send(alerts(1, number), signal)
  assert.deepEqual(
    [...sink.alerts()].map(({ uuid, order }) => [uuid, order]),
    alerts(50).map(({ uuid }, index) => [uuid, index + 1])
  )
  assert.ok(sink.summary().connections <= 2)
})

test('a connection that the server has closed while it was idle costs no attempt', async t => {
  const sink = await openSink(t, { faults: always({ connection: 'close' }) })
  const output = openWebhook(t, sink.url)
  for (let number = 1; number <= 20; number += 1) {
    assert.deepEqual(await output.send(alerts(1, number), signal), [{ kind: 'delivered' }])
    await until('the connection is closed', () => sink.summary().open_connections === 0)
  }
  assert.equal(sink.summary().connections, 20)
})

test('the limits of a batch follow from the settings', () => {
  const limits = (settings: object): BatchLimits => webhook.batch(settings as never)
  assert.equal(limits({ body: 'single' }).maxCount, 1)
  assert.deepEqual(limits({ body: 'array' }), { maxCount: 500, maxBytes: 1024 * 1024 })
  assert.deepEqual(limits({ body: 'ndjson', batch: { max_count: 7, max_bytes: '2KiB' } }), {
    maxCount: 7,
    maxBytes: 2048
  })
})
