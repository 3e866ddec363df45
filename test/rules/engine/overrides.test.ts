import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printTemplate } from '../../../rules/engine/format.ts'
import { conditionOf, item, list, load, macro, matched, refused, ruleItem, ruleOf, warningsOf } from './loading.ts'

const base = ruleItem({ desc: 'first', output: 'one %proc.name', tags: '[b, a]', priority: 'INFO' })
const override = (keys: Record<string, string>, changes: string) =>
  item({ rule: 'R', ...keys, override: `{${changes}}` })

/** What the keys of a rule are after the change. */
function shown(...files: string[]) {
  const { description, priority, tags, enabled, output } = ruleOf(files)
  return { condition: conditionOf(files), output: printTemplate(output), description, priority, tags, enabled }
}

const unchanged = {
  condition: 'evt.type = open',
  output: 'one %proc.name',
  description: 'first',
  priority: 'Informational',
  tags: ['a', 'b'],
  enabled: true
}

const changes: readonly [what: string, change: string, changed: Partial<ReturnType<typeof shown>>][] = [
  [
    'condition: append adds the text after a blank',
    override({ condition: 'and proc.name = x' }, 'condition: append'),
    { condition: 'evt.type = open and proc.name = x' }
  ],
  [
    'condition: append may be an or',
    override({ condition: 'or evt.type = close' }, 'condition: append'),
    { condition: 'evt.type = open or evt.type = close' }
  ],
  [
    'condition: replace takes the text away',
    override({ condition: 'evt.type = close' }, 'condition: replace'),
    { condition: 'evt.type = close' }
  ],
  [
    'output: append adds the text after a blank',
    override({ output: 'two' }, 'output: append'),
    { output: 'one %proc.name two' }
  ],
  ['output: replace takes the text away', override({ output: 'two' }, 'output: replace'), { output: 'two' }],
  [
    'desc: append adds the text after a blank',
    override({ desc: 'second' }, 'desc: append'),
    { description: 'first second' }
  ],
  ['desc: replace takes the text away', override({ desc: 'second' }, 'desc: replace'), { description: 'second' }],
  ['tags: append adds those that are new', override({ tags: '[c, a]' }, 'tags: append'), { tags: ['a', 'b', 'c'] }],
  ['tags: replace takes the others away', override({ tags: '[c]' }, 'tags: replace'), { tags: ['c'] }],
  ['tags: replace may leave none', override({ tags: '[]' }, 'tags: replace'), { tags: [] }],
  ['priority: replace', override({ priority: 'error' }, 'priority: replace'), { priority: 'Error' }],
  ['enabled: replace', override({ enabled: 'false' }, 'enabled: replace'), { enabled: false }],
  [
    'several keys, some appended and some replaced',
    override(
      { condition: 'and proc.name = x', desc: 'second', priority: 'Alert' },
      'condition: append, desc: replace, priority: replace'
    ),
    { condition: 'evt.type = open and proc.name = x', description: 'second', priority: 'Alert' }
  ],
  [
    'an empty override with the whole rule is a new definition',
    ruleItem({ override: '{}', tags: '[z]' }),
    {
      ...{ output: 'o', description: 'd', tags: ['z'] }
    }
  ]
]

for (const [what, change, changed] of changes) {
  test(`override: ${what}`, () => {
    assert.deepEqual(shown(base + change), { ...unchanged, ...changed })
    assert.deepEqual(shown(base, change), { ...unchanged, ...changed }, 'in a file of its own')
    assert.deepEqual(warningsOf([base, change]), [])
  })
}

test('an override changes what it names even where it changes nothing else of the same kind', () => {
  const quiet = override({ warn_evttypes: 'false' }, 'warn_evttypes: replace')
  const broad = ruleItem({ condition: 'proc.name = x' })
  assert.equal(warningsOf(broad).length, 1)
  assert.deepEqual(warningsOf(broad + quiet), [])
  const lenient = override({ 'skip-if-unknown-filter': 'true' }, 'skip-if-unknown-filter: replace')
  assert.match(warningsOf(ruleItem({ condition: 'proc.nmae = x' }) + lenient)[0]!, /LOAD_UNKNOWN_FILTER/)
})

test('capture can be replaced, and is ignored', () => {
  const change = override({ capture: 'true', capture_duration: '5' }, 'capture: replace, capture_duration: replace')
  assert.deepEqual(shown(base + change), unchanged)
  assert.deepEqual(warningsOf(base + change), [
    '1.yaml:8:3 LOAD_IGNORED_KEY: capture is ignored: events are not captured'
  ])
})

test('a rule can be changed by several items in several files, one after the other', () => {
  const files = [
    base + override({ condition: 'and proc.name = x' }, 'condition: append'),
    override({ condition: 'or evt.type = close', tags: '[c]' }, 'condition: append, tags: append'),
    override({ tags: '[d]', desc: 'second' }, 'tags: append, desc: append')
  ]
  assert.deepEqual(shown(...files), {
    ...unchanged,
    condition: '(evt.type = open and proc.name = x) or evt.type = close',
    tags: ['a', 'b', 'c', 'd'],
    description: 'first second'
  })
})

test('an override of a rule of an unknown source stays without effect, like the rule', () => {
  const files = [ruleItem({ source: 'k8s_audit', condition: 'ka.verb = get' }) + ruleItem({ rule: 'S' })]
  files.push(override({ condition: 'and ka.user.name = x' }, 'condition: append'))
  assert.deepEqual(
    load(files).rules.map(({ name }) => name),
    ['S']
  )
})

test('the items of a list can be appended to and replaced', () => {
  const files = [list('l', 'a') + ruleItem({ condition: 'evt.type = open and proc.name in (l)' })]
  const names = (change: string) =>
    ['a', 'b'].filter(name => matched([...files, change], { 'proc.name': name }).length > 0)
  assert.deepEqual(names(list('l', 'b', { override: '{items: append}' })), ['a', 'b'])
  assert.deepEqual(names(list('l', 'b', { override: '{items: replace}' })), ['b'])
  assert.deepEqual(names(list('l', 'b')), ['b'])
})

test('the condition of a macro can be appended to and replaced, for the rules that use it already', () => {
  const files = [macro('m', 'proc.name = a') + ruleItem({ condition: 'evt.type = open and m' })]
  const changed = (change: string) => conditionOf([...files, change])
  assert.equal(
    changed(macro('m', 'or proc.name = b', { override: '{condition: append}' })),
    'evt.type = open and (proc.name = a or proc.name = b)'
  )
  assert.equal(
    changed(macro('m', 'proc.name = b', { override: '{condition: replace}' })),
    'evt.type = open and proc.name = b'
  )
})

test('replace defines a list or a macro that is not known yet', () => {
  const text =
    list('l', 'a', { override: '{items: replace}' }) +
    macro('m', 'proc.name in (l)', { override: '{condition: replace}' })
  assert.equal(
    conditionOf(text + ruleItem({ condition: 'evt.type = open and m' })),
    'evt.type = open and proc.name in (a)'
  )
})

const keys =
  'condition, output, desc, tags, exceptions, priority, enabled, warn_evttypes, skip-if-unknown-filter, capture, capture_duration'
const wrong = (code: string, place: string, message: string) => `1.yaml:${place} ${code}: ${message}`
const invalid = (place: string, message: string) => wrong('LOAD_ERR_YAML_VALIDATE', place, message)

for (const key of ['priority', 'enabled', 'warn_evttypes', 'skip-if-unknown-filter', 'capture', 'capture_duration']) {
  refused([
    [
      `override: append of ${key}`,
      ruleItem() + override({ [key]: key === 'priority' ? 'ERROR' : 'true' }, `${key}: append`),
      invalid(`8:${key.length + 16}`, `${key} cannot be appended to; write replace`)
    ]
  ])
}

refused([
  [
    'a key that override names and the item does not have',
    ruleItem() + override({ desc: 'x' }, 'desc: replace, condition: append'),
    invalid('8:29', 'override says append for condition, but the key condition is missing')
  ],
  [
    'a key that the item has and override does not name',
    ruleItem() + override({ desc: 'x', priority: 'ERROR' }, 'desc: replace'),
    invalid('8:3', 'override does not say whether priority is to append or replace')
  ],
  [
    'a key that cannot be overridden',
    ruleItem() + override({ source: 'syscall' }, 'source: replace'),
    invalid('8:14', `source cannot be overridden; expected one of ${keys}`)
  ],
  [
    'a word that override does not know',
    ruleItem() + override({ desc: 'x' }, 'desc: prepend'),
    invalid('8:20', 'expected append or replace for desc, found prepend')
  ],
  [
    'an override that is a list',
    ruleItem() + ruleItem({ override: '[desc]' }),
    invalid('11:13', 'expected a map, found a list')
  ],
  [
    'append beside override',
    ruleItem() + item({ rule: 'R', condition: 'and evt.num = 1', append: 'true', override: '{condition: append}' }),
    invalid('8:3', 'append and override do not go together; keep override')
  ],
  [
    'append beside override of a list',
    list('l', 'a') + list('l', 'b', { append: 'true', override: '{items: append}' }),
    invalid('5:3', 'append and override do not go together; keep override')
  ],
  [
    'an override of a rule that is not known',
    ruleItem({ rule: 'Known' }) + item({ rule: 'Knwon', desc: 'x', override: '{desc: append}' }),
    wrong('LOAD_ERR_VALIDATE', '6:9', 'no rule Knwon is defined before; did you mean Known?')
  ],
  [
    'an override of a rule that is defined only later',
    override({ desc: 'x' }, 'desc: replace') + ruleItem(),
    wrong('LOAD_ERR_VALIDATE', '1:9', 'no rule R is defined before')
  ],
  [
    'an append to a list that is not known',
    list('l', 'a', { override: '{items: append}' }),
    wrong('LOAD_ERR_VALIDATE', '1:9', 'no list l is defined before')
  ],
  [
    'an append to a macro that is not known',
    macro('m', 'or evt.num = 1', { override: '{condition: append}' }),
    wrong('LOAD_ERR_VALIDATE', '1:10', 'no macro m is defined before')
  ],
  [
    'a key of a rule in the override of a list',
    list('l', 'a', { override: '{desc: append}' }),
    invalid('3:14', 'desc cannot be overridden; expected one of items')
  ],
  [
    'a condition that is wrong only with what is appended',
    ruleItem() + override({ condition: 'proc.name = x' }, 'condition: append'),
    wrong('LOAD_ERR_COMPILE_CONDITION', '7:14', 'expected and, or or the end of the condition, found proc.name')
  ]
])
