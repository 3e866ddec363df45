import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rule, warningsOf } from '../support.ts'
import { problemsOf } from './loading.ts'

const warned: [what: string, text: string, warnings: string[]][] = [
  [
    'a macro and a list that nothing uses',
    `- macro: m\n  condition: evt.num = 0\n- list: l\n  items: []\n${rule({})}`,
    ['3:9: the list l is not used', '1:10: the macro m is not used']
  ],
  ['an unknown key', rule({ author: 'me' }), ['6:3: unknown key author of a rule']],
  ['a mistyped key', rule({ tagss: '[a]' }), ['6:3: unknown key tagss of a rule; did you mean tags?']],
  ['a mistyped item', '- rul: R\n', ['1:3: unknown item, which is left out: did you mean rule?']],
  [
    'a mistyped source',
    rule({ source: 'sycall' }),
    ['1:9: unknown source sycall of rule R: the rule is left out; did you mean syscall?']
  ],
  [
    'an unknown item',
    '- something_else: 1\n',
    [
      '1:3: unknown item, which is left out: it has none of the keys required_engine_version, required_plugin_versions, list, macro, rule'
    ]
  ],
  ['a key that changes nothing', rule({ capture: 'true' }), ['6:3: capture is ignored: events are not captured']],
  [
    'a rule that admits every event',
    rule({ condition: 'proc.name = x' }),
    ['1:9: the rule R admits every event type, which is slow; add a test of evt.type']
  ],
  [
    'a rule of a source that is not here',
    rule({ source: 'k8s_audit', condition: 'ka.verb = get' }),
    ['1:9: unknown source k8s_audit of rule R: the rule is left out']
  ],
  [
    'a field that no sensor delivers, once for all rules',
    `${rule({ condition: 'evt.type = open and container.name = x and container.name != y' })}${rule({ rule: 'S', condition: 'evt.type = open and not container.name = x' })}`,
    ['4:34: no sensor delivers container.name yet: it is missing in every event (R, S)']
  ]
]

for (const [what, text, warnings] of warned) {
  test(`${what} gives a warning`, () => assert.deepEqual(warningsOf(text), warnings))
}

const quiet: [what: string, text: string][] = [
  ['an empty file', ''],
  ['a file of comments and empty documents', '# nothing\n---\n---\n[]\n'],
  ['keys that are not in use', rule({ append: 'false', exceptions: '[]', override: '{}', capture: 'false' })],
  ['a rule that says it knows what it costs', rule({ condition: 'proc.name = x', warn_evttypes: 'false' })],
  ['a disabled rule with fields that no sensor delivers', rule({ condition: 'container.name = x', enabled: 'false' })],
  ['priorities in any case, and Info', rule({ priority: 'info' }) + rule({ rule: 'S', priority: 'cRiTiCaL' })],
  [
    'versions that are old enough',
    '- required_engine_version: 57\n- required_engine_version: 0.57.0-rc1\n- required_plugin_versions: [{name: container, version: 0.4.0}]\n'
  ]
]

for (const [what, text] of quiet) {
  test(`${what} gives neither problems nor warnings`, () => assert.deepEqual(warningsOf(text), []))
}

for (const opened of ['[', '- ', '{a: ']) {
  test(`YAML that is nothing but ${opened} is said to be nested too deep`, () => {
    const [problem] = problemsOf(opened.repeat(20_000))
    assert.match(problem!, /^1\.yaml:1:\d+ LOAD_ERR_YAML_PARSE: YAML: nested too deep$/)
  })
}
