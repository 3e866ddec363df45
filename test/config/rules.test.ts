/** The section `rules`: what is read of it, with its places, and what is refused. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RulesConfig } from '../../config/rules-schema.ts'
import { file, load, problemsOf, type Surroundings } from './helpers.ts'

/** A configuration with this section, which begins in line 2. */
const section = (text: string) => `outputs: [{ type: drum }]\nrules:\n${text}`
const rulesOf = async (text: string, surroundings?: Surroundings): Promise<RulesConfig> =>
  (await load(section(text), surroundings)).rules
const at = (line: number, column: number) => ({ file, line, column })

test('an event goes to the first rule that matches, or to all', async () => {
  assert.equal((await rulesOf('  lists: {}')).matching, 'first')
  assert.equal((await rulesOf('  rule_matching: first')).matching, 'first')
  assert.equal((await rulesOf('  rule_matching: all')).matching, 'all')
})

test('switches are read in their order, with their places', async () => {
  const { switches } = await rulesOf(`
  switches:
    - disable: { rule: "*" }
    - enable: { tag: network }
    - { enable: { rule: Read sensitive file } }
`)
  assert.deepEqual(switches, [
    { enabled: false, rule: '*', place: at(5, 7) },
    { enabled: true, tag: 'network', place: at(6, 7) },
    { enabled: true, rule: 'Read sensitive file', place: at(7, 7) }
  ])
})

test('what is added to outputs is read with its places', async () => {
  const { appendOutput } = await rulesOf(`
  append_output:
    - extra_output: "x=%proc.name"
    - match: { rule: A, source: syscall, tags: [a, b] }
      extra_fields:
        - proc.aname[4]
        - "proc.pid"
        - { who: "%user.name", "a/b": c }
    - match: { tags: [] }
`)
  assert.deepEqual(appendOutput, [
    { place: at(5, 7), output: { text: 'x=%proc.name', place: at(5, 21) }, fields: [] },
    {
      place: at(6, 7),
      rule: 'A',
      source: 'syscall',
      tags: ['a', 'b'],
      fields: [
        { kind: 'field', name: 'proc.aname[4]', text: 'proc.aname[4]', place: at(8, 11) },
        { kind: 'field', name: 'proc.pid', text: 'proc.pid', place: at(9, 11) },
        { kind: 'template', name: 'who', text: '%user.name', place: at(10, 18) },
        { kind: 'template', name: 'a/b', text: 'c', place: at(10, 39) }
      ]
    },
    { place: at(11, 7), tags: [], fields: [] }
  ])
})

test('what is added to outputs may come from the environment', async () => {
  const { appendOutput } = await rulesOf('  append_output: [{ extra_output: "node=${env:NODE}" }]', {
    env: { NODE: 'node-1' }
  })
  assert.equal(appendOutput[0]?.output?.text, 'node=node-1')
})

test('threads can exchange it', async () => {
  const rules = await rulesOf(
    '  switches: [{ enable: { tag: a } }]\n  append_output: [{ extra_fields: [a.b, { c: d }] }]'
  )
  assert.deepEqual(structuredClone(rules), rules)
})

const keys = 'expected one of files, lists, rule_matching, switches, rate_limits, append_output'
const bad: readonly [text: string, problem: string][] = [
  ['  rule_matching: any', '3:18: rules.rule_matching: expected one of first, all, not the text "any"'],
  ['  rule_matchng: all', `3:3: unknown key rule_matchng: ${keys}; did you mean rule_matching?`],
  ['  switches: { enable: { rule: x } }', '3:13: rules.switches: expected a list, not a mapping'],
  [
    '  switches: [{ enabel: { rule: x } }]',
    '3:16: unknown key enabel: expected one of enable, disable; did you mean enable?'
  ],
  ['  switches: [{}]', '3:14: rules.switches[0]: expected one key: enable or disable'],
  [
    '  switches: [{ enable: { tag: x }, disable: { tag: x } }]',
    '3:14: rules.switches[0]: expected one key: enable or disable'
  ],
  ['  switches: [{ enable: { rule: x, tag: y } }]', '3:24: rules.switches[0].enable: expected one key: rule or tag'],
  ['  switches: [{ enable: x }]', '3:24: rules.switches[0].enable: expected a mapping, not the text "x"'],
  ['  switches: [{ enable: { rul: x } }]', '3:26: unknown key rul: expected one of rule, tag; did you mean rule?'],
  ['  switches: [{ enable: { rule: "" } }]', '3:32: rules.switches[0].enable.rule: expected text that is not empty'],
  ['  rate_limits: [{ rule: x }]', '3:17: rules.rate_limits[0]: missing key per_second'],
  [
    '  rate_limits: [{ rule: x, per_second: 0 }]',
    '3:40: rules.rate_limits[0].per_second: expected at least 0.0001, not 0'
  ],
  ['  append_output: { extra_output: x }', '3:18: rules.append_output: expected a list, not a mapping'],
  [
    '  append_output: [{ extra_outptu: x }]',
    '3:21: unknown key extra_outptu: expected one of match, extra_output, extra_fields; did you mean extra_output?'
  ],
  [
    '  append_output: [{ match: { tag: x } }]',
    '3:30: unknown key tag: expected one of rule, source, tags; did you mean tags?'
  ],
  [
    '  append_output: [{ match: { tags: x } }]',
    '3:36: rules.append_output[0].match.tags: expected a list, not the text "x"'
  ],
  [
    '  append_output: [{ extra_fields: a.b }]',
    '3:35: rules.append_output[0].extra_fields: expected a list, not the text "a.b"'
  ],
  [
    '  append_output: [{ extra_fields: [5] }]',
    '3:36: rules.append_output[0].extra_fields[0]: expected text or a mapping, not 5'
  ],
  [
    '  append_output: [{ extra_fields: [{ a: 5 }] }]',
    '3:41: rules.append_output[0].extra_fields[0].a: expected text, not 5'
  ],
  ['  append_output: [{ extra_output: 5 }]', '3:35: rules.append_output[0].extra_output: expected text, not 5']
]

describe('a wrong section is refused with place and hint:', () => {
  for (const [text, problem] of bad) {
    test(text.trim(), async () => assert.deepEqual(await problemsOf(section(text)), [problem]))
  }
})
