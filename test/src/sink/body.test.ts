import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countAlerts, parseAlerts } from '../../../src/sink/body.ts'
import { makeAlert, seededRandom } from '../delivery/support.ts'

const [a, b] = [makeAlert('a'), makeAlert('b')]
const json = JSON.stringify

const good: readonly [what: string, body: string, alerts: readonly unknown[]][] = [
  ['one alert', json(a), [a]],
  ['one alert over several lines', json(a, undefined, 2), [a]],
  ['an array', json([a, b]), [a, b]],
  ['an empty array', '[]', []],
  ['one alert on each line', `${json(a)}\n${json(b)}\n`, [a, b]],
  ['line ends of Windows and empty lines', `${json(a)}\r\n\r\n${json(b)}`, [a, b]]
]

for (const [what, body, alerts] of good) {
  test(`the alerts of a body: ${what}`, () => assert.deepEqual(parseAlerts(body), alerts))
}

const bad: readonly [what: string, body: string, message: RegExp][] = [
  ['nothing', '', /the body is empty/],
  ['white space', ' \n ', /the body is empty/],
  ['text', 'hello', /no JSON/],
  ['a number', '3', /expected a JSON object for each alert/],
  ['null', 'null', /expected a JSON object/],
  ['an array of arrays', '[[]]', /expected a JSON object/],
  ['half an alert', json(a).slice(0, 50), /no JSON/],
  ['a line that is none', `${json(a)}\n{"uuid":`, /line 2/],
  ['a list of commands', 'a\nb', /line 1/]
]

for (const [what, body, message] of bad) {
  test(`no alerts: ${what}`, () => assert.throws(() => parseAlerts(body), { message }))
}

test('whatever the bytes are, there are alerts or an error that says why not', () => {
  const random = seededRandom(3)
  const pieces = [json(a), '{', '}', '[', ']', ',', '\n', '"', '\\', '\u0000', '\ufffd', 'null', '1e999', '{"uuid":3}']
  for (let run = 0; run < 20_000; run += 1) {
    const text = Array.from(
      { length: Math.floor(random() * 8) },
      () => pieces[Math.floor(random() * pieces.length)]
    ).join('')
    try {
      for (const alert of parseAlerts(text))
        assert.ok(typeof alert === 'object' && !Array.isArray(alert) && alert !== null)
    } catch (error) {
      assert.ok(error instanceof Error && error.message.length < 500, String(error))
      assert.equal(error.name, 'Error')
    }
  }
})

test('alerts are counted without being parsed, whatever they contain', () => {
  const evil = makeAlert('"uuid":"x"', { output: '{"uuid":1}', rule: '\\"uuid\\":' })
  for (const alerts of [[], [evil], [evil, a, b]]) {
    assert.equal(countAlerts(Buffer.from(json(alerts))), alerts.length)
    assert.equal(countAlerts(Buffer.from(alerts.map(alert => json(alert)).join('\n'))), alerts.length)
  }
})
