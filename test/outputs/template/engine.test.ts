import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered } from '../../../outputs/output.ts'
import {
  compileExpression,
  compilePath,
  compileText,
  compileValue,
  filterNames,
  isTrue
} from '../../../outputs/template/engine.ts'
import { alertNames } from '../../../outputs/template/samples.ts'
import { sendRendered } from '../../../outputs/template/send-rendered.ts'
import { makeAlert } from '../../src/delivery/support.ts'

const alert = makeAlert('1', { output_fields: { 'proc.name': 'cat', 'proc.pid': 7 } })

test('a text is filled in, and what is missing is empty', () => {
  const render = compileText(
    '{{ alert.rule }}: {{ alert.output_fields["proc.name"] }} {{ alert.output_fields.nope }}.',
    alertNames
  )
  assert.equal(render({ alert }), 'Sensitive file read by untrusted program: cat .')
})

test('an expression gives its value, whatever it is', () => {
  const given = (source: string) => compileValue(source, alertNames)({ alert })
  assert.equal(given('{{ alert.output_fields["proc.pid"] }}'), 7)
  assert.deepEqual(given('{{ alert.tags }}'), ['filesystem'])
  assert.equal(given('{{ alert.output_fields.nope }}'), undefined)
})

test('a template cannot be in an alert', () => {
  const evil = '{{ alert.uuid }}{% raw %}'
  assert.equal(compileText('{{ alert.rule }}!', alertNames)({ alert: { ...alert, rule: evil } }), `${evil}!`)
})

test('only own keys are there', () => {
  for (const key of ['constructor', '__proto__', 'toString']) {
    assert.equal(compileText(`{{ alert.output_fields.${key} }}`, alertNames)({ alert }), '')
  }
})

test('conditions are true or false', () => {
  const names = { status: true, json: true } as const
  const holds = (source: string, scope: object) => isTrue(compileExpression(source, names)({ ...scope }))
  assert.equal(
    holds('status == 400 and json.error contains "late"', { status: 400, json: { error: 'too late' } }),
    true
  )
  assert.equal(holds('status == 400 and json.error contains "late"', { status: 400 }), false)
  assert.equal(holds('json.ok', { json: { ok: false } }), false)
  assert.equal(holds('json.ok', { json: { ok: 0 } }), true)
})

test('an expression has no braces', () => {
  for (const source of ['{{ status }}', 'a }} {{ b', '{% if a %}']) {
    assert.throws(() => compileExpression(source, { a: true }), /expected an expression without \{\{ and \}\}/)
  }
})

test('what an expression gives a path stays one segment of it', () => {
  const path = compilePath('/api/{{ settings.a }}/x{{ settings.b }}', { settings: { a: true, b: true } })
  assert.equal(path({ settings: { a: '../b?c#d', b: '1:2@' } }), '/api/..%2Fb%3Fc%23d/x1:2@')
})

const wrong: readonly [source: string, message: RegExp][] = [
  ['{{ alrt.rule }}', /^unknown name alrt; did you mean alert\? \(column 4 of the template\)$/],
  ['{{ alert.rul }}', /^unknown name alert\.rul; did you mean rule\?/],
  ['{{ alert.zzzzzz }}', /^unknown name alert\.zzzzzz; expected one of uuid, time, /],
  ['{{ alert.output_fields[alrt.x] }}', /^unknown name alrt/],
  ['a\nb {{ item }}', /^unknown name item; expected one of alert \(line 2, column 6 of the template\)$/],
  ['{{ alert.rule | jsn }}', /^unknown filter jsn; did you mean json\?/],
  ['{{ alert.rule | where_exp: "a", "b" }}', /^unknown filter where_exp/],
  ['{% fr x in alert.tags %}', /^unknown tag fr; did you mean for\?/],
  ['{% include "/etc/passwd" %}', /^unknown tag include/],
  ['{% render "x" %}', /^unknown tag render/],
  ['{% layout "x" %}', /^unknown tag layout/],
  ['{{ alert.rule', /not closed \(column 1 of the template\)$/],
  ['{% if alert.rule %}', /not closed/],
  ['{{ }}', /invalid value expression/],
  ['x'.repeat(70_000), /parse.*limit/]
]

for (const [source, message] of wrong) {
  test(`refused: ${JSON.stringify(source.slice(0, 60))}`, () => {
    assert.throws(() => compileText(source, alertNames), { message })
  })
}

test('a template that would fill the memory ends with an error', () => {
  const render = compileText('{% for a in (1..100000000) %}{{ a }}{% endfor %}', alertNames)
  assert.throws(() => render({ alert }), /memory.*limit/)
})

test('the texts of an alert share a second, and the next alert has as many', async t => {
  let now = 1000
  t.mock.method(performance, 'now', () => now)
  const render = compileText('{{ alert.rule }}', alertNames)
  const slow = (ms: number): string => {
    now += ms
    return render({ alert })
  }
  const outcomes = await sendRendered(
    [alert, makeAlert('2'), makeAlert('3')],
    ({ uuid }) => slow(750) + slow(uuid === alert.uuid ? 300 : 50),
    async sent => sent.map(() => delivered)
  )
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['reject', 'delivered', 'delivered']
  )
  assert.match(String(Object(outcomes[0]).reason), /template render limit exceeded/)
})

test('a text that takes too long ends with an error', t => {
  let now = 1000
  t.mock.method(performance, 'now', () => now++)
  const render = compileText('{% for a in (1..1500) %}{{ a }}{% endfor %}', alertNames)
  assert.throws(() => render({ alert }), /render.*limit/)
})

test('every filter that is listed is there', () => {
  for (const filter of filterNames) assert.doesNotThrow(() => compileText(`{{ alert.rule | ${filter} }}`, alertNames))
})
