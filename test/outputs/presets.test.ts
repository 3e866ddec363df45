import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { outputDefinitions } from '../../outputs/index.ts'
import type { Outcome } from '../../outputs/output.ts'
import { shippedPresets } from '../../outputs/preset/shipped.ts'
import { hostileAlert, openPreset, readCase, sampleAlert, valueAt, valuesOf } from './preset-cases.ts'
import { alerts, always, openSink, reasonOf } from './webhook-support.ts'

/** An hour after the sample alert: far ends refuse what is much older. */
const now = Date.parse('2026-01-02T04:00:00Z')

const signal = AbortSignal.timeout(120_000)

test('every preset that ships has cases', () => {
  const cases = readdirSync(new URL('presets/', import.meta.url)).map(file => file.replace('.yaml', ''))
  assert.deepEqual(cases.sort(), [...shippedPresets.keys()].sort())
})

for (const name of shippedPresets.keys()) {
  const definition = outputDefinitions.get(name)!
  const { settings, request: expected, hostile, fits = [], answers } = readCase(name)

  test(`${name}: an alert arrives as the far end documents it`, async t => {
    t.mock.timers.enable({ apis: ['Date'], now })
    const sink = await openSink(t, { faults: always({ status: 200 }) })
    await openPreset(t, definition, settings, sink.url).send([sampleAlert], signal)
    const [request] = sink.requests()
    assert.equal(request!.method, expected.method ?? 'POST')
    assert.equal(request!.path, expected.path)
    for (const [header, value] of Object.entries(expected.headers))
      assert.equal(request!.headers[header], value, header)
    assert.deepEqual(valuesOf(request!.body), expected.lines ?? [expected.body])
  })

  test(`${name}: what stands in a hostile alert stays in its place`, async t => {
    t.mock.timers.enable({ apis: ['Date'], now })
    const sink = await openSink(t, { faults: always({ status: 200 }) })
    await openPreset(t, definition, settings, sink.url).send([hostileAlert], signal)
    const [request] = sink.requests()
    assert.equal(request!.path, expected.path)
    assert.equal(request!.headers['x-evil'], undefined)
    assert.doesNotMatch(request!.body.trimEnd(), /[^\n\P{Cc}]|\p{Bidi_Control}|(?<!\\)\\ud800/u)
    const values = valuesOf(request!.body)
    assert.equal(values.length, (expected.lines ?? [1]).length)
    for (const [pointer, value] of Object.entries(hostile.at)) {
      assert.deepEqual(valueAt(values.at(-1), pointer), value, pointer)
    }
    for (const pattern of hostile.never ?? []) assert.doesNotMatch(request!.body, new RegExp(pattern, 'u'))
  })

  if (fits.length > 0) {
    test(`${name}: no text is too long for it, whatever is escaped in it`, async t => {
      const sink = await openSink(t, { faults: always({ status: 200 }), keepRequests: 1 })
      const output = openPreset(t, definition, settings, sink.url)
      // Escapes, characters of three bytes and of two units, and what is not printable.
      for (const text of ['@', '<', '`', '(', '漢', '🦅', '\u202e', 'a.bc', '&']) {
        const long = text.repeat(20_000)
        const fields = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}${long}`, long]))
        const alert = { ...sampleAlert, rule: long, hostname: long, output: long, output_fields: fields }
        assert.deepEqual(await output.send([alert], signal), [{ kind: 'delivered' }], text)
        const { body } = sink.requests()[0]!
        for (const { at, most, unit } of fits) {
          const size = at === '' ? Buffer.byteLength(body) : sizeOf(valueAt(JSON.parse(body), at), unit)
          assert.ok(size <= most, `${size} ${unit} of ${text} at ${at}`)
        }
      }
    })
  }

  test(`${name}: its cases have every kind of answer`, () => {
    const kinds = new Set(answers.flatMap(({ outcome }) => outcome))
    for (const kind of ['delivered', 'retry', 'hold', 'reject']) assert.ok(kinds.has(kind), kind)
  })

  for (const { what, settings: own, answer, alerts: count = 1, outcome, after_ms: afterMs, reason } of answers) {
    test(`${name}: ${what}`, async t => {
      const sink = await openSink(t, { faults: always(answer) })
      const outcomes = await openPreset(t, definition, { ...settings, ...own }, sink.url).send(alerts(count), signal)
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        typeof outcome === 'string' ? Array(count).fill(outcome) : outcome
      )
      const first = outcomes.find(({ kind }) => kind !== 'delivered')
      if (first === undefined) return
      assert.equal(pauseOf(first), afterMs)
      assert.match(reasonOf(first), new RegExp(reason ?? `answered ${answer.status}`))
      for (const secret of ['s3cret', 'XXXXXXXXXXXXXXXX']) assert.ok(!reasonOf(first).includes(secret))
    })
  }
}

/** Of all texts in a value. */
function sizeOf(value: unknown, unit: 'characters' | 'bytes'): number {
  if (typeof value === 'string') return unit === 'bytes' ? Buffer.byteLength(value) : value.length
  return Object.values(Object(value)).reduce((sum: number, member) => sum + sizeOf(member, unit), 0)
}

function pauseOf(outcome: Outcome): number | undefined {
  return outcome.kind === 'retry' ? outcome.afterMs : undefined
}
