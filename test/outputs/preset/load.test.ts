import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatProblem } from '../../../base/errors.ts'
import { parsePreset } from '../../../outputs/preset/load.ts'
import { shippedPresets } from '../../../outputs/preset/shipped.ts'

const good = `description: Sends alerts to a test.
documentation: [https://docs.example.org]
settings:
  url: {type: string, format: http-url, required: true, description: Where it is.}
request:
  url: "{{ settings.url }}"
body:
  each: {text: "{{ alert.output }}"}
`

function problemsOf(text: string): string[] {
  const read = parsePreset(text, 'test.yaml')
  return 'problems' in read ? read.problems.map(formatProblem) : []
}

test('a preset needs little', () => assert.deepEqual(problemsOf(good), []))

for (const [name, path] of shippedPresets) {
  test(`the preset ${name} has no problems`, () => {
    const read = parsePreset(readFileSync(path, 'utf8'), path)
    assert.deepEqual('problems' in read ? read.problems : [], [])
  })
}

const bad: readonly [what: string, from: string, to: string, ...problems: RegExp[]][] = [
  ['a missing key', 'documentation: [https://docs.example.org]\n', '', /^test\.yaml:1:1: missing key documentation$/],
  ['an unknown key', 'body:', 'bdy: 1\nbody:', /^test\.yaml:7:1: unknown key bdy: .*did you mean body\?$/],
  [
    'an unknown key of a setting',
    'required: true',
    'requird: true',
    /^test\.yaml:4:\d+: unknown key requird: .*did you mean required\?$/
  ],
  [
    'a setting that every preset has',
    '  url: {',
    '  tls: {type: string, description: X.}\n  url: {',
    /^test\.yaml:4:3: every preset has a setting tls/
  ],
  [
    'a name that is none',
    '  url: {',
    '  Ur-l: {type: string, description: X.}\n  url: {',
    /small letters, digits and underscores, not Ur-l/
  ],
  [
    'a default that does not fit',
    '  url: {',
    '  n: {type: integer, default: x, description: X.}\n  url: {',
    /^test\.yaml:4:\d+: settings\.n\.default: expected a whole number, not the text "x"$/
  ],
  [
    'a pattern that is none',
    '  url: {',
    '  n: {type: string, pattern: "(", description: X.}\n  url: {',
    /settings\.n\.pattern: expected a regular expression/
  ],
  [
    'a key of another type',
    '  url: {',
    '  n: {type: integer, pattern: x, description: X.}\n  url: {',
    /^test\.yaml:4:\d+: pattern is for string, not for integer$/
  ],
  [
    'keys of what has none',
    '  url: {',
    '  n: {type: list, keys: x, description: X.}\n  url: {',
    /^test\.yaml:4:\d+: keys is for map, not for list$/
  ],
  ['a format that is none', 'format: http-url', 'format: url', /settings\.url\.format: expected one of /],
  [
    'an unknown name',
    'alert.output',
    'alrt.output',
    /^test\.yaml:8:16: body\.each\.text: unknown name alrt; did you mean alert\?/
  ],
  [
    'an unknown setting',
    'settings.url }}',
    'settings.urll }}',
    /^test\.yaml:6:8: request\.url: unknown name settings\.urll; did you mean url\?/
  ],
  [
    'an alert in the URL',
    '"{{ settings.url }}"',
    '"https://a.example.org/{{ alert.rule }}"',
    /request\.url: unknown name alert/
  ],
  ['no URL', '"{{ settings.url }}"', 'ftp://a.example.org', /request: its settings make no URL/],
  [
    'a header of our own',
    'body:',
    '  headers: {host: x}\nbody:',
    /request: expected the name of a header other than host/
  ],
  ['a wrong filter', 'alert.output }}', "alert.output | cut: 'x' }}", /body\.each\.text: expected a whole number/],
  [
    'around without its list',
    'body:',
    'body:\n  join: array\n  around: {a: 1}',
    /body\.around: expected \{\{ alerts \}\} somewhere in it$/
  ],
  ['around without a list', 'body:', 'body:\n  around: {a: "{{ alerts }}"}', /around needs join: array$/],
  ['an action where there are no lines', 'body:', 'body:\n  action: {a: 1}', /action needs join: ndjson$/],
  [
    'an outcome that is none',
    'body:',
    'answers: [{if: status == 1, means: drop}]\nbody:',
    /answers\[0\]\.means: expected one of delivered, retry, hold, refuse/
  ],
  [
    'a condition that does not parse',
    'body:',
    'answers: [{if: stats == 1, means: hold}]\nbody:',
    /answers\[0\]\.if: unknown name stats; did you mean status\?/
  ],
  [
    'an option that is none',
    'body:',
    '  options: [oauth]\nbody:',
    /expected one of headers, auth, signature, compression/
  ],
  ['YAML that is none', 'body:', 'body: [', /^test\.yaml:9:1: Flow sequence/],
  [
    'a path with a question in it',
    '"{{ settings.url }}"\n',
    '"{{ settings.url }}"\n  path: /a?b=c\n',
    /request: expected a path of printable ASCII without \? and #/
  ],
  [
    'a path that does not begin',
    '"{{ settings.url }}"\n',
    '"{{ settings.url }}"\n  path: a\n',
    /request\.path: expected text that matches/
  ],
  ['two problems', 'alert.output', 'alrt.x }} {{ alert.outptu', /unknown name alrt/]
]

for (const [what, from, to, ...expected] of bad) {
  test(`refused: ${what}`, () => {
    assert.ok(good.includes(from))
    const problems = problemsOf(good.replace(from, to))
    assert.ok(problems.length >= expected.length, problems.join('\n'))
    for (const [index, pattern] of expected.entries()) assert.match(problems[index]!, pattern)
  })
}
