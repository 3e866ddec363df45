/** What an item does to one of its name that is there before: it adds, takes its place, or switches. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, item, list, load, macro, matched, refused, ruleItem, ruleOf, warningsOf } from './loading.ts'

const deprecated = 'LOAD_DEPRECATED_ITEM: append is deprecated; write override with append for the keys that it is for'

test('append of a rule adds to its condition and its exceptions, and is deprecated', () => {
  const exceptions = '[{name: e, fields: fd.name, values: [/a]}]'
  const files = [ruleItem(), item({ rule: 'R', condition: 'and proc.name = x', exceptions, append: 'true' })]
  assert.equal(conditionOf(files), '(evt.type = open and proc.name = x) and not fd.name in (/a)')
  assert.deepEqual(warningsOf(files), [`2.yaml:4:3 ${deprecated}`])
})

test('append of a rule leaves every other key as it was', () => {
  const change = { output: 'p', desc: 'e', tags: '[t]', priority: 'ERROR', enabled: 'false' }
  const files = [ruleItem(), item({ rule: 'R', condition: 'and evt.num = 1', append: 'true', ...change })]
  const { output, description, tags, priority, enabled } = ruleOf(files)
  assert.deepEqual(
    { output: output.parts, description, tags, priority, enabled },
    {
      ...{ output: ['o'], description: 'd', tags: [], priority: 'Informational', enabled: true }
    }
  )
})

test('append of lists and macros adds to them, and is deprecated', () => {
  const files = [
    list('l', 'a') + macro('m', 'proc.name in (l)') + ruleItem({ condition: 'evt.type = open and m' }),
    list('l', 'b', { append: 'true' }) + macro('m', 'or proc.name = c', { append: 'yes' })
  ]
  assert.equal(conditionOf(files), 'evt.type = open and (proc.name in (a, b) or proc.name = c)')
  assert.deepEqual(warningsOf(files), [`2.yaml:3:3 ${deprecated}`, `2.yaml:6:3 ${deprecated}`])
})

test('append: false and an append beside an empty override are what they are', () => {
  assert.deepEqual(warningsOf(ruleItem({ append: 'false' })), [])
  const files = [ruleItem(), item({ rule: 'R', condition: 'and evt.num = 1', append: 'true', override: '{}' })]
  assert.equal(conditionOf(files), 'evt.type = open and evt.num = 1')
})

test('several appends add up, in the order of the files', () => {
  const append = (text: string) => item({ rule: 'R', condition: text, append: 'true' })
  const files = [ruleItem(), append('and proc.name = x'), append('and proc.name = y') + append('and proc.name = z')]
  assert.equal(conditionOf(files), 'evt.type = open and proc.name = x and proc.name = y and proc.name = z')
})

test('an append without exceptions is one to the condition alone, also where exceptions is empty', () => {
  assert.equal(conditionOf([ruleItem(), item({ rule: 'R', exceptions: '', append: 'true' })]), 'evt.type = open')
})

test('a rule that is defined anew has nothing of what it was before', () => {
  const exceptions = '[{name: e, fields: proc.name, values: [x]}]'
  const rich = { tags: '[a]', enabled: 'false', exceptions, priority: 'ERROR', 'skip-if-unknown-filter': 'true' }
  const change = item({ rule: 'R', condition: 'and evt.num = 1', append: 'true' })
  const files = [ruleItem(rich) + change + ruleItem({ rule: 'S' }), ruleItem({ condition: 'evt.type = close' })]
  const { tags, enabled, priority, place } = ruleOf(files)
  assert.equal(conditionOf(files), 'evt.type = close')
  assert.deepEqual({ tags, enabled, priority }, { tags: [], enabled: true, priority: 'Informational' })
  assert.equal(place.file, '2.yaml')
  assert.deepEqual(
    load(files).rules.map(({ name }) => name),
    ['R', 'S'],
    'it keeps its place'
  )
})

test('an exception of the definition before is not there to append to', () => {
  const files = [
    ruleItem({ exceptions: '[{name: e, fields: proc.name, values: [x]}]' }),
    ruleItem() + item({ rule: 'R', exceptions: '[{name: e, fields: fd.name, values: [/a]}]', append: 'true' })
  ]
  assert.equal(conditionOf(files), 'evt.type = open and not fd.name in (/a)')
})

test('a rule that is defined anew is tried where it was tried before', () => {
  const open = { condition: 'evt.type = open' }
  const files = [ruleItem(open) + ruleItem({ ...open, rule: 'S' }), ruleItem(open)]
  assert.deepEqual(matched(files, {}), ['R'])
})

test('an item with nothing but enabled switches the rule, and is deprecated', () => {
  const message =
    'LOAD_DEPRECATED_ITEM: a rule with nothing but enabled is deprecated; write override: {enabled: replace} beside it'
  for (const [before, after] of [
    ['true', 'false'],
    ['false', 'true']
  ] as const) {
    const files = [ruleItem({ enabled: before, tags: '[t]' }), item({ rule: 'R', enabled: after })]
    assert.equal(ruleOf(files).enabled, after === 'true')
    assert.deepEqual(ruleOf(files).tags, ['t'])
    assert.deepEqual(warningsOf(files), [`2.yaml:2:3 ${message}`])
  }
})

test('what is beside enabled in such an item does not count', () => {
  const files = [ruleItem(), item({ rule: 'R', enabled: 'false', tags: '[t]', exceptions: '[]', source: 'other' })]
  const { enabled, tags } = ruleOf(files)
  assert.deepEqual({ enabled, tags }, { enabled: false, tags: [] })
})

test('a disabled rule matches nothing, but is compiled', () => {
  assert.deepEqual(matched(ruleItem({ enabled: 'false' }), {}), [])
  assert.equal(conditionOf(ruleItem({ enabled: 'no' })), 'evt.type = open')
})

test('tags are told once each, in the order of their bytes', () => {
  assert.deepEqual(ruleOf(ruleItem({ tags: '[shell, T1059, container, shell]' })).tags, ['T1059', 'container', 'shell'])
})

for (const [written, priority] of [
  ...['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug'].flatMap(name => [
    [name, name],
    [name.toUpperCase(), name],
    [name.toLowerCase(), name]
  ]),
  ['Info', 'Informational'],
  ['INFO', 'Informational']
] as const) {
  test(`the priority ${written} is ${priority}`, () =>
    assert.equal(ruleOf(ruleItem({ priority: written! })).priority, priority))
}

test('a key that stands twice counts as it stands first, and is warned of', () => {
  const text = `${ruleItem({ tags: '[a]' })}  tags: [b]\n`
  assert.deepEqual(ruleOf(text).tags, ['a'])
  assert.deepEqual(warningsOf(text), ['1.yaml:7:3 LOAD_IGNORED_KEY: the key tags stands twice; the first counts'])
})

refused([
  [
    'a rule that is defined anew with another source',
    [ruleItem(), ruleItem({ source: 'internal', condition: 'evt.type = drop' })],
    '2.yaml:1:9 LOAD_ERR_VALIDATE: the rule R has two sources: syscall before and internal here'
  ],
  [
    'an append to a rule that is defined only later',
    item({ rule: 'R', condition: 'and evt.num = 1', append: 'true' }) + ruleItem(),
    '1.yaml:1:9 LOAD_ERR_VALIDATE: no rule R is defined before'
  ],
  [
    'an append to a list that is defined only later',
    list('l', 'a', { append: 'true' }) + list('l', 'b'),
    '1.yaml:1:9 LOAD_ERR_VALIDATE: no list l is defined before'
  ],
  [
    'an append to a macro that is defined only later',
    macro('m', 'or evt.num = 1', { append: 'true' }) + macro('m', 'evt.num = 2'),
    '1.yaml:1:10 LOAD_ERR_VALIDATE: no macro m is defined before'
  ],
  [
    'an append of nothing',
    ruleItem() + item({ rule: 'R', output: 'x', append: 'true' }),
    '1.yaml:6:9 LOAD_ERR_VALIDATE: nothing is appended: expected condition or exceptions'
  ],
  [
    'a switch of a rule that is not known',
    item({ rule: 'R', enabled: 'false' }),
    '1.yaml:1:9 LOAD_ERR_VALIDATE: no rule R is defined before'
  ],
  [
    'a rule with nothing but its name',
    item({ rule: 'R' }),
    '1.yaml:1:3 LOAD_ERR_YAML_VALIDATE: the keys condition, output, desc, priority are missing'
  ],
  ['a source that is empty', ruleItem({ source: '' }), '1.yaml:6:3 LOAD_ERR_YAML_VALIDATE: source is empty'],
  ['an empty desc', ruleItem({ desc: '""' }), '1.yaml:2:3 LOAD_ERR_YAML_VALIDATE: desc is empty'],
  [
    'tags that are no list',
    ruleItem({ tags: 'a' }),
    '1.yaml:6:9 LOAD_ERR_YAML_VALIDATE: expected a list for tags, found text'
  ],
  [
    'a truth value that is a number',
    ruleItem({ enabled: '1' }),
    '1.yaml:6:12 LOAD_ERR_YAML_VALIDATE: expected true or false for enabled, found 1'
  ]
])
