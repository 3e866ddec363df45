import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tree } from '../../config/document.ts'
import { templateProblems } from '../../outputs/webhook-template.ts'
import { makeAlert } from '../src/delivery/support.ts'
import { hostileAlert, sampleAlert, valuesOf } from './preset-cases.ts'
import { openSink, openWebhook } from './webhook-support.ts'

const signal = AbortSignal.timeout(60_000)
const text = '{"summary": {{ alert.rule | json }}, "pid": {{ alert.output_fields["proc.pid"] | json }}}'
const structure = { summary: '{{ alert.rule }}', pid: '{{ alert.output_fields["proc.pid"] }}' }

for (const template of [text, structure]) {
  test(`a ${typeof template === 'string' ? 'text' : 'structure'} stands for the alert in every body`, async t => {
    const sink = await openSink(t)
    const summary = sampleAlert.rule
    const expected = { summary, pid: 4711 }
    for (const [body, parse] of [
      ['single', (given: string) => [JSON.parse(given)]],
      ['array', JSON.parse],
      ['ndjson', valuesOf]
    ] as const) {
      const sent = body === 'single' ? [sampleAlert] : [sampleAlert, sampleAlert]
      await openWebhook(t, sink.url, { body, template }).send(sent, signal)
      assert.deepEqual(
        parse(sink.requests(1)[0]!.body),
        sent.map(() => expected)
      )
    }
  })

  test(`a hostile alert stays in its place (${typeof template})`, async t => {
    const sink = await openSink(t)
    await openWebhook(t, sink.url, { template }).send([hostileAlert], signal)
    const { summary, ...rest } = JSON.parse(sink.requests()[0]!.body)
    assert.equal(summary, hostileAlert.rule)
    assert.deepEqual(rest, typeof template === 'string' ? { pid: null } : {})
  })
}

test('a text of another kind goes with the content type that headers name', async t => {
  const sink = await openSink(t, { faults: JSON.stringify({ faults: [{}] }) })
  const headers = { 'Content-Type': 'text/plain' }
  await openWebhook(t, sink.url, { template: '{{ alert.rule }}\n', headers }).send([sampleAlert], signal)
  const [request] = sink.requests()
  assert.deepEqual([request!.headers['content-type'], request!.body], ['text/plain', 'Sensitive file read\n'])
})

test('an alert that cannot be rendered is rejected, and the others go on', async t => {
  const sink = await openSink(t)
  const output = openWebhook(t, sink.url, {
    body: 'array',
    template: { a: '{{ alert.rule | cut: alert.output_fields.limit }}' }
  })
  const bad = makeAlert('2', { output_fields: { limit: 'x' } })
  const outcomes = await output.send([makeAlert('1'), bad, makeAlert('3')], signal)
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['delivered', 'reject', 'delivered']
  )
  assert.match(JSON.stringify(outcomes[1]), /the template cannot render it: expected a whole number/)
  assert.equal(JSON.parse(sink.requests()[0]!.body).length, 2)
  assert.equal((await output.send([bad], signal))[0]!.kind, 'reject')
  assert.equal(sink.summary().requests, 1, 'nothing is sent for nothing')
})

function problemsOf(template: Tree, body: 'single' | 'array' | 'ndjson' = 'single', type?: string): string[] {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  return templateProblems({ template, body, headers }).map(({ pointer, message }) => `${pointer}: ${message}`)
}

test('what is not JSON for every alert is refused where it should be JSON', () => {
  const notJson = /^\/template: what it gives for an alert with quotes .* is not JSON.*filter json/
  const quoted = '{"a": "{{ alert.rule }}"}'
  assert.match(problemsOf(quoted)[0]!, notJson)
  assert.match(problemsOf('{{ alert.rule }}')[0]!, notJson)
  assert.match(problemsOf(quoted, 'single', 'application/vnd.a+json; charset=utf-8')[0]!, notJson)
  assert.match(problemsOf('{{ alert.rule }}', 'array', 'text/plain')[0]!, notJson)
  assert.deepEqual(problemsOf(quoted, 'single', 'text/plain'), [])
  assert.deepEqual(problemsOf(text), [])
  assert.deepEqual(problemsOf(structure), [])
})

test('a line is one line', () => {
  assert.match(problemsOf('a\nb', 'ndjson', 'text/plain')[0]!, /must be one line/)
  assert.match(problemsOf('{{ alert.rule }}', 'ndjson', 'text/plain')[0]!, /must be one line/)
  assert.deepEqual(problemsOf('{{ alert.rule | printable }}', 'ndjson', 'text/plain'), [])
})

test('what does not parse or render is refused with its place', () => {
  assert.match(problemsOf('{{ alrt.rule }}')[0]!, /^\/template: unknown name alrt/)
  assert.match(problemsOf({ a: [{ b: '{{ alert.rule | nope }}' }] })[0]!, /^\/template\/a\/0\/b: unknown filter nope/)
  assert.match(problemsOf({ a: '{{ alert.rule | cut: "x" }}' })[0]!, /^\/template\/a: expected a whole number/)
})
