import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventNames } from '../../../rules/engine/event-names.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { ruleFile, sampleCall, sampleContext } from '../support.ts'

const every = 'every type'
const calls = [...eventNames.get('syscall')!]
const but = (...types: string[]) =>
  calls
    .filter(type => !types.includes(type))
    .sort()
    .join(' ')

const cases: [condition: string, types: string][] = [
  ['evt.type = open', 'open'],
  ['evt.type in (open, openat)', 'open openat'],
  ['evt.type != open', but('open')],
  ['not evt.type = open', but('open')],
  ['not evt.type in (open, openat)', but('open', 'openat')],
  ['not not evt.type = open', 'open'],
  ['evt.type startswith open', 'open open_by_handle_at open_tree open_tree_attr openat openat2'],
  ['evt.type exists', every],
  ['proc.name = x', every],
  ['not proc.name = x', every],
  ['evt.type = open and proc.name = x', 'open'],
  ['evt.type = open and not proc.name = x', 'open'],
  ['evt.type = open or proc.name = x', every],
  ['evt.type = open or evt.type = connect', 'connect open'],
  ['evt.type = open and evt.type = connect', ''],
  ['not (evt.type = open or evt.type = connect)', but('open', 'connect')],
  ['not (evt.type = open and proc.name = x)', every],
  ['not (evt.type = open or proc.name = x)', but('open')],
  ['not (not evt.type = open or proc.name = x)', 'open'],
  ['evt.type in (open, openat) and not evt.type = open', 'openat'],
  ['evt.type = open and evt.dir = <', 'open'],
  ['evt.type = open and evt.dir = >', ''],
  ['evt.type = open and not evt.dir = >', 'open'],
  ['evt.type = open and evt.dir != <', ''],
  ['evt.type = open or evt.dir = >', 'open']
]

for (const [condition, types] of cases) {
  test(`${condition} admits ${types.length > 80 ? 'all but what it excludes' : types || 'nothing'}`, () => {
    const [rule] = parseRuleFiles([{ path: 'f', text: ruleFile(condition) }]).rules
    assert.equal([...(rule!.eventTypes ?? [every])].sort().join(' '), types)
  })
}

test('a ruleset tells which types any of its enabled rules can match', () => {
  const rules = ['evt.type = open', 'evt.type in (connect, open)', 'evt.type = setns'].map((condition, index) =>
    ruleFile(condition).replace('rule: R', `rule: R${index}\n  enabled: ${index < 2}`)
  )
  const ruleset = parseRuleFiles([{ path: 'f', text: rules.join('') }])
  assert.deepEqual([...ruleset.eventTypes('syscall')].sort(), ['connect', 'open'])
  assert.deepEqual([...ruleset.eventTypes('internal')], [])
  assert.deepEqual([...ruleset.eventTypes('elsewhere')], [])
})

test('what is prepared for a type matches as what is made with its first event', () => {
  const files = [{ path: 'f', text: ruleFile('evt.type in (open, openat) and proc.name = cat') }]
  const [prepared, other] = [parseRuleFiles(files), parseRuleFiles(files)]
  prepared.prepare('syscall', ['open', 'connect'])
  for (const type of ['open', 'openat', 'connect']) {
    const names = [prepared, other].map(ruleset => ruleset.match(sampleCall({ type }), sampleContext).length)
    assert.deepEqual(names, type === 'connect' ? [0, 0] : [1, 1], type)
  }
})
