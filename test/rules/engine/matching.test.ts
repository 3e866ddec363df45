import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Engine } from '../../../rules/engine/engine.ts'
import { type LoadOptions, parseRuleFiles } from '../../../rules/engine/load.ts'
import { sampleCall, sampleInternal } from '../support.ts'
import { type Files, list, matched, ruleItem } from './loading.ts'

const all: LoadOptions = { matching: 'all' }
const rule = (name: string, condition = 'evt.type = open') => ruleItem({ rule: name, condition })
const shells = 'evt.type = open and proc.name in (sh, bash)'

const cases: readonly [what: string, files: Files, first: readonly string[], all: readonly string[]][] = [
  ['two rules of one file', rule('A') + rule('B'), ['A'], ['A', 'B']],
  ['the order is that of loading, not of names', rule('B') + rule('A'), ['B'], ['B', 'A']],
  ['rules of several files', [rule('C'), rule('A'), rule('B')], ['C'], ['C', 'A', 'B']],
  [
    'a rule that does not match',
    rule('A', 'evt.type = open and proc.name = x') + rule('B', shells) + rule('C'),
    ['B'],
    ['B', 'C']
  ],
  ['a rule of another type of event', rule('A', 'evt.type = close') + rule('B'), ['B'], ['B']],
  [
    'a rule for every type of event',
    rule('A', 'proc.name = sh') + rule('B') + rule('C', 'proc.name = sh'),
    ['A'],
    ['A', 'B', 'C']
  ],
  ['a disabled rule', ruleItem({ rule: 'A', enabled: 'false' }) + rule('B') + rule('C'), ['B'], ['B', 'C']],
  ['a rule that a later file changes', [rule('A') + rule('B'), rule('A', shells)], ['A'], ['A', 'B']],
  ['one condition twice', rule('A', shells) + rule('B', shells), ['A'], ['A', 'B']],
  ['none', rule('A', 'evt.type = close'), [], []]
]

for (const [what, files, first, every] of cases) {
  test(`rule_matching: ${what}`, () => {
    const fields = { 'proc.name': 'sh' }
    assert.deepEqual(matched(files, fields), first, 'first is the default')
    assert.deepEqual(matched(files, fields, { matching: 'first' }), first)
    assert.deepEqual(matched(files, fields, all), every)
  })
}

test('rule_matching: all keeps the order among hundreds of rules', () => {
  const names = Array.from({ length: 700 }, (_, index) => `rule ${(index * 311) % 700}`)
  const files = names.map(name => rule(name, 'evt.type = open and proc.name = sh')).join('')
  assert.deepEqual(matched(files, { 'proc.name': 'sh' }, all), names)
  assert.deepEqual(matched(files, { 'proc.name': 'sh' }), [names[0]])
})

const engineOf = (text: string, options: LoadOptions) =>
  new Engine(parseRuleFiles([{ path: 'r.yaml', text }], options), {
    hostname: 'h',
    newUuid: () => 'u',
    rateLimit: { burst: 2, perSecond: 1 }
  })

test('with all, each rule that matches raises an alert of its own, in order', () => {
  const text =
    ruleItem({ rule: 'A', output: '"%evt.type"', priority: 'ERROR' }) + ruleItem({ rule: 'B', output: '"%proc.name"' })
  const alerts = engineOf(text, all).evaluate(sampleCall({ type: 'open' }))
  assert.deepEqual(
    alerts.map(({ rule, priority, output }) => [rule, priority, output.replace(/^\S+ /, '')]),
    [
      ['A', 'Error', 'Error open'],
      ['B', 'Informational', 'Informational cat']
    ]
  )
})

test('with all, a rule at its limit does not keep another from its alerts', () => {
  const engine = engineOf(rule('A') + rule('B', 'evt.type in (open, close)'), all)
  const raised = (type: string) => engine.evaluate(sampleCall({ type })).map(alert => alert.rule)
  assert.deepEqual(raised('close'), ['B'])
  assert.deepEqual(raised('open'), ['A', 'B'])
  assert.deepEqual(raised('open'), ['A'], 'B has used up its burst')
  assert.deepEqual(raised('open'), [])
  assert.deepEqual(engine.takeSuppressed(), { A: 1, B: 2 })
})

test('with first, a rule at its limit still keeps the event from those behind it', () => {
  const engine = engineOf(rule('A') + rule('B'), { matching: 'first' })
  const raised = () => engine.evaluate(sampleCall({ type: 'open' })).map(alert => alert.rule)
  assert.deepEqual([raised(), raised(), raised()], [['A'], ['A'], []])
  assert.deepEqual(engine.takeSuppressed(), { A: 1 })
})

test('rules of one source never match events of another', () => {
  const text = ruleItem({ rule: 'A', source: 'internal', condition: 'evt.type = drop' }) + rule('B')
  const engine = engineOf(text, all)
  assert.deepEqual(
    engine.evaluate(sampleInternal('drop', {})).map(alert => alert.rule),
    ['A']
  )
  assert.deepEqual(
    engine.evaluate(sampleCall({ type: 'open' })).map(alert => alert.rule),
    ['B']
  )
})

test('of many rules, one may wait for any of a hundred thousand names', () => {
  const names = Array.from({ length: 150_000 }, (_, index) => `tool-${index}`)
  const few = Array.from({ length: 20 }, (_, index) => rule(`few ${index}`, `proc.name in (a${index}, tool-${index})`))
  const text = list('tools', names.join(', ')) + rule('many', 'proc.name in (tools)') + few.join('')
  assert.deepEqual(matched(text, { 'proc.name': 'tool-19' }, all), ['many', 'few 19'])
  assert.deepEqual(matched(text, { 'proc.name': 'a3' }, all), ['few 3'])
})
