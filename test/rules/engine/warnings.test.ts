/** What is warned of, and what leaves a rule out without an error. Each code of a warning or an error stands here or in a table nearby. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadRuleFiles } from '../../../rules/engine/load.ts'
import { conditionOf, item, list, load, macro, problemsOf, refused, ruleItem, warningsOf } from './loading.ts'

const skip = { 'skip-if-unknown-filter': 'true' }
const broad = 'the rule R admits every event type, which is slow; add a test of evt.type'

const warned: readonly [what: string, text: string, ...warnings: string[]][] = [
  [
    'a source that is not here',
    ruleItem({ source: 'k8s_audit', condition: 'ka.verb = get and unknown_macro', output: '"%ka.verb"' }),
    '1:9 LOAD_UNKNOWN_SOURCE: unknown source k8s_audit of rule R: the rule is left out'
  ],
  ['no event type', ruleItem({ condition: 'proc.name = a' }), `1:9 LOAD_NO_EVTTYPE: ${broad}`],
  [
    'an event type in one of two alternatives',
    ruleItem({ condition: 'evt.type = open or proc.name = a' }),
    `1:9 LOAD_NO_EVTTYPE: ${broad}`
  ],
  [
    'an unknown field, where it is skipped',
    ruleItem({ condition: 'evt.type = open and proc.nmae = a', ...skip }),
    '4:34 LOAD_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?: the rule R is left out'
  ],
  [
    'an unknown field of the output, where it is skipped',
    ruleItem({ output: '"%proc.nmae"', ...skip }),
    '5:13 LOAD_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?: the rule R is left out'
  ],
  [
    'an unknown event type, where it is skipped',
    ruleItem({ condition: 'evt.type in (open, opennat)', ...skip }),
    '4:33 LOAD_UNKNOWN_FILTER: unknown event type opennat; did you mean openat?: the rule R is left out'
  ],
  [
    'a field of another source, where it is skipped',
    ruleItem({ condition: 'proc.name = a', source: 'internal', ...skip }),
    '4:14 LOAD_UNKNOWN_FILTER: events of source internal have no field proc.name: the rule R is left out'
  ],
  [
    'an unknown field of a macro, where it is skipped',
    macro('m', 'proc.nmae = a') + ruleItem({ condition: 'evt.type = open and m', ...skip }),
    '2:14 LOAD_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?: the rule R is left out'
  ],
  [
    'a macro that nothing uses',
    macro('m', 'evt.num = 1') + ruleItem(),
    '1:10 LOAD_UNUSED_MACRO: the macro m is not used'
  ],
  ['a list that nothing uses', list('l', 'a') + ruleItem(), '1:9 LOAD_UNUSED_LIST: the list l is not used'],
  [
    'an unknown item',
    '- module: x\n',
    '1:3 LOAD_UNKNOWN_ITEM: unknown item, which is left out: it has none of the keys required_engine_version, required_plugin_versions, list, macro, rule'
  ],
  [
    'an unknown key of a rule',
    ruleItem({ enabld: 'true' }),
    '6:3 LOAD_UNKNOWN_KEY: unknown key enabld of a rule; did you mean enabled?'
  ],
  [
    'an unknown key of a macro',
    macro('m', 'evt.type = open', { desc: 'x' }) + ruleItem({ condition: 'm' }),
    '3:3 LOAD_UNKNOWN_KEY: unknown key desc of a macro'
  ],
  [
    'an unknown key of a list',
    list('l', 'open', { item: 'x' }) + ruleItem({ condition: 'evt.type in (l)' }),
    '3:3 LOAD_UNKNOWN_KEY: unknown key item of a list; did you mean items?'
  ],
  [
    'a deprecated field of a condition',
    ruleItem({ condition: 'evt.type = open and evt.dir = <' }),
    '4:34 LOAD_DEPRECATED_FIELD: evt.dir is deprecated: Leave it out: calls are seen when they return, and only then.'
  ],
  [
    'a deprecated field of an output',
    ruleItem({ output: '"%evt.dir"' }),
    '5:13 LOAD_DEPRECATED_FIELD: evt.dir is deprecated: Leave it out: calls are seen when they return, and only then.'
  ],
  [
    '%container.info',
    ruleItem({ output: '"a (%container.info) %container.info"' }),
    '5:15 LOAD_DEPRECATED_ITEM: %container.info is deprecated and left out of the output of rule R'
  ],
  [
    'a field that is compared as a text',
    ruleItem({ condition: 'evt.type = open and proc.name in (a, proc.pname, "proc.aname[2]", evt.arg.flags)' }),
    '4:51 LOAD_COMPILE_CONDITION: proc.pname is compared as a text; write val(proc.pname) to compare with the field',
    '4:63 LOAD_COMPILE_CONDITION: proc.aname[2] is compared as a text; write val(proc.aname[2]) to compare with the field',
    '4:80 LOAD_COMPILE_CONDITION: evt.arg.flags is compared as a text; write val(evt.arg.flags) to compare with the field'
  ],
  [
    'a transformer that is compared as a text',
    ruleItem({ condition: 'evt.type = open and proc.name = "tolower( proc.pname)"' }),
    '4:46 LOAD_COMPILE_CONDITION: tolower( proc.pname) is compared as a text; write it without quotes and blanks'
  ],
  ['a capture', ruleItem({ capture: 'true' }), '6:3 LOAD_IGNORED_KEY: capture is ignored: events are not captured']
]

for (const [what, text, ...warnings] of warned) {
  test(`${what} is warned of`, () => {
    assert.deepEqual(
      warningsOf(text),
      warnings.map(warning => `1.yaml:${warning}`)
    )
  })
}

const quiet: readonly [what: string, text: string][] = [
  ['no event type, where warn_evttypes is false', ruleItem({ condition: 'proc.name = a', warn_evttypes: 'false' })],
  [
    'an event type in a macro',
    macro('m', 'evt.type in (open, openat)') + ruleItem({ condition: 'm and proc.name = a' })
  ],
  [
    'a value that begins like a field',
    ruleItem({ condition: 'evt.type = open and proc.name in (proc.foo, a.b, proc.name.x, proc)' })
  ],
  [
    'a value that begins like a transformer',
    ruleItem({ condition: 'evt.type = open and proc.cmdline in ("lower(x)", "tolower(x) y")' })
  ],
  ['val()', ruleItem({ condition: 'evt.type = open and proc.name = val(proc.pname)' })],
  [
    'keys of values that are switched off',
    ruleItem({ capture: 'false', append: 'false', override: '', exceptions: '' })
  ]
]

for (const [what, text] of quiet) test(`${what} is not warned of`, () => assert.deepEqual(warningsOf(text), []))

test('what several rules have from one macro is warned of once', () => {
  const text =
    macro('m', 'evt.type = open and evt.dir = <') +
    ruleItem({ condition: 'm' }) +
    ruleItem({ rule: 'S', condition: 'm' })
  assert.equal(warningsOf(text).length, 1)
})

test('a rule that is left out is not there, and the others are', () => {
  const text = ruleItem({ condition: 'proc.nmae = a', ...skip }) + ruleItem({ rule: 'S' })
  assert.deepEqual(
    load(text).rules.map(({ name }) => name),
    ['S']
  )
})

test('a rule of a known source is not left out because of its name or its tags', () => {
  assert.equal(conditionOf(ruleItem({ source: 'syscall', tags: '[k8s_audit]' })), 'evt.type = open')
  assert.equal(conditionOf(ruleItem({ source: 'internal', condition: 'evt.type = drop' })), 'evt.type = drop')
})

refused([
  [
    'with skip-if-unknown-filter, a syntax that is wrong',
    ruleItem({ condition: 'evt.type = open andd proc.nmae = a', ...skip }),
    '1.yaml:4:30 LOAD_ERR_COMPILE_CONDITION: expected and, or or the end of the condition, found andd'
  ],
  [
    'with skip-if-unknown-filter, a value that does not fit beside an unknown field',
    ruleItem({ condition: 'proc.nmae = a or fd.num = two', ...skip }),
    '1.yaml:4:14 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?',
    '1.yaml:4:40 LOAD_ERR_COMPILE_CONDITION: expected a whole number for fd.num, found two'
  ],
  [
    'with skip-if-unknown-filter, an unknown macro',
    ruleItem({ condition: 'evt.type = open and m', ...skip }),
    '1.yaml:4:34 LOAD_ERR_VALIDATE: unknown macro m'
  ],
  [
    'with skip-if-unknown-filter, an output that is wrong',
    ruleItem({ output: '"100% sure"', ...skip }),
    '1.yaml:5:16 LOAD_ERR_COMPILE_OUTPUT: expected a field after %; write %% for a percent sign'
  ],
  [
    'a field that begins like %container.info',
    ruleItem({ output: '"%container.infos"' }),
    '1.yaml:5:13 LOAD_ERR_UNKNOWN_FILTER: unknown field container.infos; did you mean container.id?'
  ],
  [
    'an open list',
    '- rule: [a\n',
    '1.yaml:2:1 LOAD_ERR_YAML_PARSE: YAML: Flow sequence in block collection must be sufficiently indented and end with a ]'
  ],
  [
    'a rule without an output',
    item({ rule: 'R', desc: 'd', condition: 'evt.type = open', priority: 'INFO' }),
    '1.yaml:1:3 LOAD_ERR_YAML_VALIDATE: the key output is missing'
  ]
])

test('a file that cannot be read has its code', async () => {
  await assert.rejects(loadRuleFiles(['/nowhere/rules.yaml']), {
    problems: [{ message: 'cannot read /nowhere/rules.yaml: it does not exist', code: 'LOAD_ERR_FILE_READ' }]
  })
})

test('with skip-if-unknown-filter switched off again, an unknown field is an error', () => {
  const files = [ruleItem({ ...skip }), item({ rule: 'R', ...skip, override: '{skip-if-unknown-filter: replace}' })]
  files[1] = files[1]!.replace('filter: true', 'filter: false')
  files.push(item({ rule: 'R', condition: 'and proc.nmae = a', override: '{condition: append}' }))
  assert.match(problemsOf(files).join(), /^3\.yaml:2:18 LOAD_ERR_UNKNOWN_FILTER/)
})
