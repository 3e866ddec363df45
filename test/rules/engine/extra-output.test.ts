import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../../collector/event.ts'
import { Engine } from '../../../rules/engine/engine.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import type { ExtraFieldText, ExtraOutput } from '../../../rules/engine/rule-output.ts'
import { descendantOf, sampleCall, sampleInternal } from '../support.ts'
import { load, problemsOf, ruleItem, warningsOf } from './loading.ts'

const place = { file: 'tercel.yaml', line: 7, column: 9 }
const output = (text: string): Pick<ExtraOutput, 'output'> => ({ output: { text, place } })
const field = (text: string): ExtraFieldText => ({ kind: 'field', name: text, text, place })
const template = (name: string, text: string): ExtraFieldText => ({ kind: 'template', name, text, place })

const text =
  ruleItem({ rule: 'One', tags: '[a, b]', output: 'one' }) +
  ruleItem({ rule: 'Two', tags: '[b]', output: 'two' }) +
  ruleItem({ rule: 'Own', source: 'internal', condition: 'evt.type = drop', output: 'own' })
const open = sampleCall({ type: 'open', process: descendantOf('bash', 'sshd') })
const drop = sampleInternal('drop', {})

/** What the rules say with these additions, without the time and the priority. */
function told(extraOutputs: readonly ExtraOutput[], event: Event = open): string[] {
  const ruleset = parseRuleFiles([{ path: 'r.yaml', text }], { extraOutputs, matching: 'all' })
  const engine = new Engine(ruleset, { hostname: 'h', newUuid: () => 'u' })
  return engine.evaluate(event).map(alert => alert.output.replace(/^\S+ \S+ /, ''))
}

function fieldsOf(fields: readonly ExtraFieldText[]): Readonly<Record<string, unknown>> {
  const ruleset = parseRuleFiles([{ path: 'r.yaml', text }], { extraOutputs: [{ fields }] })
  const [alert] = new Engine(ruleset, { hostname: 'h', newUuid: () => 'u' }).evaluate(open)
  const { 'evt.time': _, ...others } = alert!.output_fields
  return others
}

const cases: readonly [what: string, extra: readonly ExtraOutput[], told: readonly string[]][] = [
  ['nothing', [], ['one', 'two']],
  ['a text for every rule', [output('type=%evt.type')], ['one type=open', 'two type=open']],
  ['several, in their order', [output('1'), output('2')], ['one 1 2', 'two 1 2']],
  ['to a rule by its name', [{ rule: 'Two', ...output('x') }], ['one', 'two x']],
  ['to rules by a star', [{ rule: 'T*', ...output('x') }], ['one', 'two x']],
  ['to rules with a tag', [{ tags: ['b'], ...output('x') }], ['one x', 'two x']],
  ['to rules with all of several tags', [{ tags: ['b', 'a'], ...output('x') }], ['one x', 'two']],
  ['to rules of a source', [{ source: 'syscall', ...output('x') }], ['one x', 'two x']],
  ['to rules of another source', [{ source: 'internal', ...output('x') }], ['one', 'two']],
  ['where everything fits', [{ source: 'syscall', rule: 'One', tags: ['a'], ...output('x') }], ['one x', 'two']],
  ['where one thing does not', [{ source: 'syscall', rule: 'One', tags: ['c'], ...output('x') }], ['one', 'two']],
  ['with a percent sign and a width', [{ rule: 'One', ...output('100%% %5evt.type|') }], ['one 100% open |', 'two']]
]

for (const [what, extra, expected] of cases) {
  test(`append_output: ${what}`, () => assert.deepEqual(told(extra), expected))
}

test('rules about tercel itself are meant only by their source or their name', () => {
  assert.deepEqual(told([output('%proc.name')], drop), ['own'])
  assert.deepEqual(told([{ source: 'internal', ...output('%evt.type') }], drop), ['own drop'])
  assert.deepEqual(told([{ rule: 'Own', ...output('%evt.type') }], drop), ['own drop'])
})

test('fields keep their type, under the name that they have in rules', () => {
  assert.deepEqual(fieldsOf([field('proc.pid'), field('proc.aname[2]'), field('evt.failed'), field('proc.aname[9]')]), {
    'proc.pid': 100,
    'proc.aname[2]': 'sshd',
    'evt.failed': false,
    'proc.aname[9]': null
  })
})

test('templates are texts, under a name of their own', () => {
  assert.deepEqual(
    fieldsOf([
      template('pid', '%proc.pid'),
      template('chain', '%proc.aname[2] > %proc.pname'),
      template('none', '%proc.aname[9]')
    ]),
    {
      pid: '100',
      chain: 'sshd > bash',
      none: '<NA>'
    }
  )
})

test('transformers may stand in what is added', () => {
  assert.deepEqual(fieldsOf([field('toupper(proc.pname)'), template('t', '%basename(proc.exepath)')]), {
    'toupper(proc.pname)': 'BASH',
    t: 'cat'
  })
})

test('the later of two fields of one name counts, and it may take the place of one of the rule', () => {
  assert.deepEqual(fieldsOf([template('x', '1'), template('x', '2')]), { x: '2' })
})

const wrong: readonly [what: string, extra: ExtraOutput, problem: string][] = [
  [
    'a field that does not exist',
    { fields: [field('proc.nmae')] },
    'LOAD_ERR_COMPILE_OUTPUT: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'an unknown field in a text',
    output('x %proc.nmae'),
    'LOAD_ERR_COMPILE_OUTPUT: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'an unknown field in a template',
    { fields: [template('x', '%proc.nmae')] },
    'LOAD_ERR_COMPILE_OUTPUT: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'a template for a field',
    { fields: [field('%proc.name')] },
    'LOAD_ERR_COMPILE_OUTPUT: expected a field such as proc.aname[2], found %proc.name'
  ],
  [
    'more than a field',
    { fields: [field('proc.name x')] },
    'LOAD_ERR_COMPILE_OUTPUT: expected a field such as proc.aname[2], found proc.name x'
  ],
  [
    'two fields',
    { fields: [field('proc.name%proc.pid')] },
    'LOAD_ERR_COMPILE_OUTPUT: expected a field such as proc.aname[2], found proc.name%proc.pid'
  ],
  [
    'a lonely percent sign',
    output('100%'),
    'LOAD_ERR_COMPILE_OUTPUT: expected a field after %; write %% for a percent sign'
  ],
  [
    'a field of another source',
    { source: 'internal', ...output('%proc.name') },
    'LOAD_ERR_COMPILE_OUTPUT: events of source internal have no field proc.name'
  ]
]

for (const [what, extra, problem] of wrong) {
  test(`append_output: ${what} is one error, at its place`, () => {
    assert.deepEqual(problemsOf(text, { extraOutputs: [extra] }), [`tercel.yaml:7:9 ${problem}`])
  })
}

test('what is added and is wrong leaves out no rule that may be left out for its own fields', () => {
  const lenient = ruleItem({ 'skip-if-unknown-filter': 'true' })
  assert.deepEqual(problemsOf(lenient, { extraOutputs: [output('%proc.nmae')] }), [
    'tercel.yaml:7:9 LOAD_ERR_COMPILE_OUTPUT: unknown field proc.nmae; did you mean proc.name?'
  ])
})

test('the condition is not asked for what the output has', () => {
  const extraOutputs = [{ ...output('%container.name'), fields: [field('container.image')] }]
  assert.deepEqual(warningsOf(text, { extraOutputs }), [])
  assert.deepEqual(load(text, { extraOutputs }).rules[0]!.fields, ['evt.type'])
})

test('what fits no rule is warned of', () => {
  const warnings = (extra: ExtraOutput) => warningsOf(text, { extraOutputs: [{ ...extra, place }] })
  const nothing = 'tercel.yaml:7:9 LOAD_UNKNOWN_ITEM: no rule fits, so that nothing is added to any output'
  assert.deepEqual(warnings({ rule: 'Onee', ...output('x') }), [`${nothing}; did you mean One?`])
  assert.deepEqual(warnings({ tags: ['a', 'c'], ...output('x') }), [nothing])
  assert.deepEqual(warnings({ source: 'sycall', ...output('x') }), [nothing])
  assert.deepEqual(warnings({ rule: 'O*', ...output('x') }), [])
})
