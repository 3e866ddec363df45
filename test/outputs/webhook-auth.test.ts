import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { Output } from '../../outputs/output.ts'
import { until } from '../src/delivery/support.ts'
import { grant, json, openTokenServer, type TokenServer } from './http/token-server.ts'
import { alerts, always, openSink, openWebhook, outcomeOf, reasonOf } from './webhook-support.ts'

const secret = 'hunter2+/&= hunter2'

function openOAuth2(
  t: TestContext,
  url: string,
  tokens: TokenServer,
  settings: Readonly<Record<string, unknown>> = {}
): Output {
  const oauth2 = { token_url: tokens.url, client_id: 'tercel', client_secret: secret, ...settings }
  return openWebhook(t, url, { auth: { oauth2 } })
}

test('bearer and basic set the header authorization, whatever the other headers are', async t => {
  const sink = await openSink(t)
  const headers = { 'X-Tenant': 'a' }
  for (const [auth, expected] of [
    [{ bearer: { token: 'abc.DEF-123~+/==' } }, 'Bearer abc.DEF-123~+/=='],
    [{ basic: { username: 'tércel', password: 'p:ä ss' } }, `Basic ${Buffer.from('tércel:p:ä ss').toString('base64')}`]
  ] as const) {
    assert.equal((await outcomeOf(openWebhook(t, sink.url, { auth, headers }))).kind, 'delivered')
    const [request] = sink.requests(1)
    assert.deepEqual([request!.headers.authorization, request!.headers['x-tenant']], [expected, 'a'])
  }
})

test('a server that echoes what auth sent does not bring it into a reason, and the advice names auth', async t => {
  const sink = await openSink(t)
  for (const [auth, echo] of [
    [{ bearer: { token: 'tok-0123456789' } }, 'tok-0123456789'],
    [{ basic: { username: 'tercel', password: 'correct horse' } }, 'correct horse'],
    [
      { basic: { username: 'tercel', password: 'correct horse' } },
      Buffer.from('tercel:correct horse').toString('base64')
    ]
  ] as const) {
    sink.setFaults(always({ status: 401, body: `not you: ${echo}.` }))
    const reason = reasonOf(await outcomeOf(openWebhook(t, sink.url, { auth })))
    assert.match(reason, /answered 401 Unauthorized: not you: \*\*\*=?\.: check the credentials in auth$/)
  }
})

const forms: readonly [auth: string, settings: object, form: object, authorization: string | undefined][] = [
  [
    'basic',
    { scope: 'alerts:write b', audience: 'https://api.example.org' },
    { grant_type: 'client_credentials', scope: 'alerts:write b', audience: 'https://api.example.org' },
    // RFC 6749, section 2.3.1: form-encoded first.
    `Basic ${Buffer.from('tercel:hunter2%2B%2F%26%3D+hunter2').toString('base64')}`
  ],
  [
    'body',
    { parameters: { resource: 'urn:x y' } },
    { grant_type: 'client_credentials', resource: 'urn:x y', client_id: 'tercel', client_secret: secret },
    undefined
  ]
]

for (const [clientAuth, settings, form, authorization] of forms) {
  test(`the token is asked for with client_auth: ${clientAuth}, and used for every alert`, async t => {
    const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
    const output = openOAuth2(t, sink.url, tokens, { client_auth: clientAuth, ...settings })
    for (let number = 0; number < 3; number += 1) assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
    assert.equal(tokens.asked.length, 1)
    assert.deepEqual({ ...tokens.asked[0]!.form }, form)
    assert.equal(tokens.asked[0]!.headers.authorization, authorization)
    assert.equal(tokens.asked[0]!.headers['content-type'], 'application/x-www-form-urlencoded')
    for (const request of sink.requests()) assert.equal(request.headers.authorization, 'Bearer token-1')
  })
}

test('sixteen sends that need a token at once ask for one', async t => {
  const [sink, tokens] = [await openSink(t, { keepRequests: 16 }), await openTokenServer(t)]
  const waiting: ServerResponse[] = []
  tokens.respond = response => waiting.push(response)
  const output = openOAuth2(t, sink.url, tokens)
  const sends = alerts(16).map(alert => output.send([alert], AbortSignal.timeout(20_000)))
  await until('it is asked', () => waiting.length === 1)
  grant()(waiting[0]!, 1)
  for (const outcomes of await Promise.all(sends)) assert.deepEqual(outcomes, [{ kind: 'delivered' }])
  assert.equal(tokens.asked.length, 1)
  assert.equal(sink.summary().requests, 16)
})

test('a send that is given up on while the token is fetched does not end the fetch for the others', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  const waiting: ServerResponse[] = []
  tokens.respond = response => waiting.push(response)
  const output = openOAuth2(t, sink.url, tokens)
  const controller = new AbortController()
  const first = output.send(alerts(1), controller.signal).catch(String)
  const second = outcomeOf(output)
  await until('it is asked', () => waiting.length === 1)
  controller.abort(new Error('enough'))
  assert.equal(await first, 'Error: enough')
  grant()(waiting[0]!, 1)
  assert.deepEqual(await second, { kind: 'delivered' })
  assert.equal(tokens.asked.length, 1)
})

test('a 401 throws the token away: a new one is fetched, and the alert is sent with it at once', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  const output = openOAuth2(t, sink.url, tokens)
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  sink.setFaults('{"faults": [{"when": {"first": 1}, "status": 401}]}')
  assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  assert.deepEqual(
    sink.requests().map(({ headers }) => headers.authorization),
    ['Bearer token-1', 'Bearer token-1', 'Bearer token-2']
  )
  assert.equal(new Set(sink.requests(2).map(({ headers }) => headers['idempotency-key'])).size, 1)
})

test('a 401 to the new token as well: hold, after two requests, and neither token is shown', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  tokens.respond = (response, number) => grant({ access_token: `secret-token-${number}` })(response, number)
  sink.setFaults(always({ status: 401, body: 'neither secret-token-1 nor secret-token-2 will do' }))
  const outcome = await outcomeOf(openOAuth2(t, sink.url, tokens))
  assert.equal(outcome.kind, 'hold')
  assert.match(reasonOf(outcome), /401 Unauthorized: neither \*\*\* nor \*\*\* will do: check the credentials in auth$/)
  assert.deepEqual([sink.summary().requests, tokens.asked.length], [2, 2])
})

test('a 403 is no reason to fetch another token', async t => {
  const [sink, tokens] = [await openSink(t, { faults: always({ status: 403 }) }), await openTokenServer(t)]
  assert.equal((await outcomeOf(openOAuth2(t, sink.url, tokens))).kind, 'hold')
  assert.deepEqual([sink.summary().requests, tokens.asked.length], [1, 1])
})

/** What a token endpoint may answer, what comes of the alert, and what the reason says. */
const answers: readonly [what: string, TokenServer['respond'], kind: string, reason: RegExp, afterMs?: number][] = [
  [
    'the client is unknown',
    json(401, { error: 'invalid_client' }),
    'hold',
    /answered 401 .*invalid_client.*: check client_id, client_secret and client_auth$/
  ],
  [
    'the client is unknown, as a 400',
    json(400, { error: 'invalid_client', error_description: `no ${secret} here` }),
    'hold',
    /no \*\*\* here.*: check client_id, client_secret and client_auth$/
  ],
  ['the scope is unknown', json(400, { error: 'invalid_scope' }), 'hold', /: check scope$/],
  ['the client may not', json(400, { error: 'unauthorized_client' }), 'hold', /allow this client the grant/],
  ['the path is wrong', json(404, {}), 'hold', /answered 404 Not Found: \{\}: check auth\.oauth2\.token_url$/],
  [
    'it redirects',
    json(302, {}, { location: 'http://evil.example.org' }),
    'hold',
    /302 .*check auth\.oauth2\.token_url$/
  ],
  ['an error without a body', response => response.writeHead(400).end(), 'hold', /answered 400 Bad Request$/],
  ['an error whose code is no text', json(400, { error: { a: 1 } }), 'hold', /answered 400/],
  ['it is busy', json(503, {}, { 'retry-after': '7' }), 'retry', /answered 503/, 7000],
  ['too many requests', json(429, {}, { 'retry-after': '9' }), 'retry', /answered 429/, 9000],
  ['it fails', json(500, {}), 'retry', /answered 500/],
  ['it hangs up', response => response.destroy(), 'retry', /the connection was (closed|reset)/],
  [
    'it breaks off',
    response => {
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"access_token":', () => response.destroy())
    },
    'retry',
    /broke off its answer$/
  ],
  [
    'it writes without end',
    response => response.writeHead(200).end('x'.repeat(5_000_000)),
    'retry',
    /broke off its answer$/
  ],
  ['a page instead of JSON', response => response.writeHead(200).end('<html>'), 'hold', /without an access_token/],
  ['JSON that is null', json(200, null), 'hold', /without an access_token/],
  ['JSON with a number as token', json(200, { access_token: 5 }), 'hold', /without an access_token/],
  ['an empty token', grant({ access_token: '' }), 'hold', /gave a token that no header can carry$/],
  [
    'a token with a line break',
    grant({ access_token: 'a\r\nx-evil: 1' }),
    'hold',
    /gave a token that no header can carry$/
  ],
  ['a token beyond ASCII', grant({ access_token: 'ü' }), 'hold', /gave a token that no header can carry$/],
  ['a token of another type', grant({ token_type: 'DPoP' }), 'hold', /of another type than Bearer/],
  ['a type that is no text', grant({ token_type: ['Bearer'] }), 'hold', /of another type than Bearer/]
]

for (const [what, respond, kind, pattern, afterMs] of answers) {
  test(`the token endpoint answers: ${what}: ${kind}, nothing is sent, and the next send asks again`, async t => {
    const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
    tokens.respond = respond
    const output = openOAuth2(t, sink.url, tokens)
    const outcome = await outcomeOf(output)
    assert.equal(outcome.kind, kind)
    assert.equal(outcome.kind === 'retry' ? outcome.afterMs : undefined, afterMs)
    assert.match(reasonOf(outcome), pattern)
    assert.ok(reasonOf(outcome).startsWith(`no token: ${new URL(tokens.url).origin}`), reasonOf(outcome))
    assert.doesNotMatch(reasonOf(outcome), /hunter2|evil/)
    await assert.rejects(output.check(AbortSignal.timeout(20_000)), pattern)
    assert.equal(sink.summary().requests, 0)
    tokens.respond = grant({ token_type: 'bearer' })
    assert.deepEqual(await outcomeOf(output), { kind: 'delivered' })
  })
}

test('a token endpoint that echoes the secret, as it came and encoded, does not bring it into a reason', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  for (const clientAuth of ['basic', 'body']) {
    tokens.respond = (response, number) => {
      const { headers, form } = tokens.asked[number - 1]!
      const echo = [headers.authorization, ...Object.values(form), new URLSearchParams(form).toString()].join(' | ')
      response.writeHead(400).end(echo)
    }
    const reason = reasonOf(await outcomeOf(openOAuth2(t, sink.url, tokens, { client_auth: clientAuth })))
    const encoded = Buffer.from('tercel:hunter2%2B%2F%26%3D+hunter2').toString('base64')
    assert.doesNotMatch(reason, /hunter2/)
    assert.ok(!reason.includes(encoded.slice(0, 16)), reason)
  }
})

test('check fetches a token and sends nothing', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  await openOAuth2(t, sink.url, tokens).check(AbortSignal.timeout(20_000))
  assert.deepEqual([tokens.asked.length, sink.summary().requests], [1, 0])
})

test('close ends a token request that is under way', async t => {
  const [sink, tokens] = [await openSink(t), await openTokenServer(t)]
  let ended = false
  tokens.respond = response =>
    response.once('close', () => {
      ended = true
    })
  const output = openOAuth2(t, sink.url, tokens)
  const waiting = outcomeOf(output)
  await until('it is asked', () => tokens.asked.length === 1)
  await output.close()
  assert.equal((await waiting).kind, 'retry')
  await until('the request has ended', () => ended)
})
