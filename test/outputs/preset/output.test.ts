import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { outputDefinitions } from '../../../outputs/index.ts'
import type { OutputDefinition } from '../../../outputs/output.ts'
import { readOwnPreset } from '../../../outputs/preset/load.ts'
import { openPreset } from '../preset-cases.ts'
import { alerts, always, openSink, reasonOf } from '../webhook-support.ts'

const signal = AbortSignal.timeout(60_000)

function define(text: string): OutputDefinition {
  const head = `description: Sends alerts to a test.
documentation: [https://docs.example.org]
settings:
  url: {type: string, format: http-url, required: true, description: Where it is.}
  key: {type: string, secret: true, description: A key.}
`
  const read = readOwnPreset('test', head + text, 'test.yaml')
  assert.ok('definition' in read, JSON.stringify(read))
  return read.definition
}

const request = 'request: {url: "{{ settings.url }}", query: {key: "{{ settings.key }}"}}\n'

async function open(t: TestContext, text: string, fault: object = {}, settings: object = {}) {
  const sink = await openSink(t, { faults: always({ ...fault }) })
  const definition = define(request + text)
  return { sink, definition, output: openPreset(t, definition, { url: 'SINK', ...settings }, sink.url) }
}

test('a body that is larger than the far end takes is not sent', async t => {
  const text = 'body: {join: array, each: "{{ alert }}"}\nlimits: {request_bytes: 500}\n'
  const { sink, output } = await open(t, text)
  const kinds = async (count: number) => (await output.send(alerts(count), signal)).map(({ kind }) => kind)
  assert.deepEqual(await kinds(1), ['delivered'])
  assert.deepEqual(await kinds(3), ['split', 'split', 'split'])
  assert.equal(sink.summary().requests, 1)
  const [outcome] = await output.send([{ ...alerts(1)[0]!, output: 'x'.repeat(500) }], signal)
  assert.match(reasonOf(outcome!), /^\d+ bytes are more than the 500 that it takes$/)
  assert.equal(outcome!.kind, 'reject')
})

test('results in order decide for each alert', async t => {
  const text = `body: {join: array, each: "{{ alert }}"}
items: {list: json.r, status: item.s, reason: item.why, answers: [{if: status == 409, means: delivered}]}\n`
  const r = [{ s: 200 }, { s: 409 }, { s: 429 }, { s: 400, why: 'bad' }, { s: 401 }, {}]
  const { output } = await open(t, text, { body: JSON.stringify({ r }) })
  const outcomes = await output.send(alerts(6), signal)
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['delivered', 'delivered', 'retry', 'reject', 'hold', 'retry']
  )
  assert.match(reasonOf(outcomes[3]!), /answered 200 OK: 400 bad$/)
  const few = await output.send(alerts(2), signal)
  assert.deepEqual(
    few.map(({ kind }) => kind),
    ['retry', 'retry'],
    'an answer of another length says nothing'
  )
})

test('a large answer of a batch is read to its end', async t => {
  const text = 'body: {join: array, each: "{{ alert }}"}\nitems: {list: json.r, status: item.s}\n'
  const r = Array.from({ length: 1000 }, () => ({ s: 200, padding: 'x'.repeat(500) }))
  const { output } = await open(t, text, { body: JSON.stringify({ r }) })
  const outcomes = await output.send(alerts(1000), signal)
  assert.ok(outcomes.every(({ kind }) => kind === 'delivered'))
})

test('a pause is taken from the answer only where it says a time', async t => {
  const text =
    'body: {each: "{{ alert }}"}\nanswers: [{if: status == 429, means: retry, pause_seconds: "json.wait | times: 2"}]\n'
  const { sink, output } = await open(t, text)
  const pause = async (fault: object) => {
    sink.setFaults(always({ status: 429, ...fault }))
    const [outcome] = await output.send(alerts(1), signal)
    return outcome!.kind === 'retry' ? outcome!.afterMs : outcome
  }
  assert.equal(await pause({ body: '{"wait":1.25}' }), 2500)
  assert.equal(await pause({ body: '{"wait":"3"}' }), 6000)
  assert.equal(await pause({ body: '{"wait":1e99}' }), 24 * 3600 * 1000)
  assert.equal(await pause({ body: '{"wait":-1}', retry_after: 4 }), 4000)
  assert.equal(await pause({ body: '{"wait":{}}' }), undefined)
  assert.equal(await pause({ body: 'no JSON' }), undefined)
})

test('a 2xx counts at once where no rule looks at its body', async t => {
  const { output } = await open(t, 'body: {each: "{{ alert }}"}\n', { send: 'half' })
  assert.deepEqual(await output.send(alerts(1), signal), [{ kind: 'delivered' }])
})

test('no secret setting comes back in a reason', async t => {
  const { output, sink } = await open(
    t,
    'body: {each: "{{ alert }}"}\n',
    { status: 401, body: 'your key k3y-0123 is wrong' },
    { key: 'k3y-0123' }
  )
  const [outcome] = await output.send(alerts(1), signal)
  assert.match(reasonOf(outcome!), /your key \*\*\* is wrong: check the credentials in key$/)
  assert.equal(sink.requests()[0]!.path, '/?key=k3y-0123')
})

test('a query that the URL has already stays', async t => {
  const { output, sink } = await open(t, 'body: {each: "{{ alert }}"}\n', {}, { url: 'SINK/a?b=c%20d', key: 'x y' })
  await output.send(alerts(1), signal)
  assert.equal(sink.requests()[0]!.path, '/a?b=c+d&key=x+y')
})

test('limits become the defaults of delivery and the batch', () => {
  const definition = define(`${request}body: {join: ndjson, each: "{{ alert }}"}
limits: {batch: {max_count: 7, max_bytes: 2KiB}, rate_limit: {per_second: 0.5}, concurrency: 3}\n`)
  assert.deepEqual(definition.rateLimit, { perSecond: 0.5, burst: 1 })
  assert.equal(definition.maxConcurrency, 3)
  assert.deepEqual(definition.batch({ batch: { max_count: 5, max_bytes: 100 } } as never), {
    maxCount: 5,
    maxBytes: 100
  })
})

test('a header or a parameter that is empty is left out', async t => {
  const sink = await openSink(t)
  const definition = define(`request:
  url: "{{ settings.url }}"
  query: {a: "{{ settings.key }}"}
  headers: {x-key: "{% if settings.key %}Key {{ settings.key }}{% endif %}", content-type: text/json}
body: {each: "{{ alert }}"}\n`)
  await openPreset(t, definition, { url: 'SINK' }, sink.url).send(alerts(1), signal)
  const { path, headers } = sink.requests()[0]!
  assert.deepEqual([path, headers['x-key'], headers['content-type']], ['/', undefined, 'text/json'])
})

test('a key of a map that is not as the file says is refused by its name', () => {
  for (const type of ['loki', 'alertmanager']) {
    const problems = (labels: object) =>
      outputDefinitions.get(type)!.problems!({ url: 'https://a.example.org', labels } as never)
    assert.deepEqual(problems({ cluster: 'east', _a1: 'b' }), [], type)
    assert.deepEqual(
      problems({ cluster: 'east', 'a-b': 'c' }),
      [{ pointer: '/labels/a-b', message: 'expected a key that matches ^[a-zA-Z_][a-zA-Z0-9_]*$, not a-b' }],
      type
    )
  }
})

test('a setting that makes no header is refused, and is not shown', () => {
  const definition = define(`${request.trim().slice(0, -1)}, headers: {x-key: "{{ settings.key }}"}}
body: {each: "{{ alert }}"}\n`)
  const problems = definition.problems!({ url: 'https://a.example.org', key: 'a\nx-evil: 1' } as never)
  assert.match(problems[0]!.message, /^its settings make no header x-key: expected the value of a header/)
  assert.doesNotMatch(JSON.stringify(problems), /evil/)
})
