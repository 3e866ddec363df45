import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, list, macro, matched, refused, ruleItem, warningsOf } from './loading.ts'

const using = (condition: string) => ruleItem({ condition: JSON.stringify(condition) })
const either = macro('m', 'proc.name = a or proc.name = b')

const substituted: readonly [what: string, macros: string, condition: string, expected: string][] = [
  [
    'needs no parentheses beside and',
    either,
    'evt.type = open and m',
    'evt.type = open and (proc.name = a or proc.name = b)'
  ],
  [
    'needs no parentheses before and',
    either,
    'm and evt.type = open',
    '(proc.name = a or proc.name = b) and evt.type = open'
  ],
  [
    'needs no parentheses after not',
    either,
    'evt.type = open and not m',
    'evt.type = open and not (proc.name = a or proc.name = b)'
  ],
  ['may stand alone', either, 'm', 'proc.name = a or proc.name = b'],
  [
    'may stand in parentheses',
    either,
    'evt.type = open and ((m))',
    'evt.type = open and (proc.name = a or proc.name = b)'
  ],
  [
    'may be used twice',
    macro('m', 'proc.name = a'),
    'm or (m and evt.num = 1)',
    'proc.name = a or (proc.name = a and evt.num = 1)'
  ],
  [
    'may use another',
    either + macro('n', 'm and evt.num = 1'),
    'n',
    '(proc.name = a or proc.name = b) and evt.num = 1'
  ],
  ['uses lists', list('l', 'a, b') + macro('m', 'proc.name in (l)'), 'm', 'proc.name in (a, b)'],
  [
    'may have the name of a list elsewhere in the condition',
    list('l', 'a') + macro('m_l', 'proc.name in (l)'),
    'm_l',
    'proc.name in (a)'
  ],
  [
    'may begin like a keyword',
    macro('notable', 'proc.name = a') + macro('order', 'evt.num = 1'),
    'notable and order',
    'proc.name = a and evt.num = 1'
  ]
]

for (const [what, macros, condition, expected] of substituted) {
  test(`a macro ${what}`, () => assert.equal(conditionOf(macros + using(condition)), expected))
}

test('a macro that is defined anew changes the rules and macros that use it', () => {
  const first = macro('m', 'proc.name = a') + macro('n', 'not m') + using('evt.type = open and n')
  assert.equal(conditionOf([first, macro('m', 'proc.name = b')]), 'evt.type = open and not proc.name = b')
  assert.deepEqual(matched([first, macro('m', 'proc.name = b')], { 'proc.name': 'a' }), ['R'])
  assert.deepEqual(matched([first, macro('m', 'proc.name = b')], { 'proc.name': 'b' }), [])
})

test('what is appended to a macro is joined with a blank, and changes those that use it', () => {
  const first = macro('m', 'proc.name = a') + using('evt.type = open and m')
  const append = (condition: string) => macro('m', condition, { override: '{condition: append}' })
  assert.equal(
    conditionOf([first + append('or proc.name = b'), append('or proc.name = c')]),
    'evt.type = open and (proc.name = a or proc.name = b or proc.name = c)'
  )
  assert.equal(conditionOf([first, append('and evt.num = 1')]), 'evt.type = open and (proc.name = a and evt.num = 1)')
})

test('a macro that is defined anew, or appended to, may use what was defined meanwhile', () => {
  const first = macro('m', 'proc.name = a') + using('evt.type = open and m')
  const later = macro('later', 'proc.name = b')
  assert.equal(conditionOf([first, later + macro('m', 'later')]), 'evt.type = open and proc.name = b')
  assert.equal(
    conditionOf([first, later + macro('m', 'or later', { append: 'true' })]),
    'evt.type = open and (proc.name = a or proc.name = b)'
  )
})

test('a rule may use a macro that stands after it in its file', () => {
  assert.equal(
    conditionOf(using('evt.type = open and m') + macro('m', 'proc.name = a')),
    'evt.type = open and proc.name = a'
  )
})

test('a name that no condition can use is warned of, twice as nothing uses it', () => {
  assert.deepEqual(warningsOf(macro('test-macro', 'evt.type = close') + ruleItem()), [
    '1.yaml:1:10 LOAD_INVALID_MACRO_NAME: conditions can hardly use a macro of this name: expected a letter, then letters, digits and _',
    '1.yaml:1:10 LOAD_UNUSED_MACRO: the macro test-macro is not used'
  ])
})

test('a macro counts as used where a rule or another macro names it', () => {
  const unused = (text: string) => warningsOf(text).filter(each => each.includes('LOAD_UNUSED'))
  assert.deepEqual(unused(either + macro('n', 'm') + ruleItem()), [
    '1.yaml:3:10 LOAD_UNUSED_MACRO: the macro n is not used'
  ])
  assert.deepEqual(unused(either + using('evt.type = open and m')), [])
})

const validate = (place: string, message: string) => `1.yaml:${place} LOAD_ERR_VALIDATE: ${message}`

refused([
  [
    'an unknown macro',
    macro('in_container', 'evt.num = 1') + using('in_contaner'),
    validate('6:15', 'unknown macro in_contaner; did you mean in_container?')
  ],
  ['an unknown macro in a macro', macro('m', 'evt.num = 1 and n'), validate('2:30', 'unknown macro n')],
  ['a macro that uses itself', macro('m', 'evt.num = 1 or m'), validate('2:29', 'the macro m uses itself')],
  [
    'a macro that is defined anew with itself',
    either + macro('m', 'm or evt.num = 1'),
    validate('4:14', 'the macro m uses itself')
  ],
  [
    'a macro that uses one which is defined only later',
    macro('m', 'n') + macro('n', 'evt.num = 1'),
    validate('2:14', 'the macro n is defined only after this one')
  ],
  [
    'a circle through macros that are defined anew',
    macro('m', 'evt.num = 1') + macro('n', 'm') + macro('m', 'not n'),
    validate('4:14', 'the macro m uses itself')
  ],
  ['a macro without a condition', '- macro: m\n', '1.yaml:1:3 LOAD_ERR_YAML_VALIDATE: the key condition is missing'],
  [
    'a macro that nothing uses and that cannot be read',
    macro('m', 'evt.num ='),
    '1.yaml:2:23 LOAD_ERR_COMPILE_CONDITION: expected a value, found the end of the condition'
  ],
  [
    'an append to a macro that leaves no condition',
    either + macro('m', 'proc.name = c', { append: 'true' }),
    '1.yaml:4:14 LOAD_ERR_COMPILE_CONDITION: expected and, or or the end of the condition, found proc.name'
  ]
])
