import assert from 'node:assert/strict'
import { test } from 'node:test'
import { item, load, problemsOf, type Refused, refused, ruleItem, warningsOf } from './loading.ts'

const rule = (exception: string) => ruleItem({ exceptions: `[${exception}]` })
const append = (exception: string) =>
  item({ rule: 'R', exceptions: `[${exception}]`, override: '{exceptions: append}' })
const replace = (exception: string) =>
  item({ rule: 'R', exceptions: `[${exception}]`, override: '{exceptions: replace}' })

/** A problem of the exceptions of the first rule, which stand in line 6. */
const validate = (column: number, message: string) => `1.yaml:6:${column} LOAD_ERR_VALIDATE: ${message}`
const yaml = (place: string, message: string) => `1.yaml:${place} LOAD_ERR_YAML_VALIDATE: ${message}`

const rows: readonly Refused[] = [
  ['an exception without fields', rule('{name: e, values: [a]}'), validate(23, 'the exception e has no fields')],
  [
    'an exception with an empty list of fields',
    rule('{name: e, fields: []}'),
    validate(34, 'the exception e has no fields')
  ],
  [
    'a list of operators for one field',
    rule('{name: e, fields: proc.name, comps: [in]}'),
    validate(52, 'comps is one operator where fields is one field')
  ],
  [
    'one operator for a list of fields',
    rule('{name: e, fields: [proc.name], comps: in}'),
    validate(54, 'comps is a list where fields is one')
  ],
  [
    'fewer operators than fields',
    rule('{name: e, fields: [proc.name, fd.name], comps: [=]}'),
    validate(63, 'fields and comps have different lengths: 2 fields and 1 operators')
  ],
  [
    'more operators than fields',
    rule('{name: e, fields: [proc.name], comps: [=, =]}'),
    validate(54, 'fields and comps have different lengths: 1 fields and 2 operators')
  ],
  [
    'an operator that one field does not take',
    rule('{name: e, fields: proc.name, comps: startswith}'),
    validate(
      52,
      'expected in, pmatch, intersects, or an operator with oneof, anyof or allof, since fields is one field'
    )
  ],
  [
    'an unknown operator',
    rule('{name: e, fields: [proc.name], comps: [startwith]}'),
    validate(55, 'unknown operator startwith; did you mean startswith?')
  ],
  [
    'an operator without a value',
    rule('{name: e, fields: [proc.name], comps: [exists]}'),
    validate(55, 'unknown operator exists')
  ],
  [
    'an unknown list modifier',
    rule('{name: e, fields: fd.name, comps: startswith any}'),
    validate(50, 'expected an operator, found startswith any')
  ],
  [
    'a list of values for one field',
    rule('{name: e, fields: proc.name, values: [[a]]}'),
    validate(54, 'a value is a text here, as fields is one field and no list')
  ],
  [
    'fewer values than fields',
    rule('{name: e, fields: [proc.name, fd.name], values: [[a]]}'),
    validate(65, 'expected a list of 2 values, one for each field, found a list of 1')
  ],
  [
    'more values than fields',
    rule('{name: e, fields: [proc.name], values: [[a, b]]}'),
    validate(56, 'expected a list of 1 values, one for each field, found a list of 2')
  ],
  [
    'a text where a tuple belongs',
    rule('{name: e, fields: [proc.name], values: [a]}'),
    validate(56, 'expected a list of 1 values, one for each field, found a text')
  ],
  [
    'a list in a list of values',
    rule('{name: e, fields: [proc.name], comps: [in], values: [[[[a]]]]}'),
    validate(71, 'expected a text here, found a list')
  ],
  ['an exception without a name', rule('{fields: proc.name}'), yaml('6:16', 'the key name is missing')],
  ['an empty value', rule('{name: e, fields: proc.name, values: [""]}'), yaml('6:54', 'values has an empty text')],
  ['an exception that is a text', rule('e'), yaml('6:16', 'expected an exception with name and fields, found text')],
  [
    'exceptions that are no list',
    ruleItem({ exceptions: '{name: e}' }),
    yaml('6:15', 'expected a list for exceptions, found a map')
  ],
  [
    'values that are no list',
    rule('{name: e, fields: proc.name, values: a}'),
    yaml('6:53', 'expected a list for values, found text')
  ],
  [
    'fields for an exception that is known',
    rule('{name: e, fields: proc.name, values: [a]}') + append('{name: e, fields: proc.name, values: [b]}'),
    '1.yaml:8:23 LOAD_ERR_VALIDATE: the exception e is defined before: only values can be added to it'
  ],
  [
    'operators for an exception that is known',
    rule('{name: e, fields: proc.name, values: [a]}') + append('{name: e, comps: in, values: [b]}'),
    '1.yaml:8:23 LOAD_ERR_VALIDATE: the exception e is defined before: only values can be added to it'
  ],
  [
    'a new exception that is appended without fields',
    ruleItem() + append('{name: e, values: [b]}'),
    '1.yaml:7:23 LOAD_ERR_VALIDATE: the exception e has no fields'
  ],
  [
    'a new exception that is appended without values',
    ruleItem() + append('{name: e, fields: proc.name}'),
    '1.yaml:7:23 LOAD_ERR_VALIDATE: the new exception e has no values'
  ],
  [
    'a new exception that is appended with operators that do not fit',
    ruleItem() + append('{name: e, fields: [proc.name], comps: in, values: [[a]]}'),
    '1.yaml:7:54 LOAD_ERR_VALIDATE: comps is a list where fields is one'
  ],
  [
    'an exception that takes the place of others and has no fields',
    rule('{name: e, fields: proc.name, values: [a]}') + replace('{name: e, values: [b]}'),
    '1.yaml:8:23 LOAD_ERR_VALIDATE: the exception e has no fields'
  ],
  [
    'appended values that do not fit the fields',
    rule('{name: e, fields: [proc.name, fd.name]}') + append('{name: e, values: [[a]]}'),
    '1.yaml:8:35 LOAD_ERR_VALIDATE: expected a list of 2 values, one for each field, found a list of 1'
  ],
  [
    'a value that its field does not have',
    rule('{name: e, fields: [user.uid], values: [[root]]}'),
    '1.yaml:6:56 LOAD_ERR_COMPILE_CONDITION: expected a whole number for user.uid, found root'
  ],
  [
    'an unknown field',
    rule('{name: e, fields: [proc.nmae], values: [[a]]}'),
    '1.yaml:6:35 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'an unknown field of an exception that has no values yet',
    rule('{name: e, fields: [fd.name, proc.nmae]}'),
    '1.yaml:6:44 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'a field with something behind it, of an exception that has no values yet',
    rule('{name: e, fields: proc.name in}'),
    '1.yaml:6:44 LOAD_ERR_VALIDATE: expected nothing after proc.name'
  ],
  [
    'a word for a field of an exception that has no values yet',
    rule('{name: e, fields: "="}'),
    '1.yaml:6:35 LOAD_ERR_VALIDATE: expected a field, found ='
  ]
]
refused(rows)

test('appending no values is warned of: a misspelt key may be why', () => {
  const known = rule('{name: e, fields: [proc.cmdline], comps: [contains], values: [[curl]]}')
  const nothing = 'LOAD_APPEND_NO_VALUES: nothing is added to the exception e: it has no values'
  assert.deepEqual(warningsOf(known + append('{name: e, value: [[wget]]}')), [
    '1.yaml:8:26 LOAD_UNKNOWN_KEY: unknown key value of an exception; did you mean values?',
    `1.yaml:8:23 ${nothing}`
  ])
  const deprecated = item({ rule: 'R', exceptions: '[{name: e}]', append: 'true' })
  assert.ok(warningsOf(known + deprecated).includes(`1.yaml:8:23 ${nothing}`))
})

test('with skip-if-unknown-filter, an unknown field of an exception leaves the rule out', () => {
  for (const values of ['', ', values: [[a]]']) {
    const text = ruleItem({ exceptions: `[{name: e, fields: [proc.nmae]${values}}]`, 'skip-if-unknown-filter': 'true' })
    assert.deepEqual(problemsOf(text), [])
    assert.deepEqual(load(text).rules, [])
  }
})

test('the exceptions of a rule of an unknown source may have fields that nobody knows', () => {
  const text = ruleItem({ source: 'k8s_audit', exceptions: '[{name: e, fields: ka.user.name, values: [x]}]' })
  assert.deepEqual(problemsOf(text + append('{name: f, fields: [ka.verb], values: [[get]]}')), [])
})

test('aliases that multiply the values of an exception are stopped', () => {
  const list = (anchor: string, first: string, item: string) =>
    `${anchor}[${[first, ...Array.from({ length: 149 }, () => item)].join(', ')}]`
  const values = list('', list('&b ', list('&a ', 'x', 'y'), '*a'), '*b')
  const text = rule(`{name: e, fields: [proc.name], values: ${values}}`)
  assert.match(problemsOf(text)[0]!, /^1.yaml:6:\d+ LOAD_ERR_YAML_VALIDATE: values has more than 100000 texts$/)
})
