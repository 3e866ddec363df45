import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { test } from 'node:test'
import { hideSecrets } from '../../../src/log.ts'
import { createOfflineApi } from '../../../src/server/api.ts'
import type { DeadLettersAnswer, OutputsAnswer, StatusAnswer } from '../../../src/server/api-types.ts'
import { MemoryLog, makeAlert, openSpool, until } from '../delivery/support.ts'
import type { StartOptions } from './support.ts'
import { ask, type Question, startServer } from './support.ts'

const token = '0123456789abcdef'

const backlog = { onFull: 'shed' } as const
const delivery = { start: 'now', lingerMs: 0, concurrency: 1, timeoutMs: 1_000, backlog } as const

const outputs: NonNullable<StartOptions['outputs']> = [{ name: 'slack', type: 'webhook', settings: {}, delivery }]

/** A server over a spool in which `slack` and `old`, which is not configured, have alerts and dead letters. */
async function startFilled(t: Parameters<typeof startServer>[0], options: StartOptions = {}) {
  const started = await startServer(t, { outputs, ...options })
  const { spool, producer, socket } = started
  for (const name of ['slack', 'old']) await spool.register(name)
  const rules = ['Shell', 'Shell', 'Read', 'Write']
  await Promise.all(rules.map((rule, index) => producer.submit(makeAlert(String(index), { rule, priority: 'Error' }))))
  spool.settle('slack', [
    { seq: 1, kind: 'dead', reason: 'HTTP 400: no such field', attempts: 2 },
    { seq: 2, kind: 'dead', reason: 'too large', attempts: 1 },
    { seq: 3, kind: 'delivered' }
  ])
  spool.settle('old', [{ seq: 1, kind: 'dead', reason: 'HTTP 400', attempts: 1 }])
  // Nobody waits for the first any more.
  await until('that is on disk', async () => {
    const { deadLetters, alerts } = await spool.status()
    return deadLetters.count === 3 && alerts === 3
  })
  const api = async (question: Question) => {
    const answer = await ask({ socketPath: socket }, { ...question, path: `/api/v1${question.path}` })
    return { status: answer.status, body: JSON.parse(answer.text) }
  }
  return { ...started, api }
}

test('status tells of everything, and of an output that is no longer configured', async t => {
  const { api } = await startFilled(t)
  const { status, body } = await api({ path: '/status' })
  const { sensor, spool, outputs: answers, ...rest } = body as StatusAnswer
  assert.equal(status, 200)
  assert.match(rest.version, /^\d+\.\d+\.\d+/)
  assert.ok(Date.now() - Date.parse(rest.started) - rest.uptime_seconds * 1000 < 5_000)
  assert.deepEqual([sensor.state, sensor.message], ['running', 'tracing 8 system calls'])
  assert.deepEqual([spool.state, spool.reason, spool.accepted, spool.dropped_dead_letters], ['ok', null, 4, 0])
  assert.deepEqual(
    answers.map(({ name, type, configured, books }) => [name, type, configured, books!.waiting, books!.dead]),
    [
      ['slack', 'webhook', true, 1, 2],
      ['old', null, false, 3, 1]
    ]
  )
  const { body: list } = await api({ path: '/outputs' })
  assert.deepEqual(
    (list as OutputsAnswer).outputs.map(({ name, books }) => [name, books!.accepted]),
    answers.map(({ name, books }) => [name, books!.accepted])
  )
  const { body: alone } = await api({ path: '/spool' })
  assert.deepEqual({ ...alone, oldest_alert_seconds: spool.oldest_alert_seconds }, spool)
})

test('what a far end said is told without the secrets of the configuration', async t => {
  hideSecrets(['hunter2hunter2'])
  const health = { failing: true, failingSinceMs: 0, consecutiveFailures: 3, lastSuccessMs: undefined }
  const lane = {
    health: { ...health, lastError: 'HTTP 401: hunter2hunter2 \u202e', oldestWaitingMs: undefined },
    activity: {
      sends: { outcomes: { taken: 0, partly_taken: 0, too_large: 0, held: 3, failed: 0 }, retries: 2 },
      breaker: { kind: 'open', untilMs: 1_000 },
      concurrency: 4,
      inFlight: 1
    }
  } as const
  const { socket } = await startFilled(t, { lanes: new Map([['slack', lane]]) })
  const { text } = await ask({ socketPath: socket }, { path: '/api/v1/outputs' })
  assert.doesNotMatch(text, /hunter2|\u202e/)
  assert.deepEqual(JSON.parse(text).outputs[0].health, {
    failing: true,
    failing_since: '1970-01-01T00:00:00.000Z',
    consecutive_failures: 3,
    last_error: 'HTTP 401: *** \u202e',
    last_success: null,
    breaker: 'open',
    next_attempt: '1970-01-01T00:00:01.000Z',
    concurrency: 4,
    in_flight: 1
  })
})

test('an output is forgotten only when it is no longer configured', async t => {
  const { api, spool, lines } = await startFilled(t)
  const refused = await api({ method: 'DELETE', path: '/outputs/slack' })
  assert.deepEqual([refused.status, refused.body.error], [409, 'conflict'])
  assert.deepEqual(await api({ method: 'DELETE', path: '/outputs/old' }), {
    status: 200,
    body: { name: 'old', given_up: 3 }
  })
  assert.deepEqual(await spool.outputs(), ['slack'])
  assert.ok(lines.some(({ message, output }) => message.startsWith('the output was forgotten') && output === 'old'))
  for (const name of ['old', 'other']) {
    assert.equal((await api({ method: 'DELETE', path: `/outputs/${name}` })).body.error, 'not_found')
  }
})

test('dead letters are listed page by page, counted, and found by their id', async t => {
  const { api } = await startFilled(t)
  const ids = async (query: string) => {
    const { body } = await api({ path: `/dead-letters?${query}` })
    return (body as DeadLettersAnswer).dead_letters.map(({ id }) => id)
  }
  const all = (await api({ path: '/dead-letters' })).body as DeadLettersAnswer
  assert.equal(all.dead_letters.length, 3)
  const [first, second] = all.dead_letters.filter(({ output }) => output === 'slack')
  assert.deepEqual(
    [first!.rule, first!.priority, first!.reason, first!.attempts, first!.alert?.uuid, first!.damaged],
    ['Shell', 'Error', 'HTTP 400: no such field', 2, '0', null]
  )
  assert.ok(Math.abs(Date.now() - Date.parse(first!.died)) < 10_000)
  assert.deepEqual(await ids('output=slack&reason=TOO'), [second!.id])
  assert.deepEqual(await ids(`id=${first!.id}&id=${second!.id}`), [first!.id, second!.id])
  assert.deepEqual(await ids(`output=slack&limit=1`), [first!.id])
  assert.deepEqual(await ids(`output=slack&limit=1&after=${first!.id}`), [second!.id])
  assert.deepEqual(await ids('until=2026-01-01T00:00:00Z'), [])
  assert.deepEqual((await api({ path: '/dead-letters?rule=Nothing' })).body, { dead_letters: [], next: null })
  assert.deepEqual((await api({ path: `/dead-letters/${second!.id}` })).body, second)
  assert.equal((await api({ path: '/dead-letters/999' })).status, 404)
  const { body: count } = await api({ path: '/dead-letters/count?reason=400' })
  assert.equal(count.count, 2)
  assert.deepEqual(count.outputs.map((each: { output: string; count: number }) => [each.output, each.count]).sort(), [
    ['old', 1],
    ['slack', 1]
  ])
  assert.equal(count.bytes, count.outputs[0].bytes + count.outputs[1].bytes)
})

test('dead letters are replayed and dropped: those of a filter, or all when it says so', async t => {
  const { api, spool } = await startFilled(t)
  const post = (name: string, body: unknown) => api({ method: 'POST', path: `/dead-letters/${name}`, body })
  for (const body of [{}, { filter: {} }, { all: false }, { all: true, filter: { output: 'slack' } }]) {
    for (const name of ['replay', 'drop']) {
      const { status, body: answer } = await post(name, body)
      assert.deepEqual([status, answer.error], [400, 'bad_request'], `${name} ${JSON.stringify(body)}`)
      assert.match(answer.message, /say which dead letters/)
    }
  }
  assert.deepEqual((await post('replay', { filter: { output: 'slack', rule: 'Sh*' } })).body, { replayed: 2 })
  assert.equal((await spool.books('slack')).waiting, 3)
  assert.deepEqual((await post('drop', { all: true })).body, { dropped: 1 })
  assert.equal((await spool.deadLetters({}, 10)).length, 0)
})

test('the spool is verified, compacted and exported while it works', async t => {
  const { socket } = await startFilled(t)
  const linesOf = async (question: Question) => {
    const { status, text } = await ask({ socketPath: socket }, question)
    assert.equal(status, 200)
    return text
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
  }
  const verified = await linesOf({ method: 'POST', path: '/api/v1/spool/verify' })
  const { result } = verified.at(-1)
  assert.deepEqual([result.ok, result.problems, result.alerts, result.dead_letters], [true, [], 3, 3])
  const compacted = await linesOf({ method: 'POST', path: '/api/v1/spool/compact' })
  assert.ok(compacted.at(-1).result.after_bytes <= compacted.at(-1).result.before_bytes)
  assert.equal((await linesOf({ path: '/api/v1/spool/export' })).length, 3)
  assert.equal((await linesOf({ path: '/api/v1/spool/export?output=slack&dead_letters=true' })).length, 3)
})

const wrong: readonly [question: Question, status: number, message: RegExp][] = [
  [{ path: '/status?x=1' }, 400, /^querystring: unknown key x: none is taken here/],
  [{ path: '/dead-letters?outptu=a' }, 400, /unknown key outptu: expected one of output, .*; did you mean output\?$/],
  [{ path: '/dead-letters?limit=0' }, 400, /^limit: must be >= 1$/],
  [{ path: '/dead-letters?limit=1001' }, 400, /^limit: must be <= 1000$/],
  [{ path: '/dead-letters?since=yesterday' }, 400, /^since: must match format "date-time"$/],
  [{ path: '/dead-letters?id=x' }, 400, /^id\.0: must be integer$/],
  [{ path: '/dead-letters/x' }, 400, /^id: must be integer$/],
  [{ path: '/dead-letters/drop', method: 'POST', body: { filter: { outptu: 'a' } } }, 400, /unknown key outptu/],
  [{ path: '/dead-letters/drop', method: 'POST', body: { filter: { reason: 'x'.repeat(70_000) } } }, 413, /64 KiB/],
  [{ path: '/dead-letters/drop', method: 'POST' }, 400, /^body: must be object$/],
  [{ path: '/outputs/..%2F..', method: 'DELETE' }, 400, /^name: must match pattern/],
  [{ path: '/nothing' }, 404, /nothing of this method and path/],
  [{ path: '/status', method: 'POST' }, 404, /nothing of this method and path/]
]

test('what is wrong with a request is said in JSON', async t => {
  const { api } = await startFilled(t)
  for (const [question, status, message] of wrong) {
    const answer = await api(question)
    assert.equal(answer.status, status, question.path)
    assert.deepEqual(Object.keys(answer.body), ['error', 'message'])
    assert.match(answer.body.message, message)
  }
})

test('a body that is no JSON, or another kind of text, is refused', async t => {
  const { server, spool } = await startFilled(t, { server: { token } })
  for (const [type, body] of [
    ['application/json', '{'],
    ['text/plain', '{"all":true}'],
    ['application/x-www-form-urlencoded', 'all=true']
  ]) {
    const socket = connect(server.address!)
    socket.write(
      `POST /api/v1/dead-letters/drop HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\nconnection: close\r\n` +
        `content-type: ${type}\r\ncontent-length: ${body!.length}\r\n\r\n${body}`
    )
    const text = Buffer.concat(await socket.toArray()).toString()
    assert.match(text, /^HTTP\/1\.1 4(?:00|15) /)
    assert.equal(JSON.parse(text.split('\r\n\r\n')[1]!).error, 'bad_request')
  }
  assert.equal((await spool.deadLetters({}, 10)).length, 3)
})

test('over HTTP the API is closed without the token, and whole with it', async t => {
  const { server } = await startFilled(t, { server: { token } })
  const drop = { method: 'POST', path: '/api/v1/dead-letters/drop', body: { all: true } }
  const authorization = `Bearer ${token}`
  for (const question of [{ path: '/api/v1/status' }, { path: '/api/v1/spool/export' }, drop]) {
    const { status, headers, text } = await ask(server.address!, question)
    assert.deepEqual([status, headers['www-authenticate']], [401, 'Bearer'], question.path)
    assert.equal(JSON.parse(text).error, 'unauthorized')
  }
  for (const path of ['/healthz', '/readyz', '/metrics'])
    assert.equal((await ask(server.address!, { path })).status, 200)
  assert.equal((await ask(server.address!, { ...drop, headers: { authorization: `${authorization}0` } })).status, 401)
  assert.equal((await ask(server.address!, { path: '/api/v1/status', headers: { authorization } })).status, 200)
  const dropped = await ask(server.address!, { ...drop, headers: { authorization } })
  assert.deepEqual([dropped.status, dropped.text], [200, '{"dropped":3}'])
})

test('where no token is configured this machine reads over HTTP, and no page of another site does', async t => {
  const { server } = await startFilled(t)
  const path = '/api/v1/dead-letters'
  assert.equal((await ask(server.address!, { path })).status, 200)
  for (const headers of [
    { host: 'evil.example.org' },
    { origin: 'http://evil.example.org' },
    { 'sec-fetch-site': 'cross-site' }
  ] as Record<string, string>[]) {
    assert.equal((await ask(server.address!, { path, headers })).status, 403, JSON.stringify(headers))
  }
})

test('where no token is configured nobody writes over HTTP', async t => {
  const { server, spool } = await startFilled(t)
  for (const authorization of [undefined, 'Bearer undefined', 'Bearer ']) {
    const headers = authorization === undefined ? {} : { authorization }
    const { status } = await ask(server.address!, { method: 'DELETE', path: '/api/v1/outputs/old', headers })
    assert.equal(status, authorization === undefined ? 403 : 401)
  }
  assert.deepEqual((await spool.outputs()).sort(), ['old', 'slack'])
})

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find(each => each?.family === 'IPv4' && !each.internal)?.address

test('from elsewhere the API needs the token, health and metrics do not', {
  skip: elsewhere === undefined ? 'this machine has only loopback addresses' : false
}, async t => {
  const { server } = await startFilled(t, { server: { token, listen: { host: '0.0.0.0', port: 0 } } })
  const where = { host: elsewhere!, port: server.address!.port }
  for (const path of ['/healthz', '/readyz', '/metrics']) assert.equal((await ask(where, { path })).status, 200)
  // The name does not make it loopback.
  for (const headers of [{}, { host: 'localhost' }]) {
    const { status, text } = await ask(where, { path: '/api/v1/status', headers })
    assert.deepEqual([status, JSON.parse(text).error], [401, 'unauthorized'])
  }
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await ask(where, { path: '/api/v1/status', headers })).status, 200)
})

test('a command can ask the API of a spool that it has opened itself', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('slack')
  await producer.submit(makeAlert('1'))
  spool.settle('slack', [{ seq: 1, kind: 'dead', reason: 'HTTP 400', attempts: 1 }])
  const api = createOfflineApi({ spool, log: new MemoryLog(), outputs: [{ name: 'slack', type: 'webhook' }] })
  t.after(() => api.close())
  const status = (await api.inject('/api/v1/status')).json<StatusAnswer>()
  assert.deepEqual([status.sensor.state, status.outputs[0]!.health], ['offline', null])
  await until('the letter is written', async () => (await spool.deadLetters({}, 1)).length === 1)
  const replay = await api.inject({ method: 'POST', url: '/api/v1/dead-letters/replay', payload: { all: true } })
  assert.deepEqual(replay.json(), { replayed: 1 })
})
