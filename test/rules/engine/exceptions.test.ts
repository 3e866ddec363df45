import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, type Fields, item, list, matched, ruleItem, ruleOf, warningsOf } from './loading.ts'

/** A rule with these exceptions, each as the text of a YAML map. */
const rule = (...exceptions: string[]) => ruleItem({ exceptions: `[${exceptions.join(', ')}]` })
const append = (...exceptions: string[]) =>
  item({ rule: 'R', exceptions: `[${exceptions.join(', ')}]`, override: '{exceptions: append}' })

const conditions: readonly [what: string, exception: string, condition: string][] = [
  ['one field is compared with in', 'fields: proc.name, values: [a, b]', 'not proc.name in (a, b)'],
  [
    'one field may be compared with pmatch',
    'fields: fd.name, comps: pmatch, values: [/a, /b/*]',
    'not fd.name pmatch (/a, /b/*)'
  ],
  [
    'one field may be compared with intersects',
    'fields: proc.aname, comps: intersects, values: [a, b]',
    'not proc.aname intersects (a, b)'
  ],
  [
    'one field may be compared with an operator and a list modifier',
    'fields: fd.name, comps: startswith anyof, values: [/a, /b]',
    'not fd.name startswith anyof (/a, /b)'
  ],
  [
    'several fields are compared with =',
    'fields: [proc.name, fd.name], values: [[a, /b]]',
    'not (proc.name = a and fd.name = /b)'
  ],
  [
    'each tuple of values is an alternative',
    'fields: [proc.name, fd.name], values: [[a, /b], [c, /d]]',
    'not ((proc.name = a and fd.name = /b) or (proc.name = c and fd.name = /d))'
  ],
  [
    'each field has its operator',
    'fields: [proc.name, fd.name, user.uid], comps: [in, startswith, ">="], values: [[[a, b], /c, 5]]',
    'not (proc.name in (a, b) and fd.name startswith /c and user.uid >= 5)'
  ],
  ['a list may have one field', 'fields: [proc.name], values: [[a], [b]]', 'not (proc.name = a or proc.name = b)'],
  [
    'values for pmatch and intersects are lists',
    'fields: [fd.name, proc.aname], comps: [pmatch, intersects], values: [[[/a, /b], [c]]]',
    'not (fd.name pmatch (/a, /b) and proc.aname intersects (c))'
  ],
  [
    'a list modifier goes with a field of several',
    'fields: [proc.name, fd.name], comps: [=, endswith oneof], values: [[a, [.x, .y]]]',
    'not (proc.name = a and fd.name endswith oneof (.x, .y))'
  ],
  [
    'a text for an operator of lists is a list of one',
    'fields: [proc.name], comps: [in], values: [[a]]',
    'not proc.name in (a)'
  ],
  [
    'a text in parentheses is a list',
    'fields: [proc.name], comps: [in], values: [["(a, b)"]]',
    'not proc.name in (a, b)'
  ],
  [
    'a text with a comma is a list',
    'fields: [proc.name], comps: [in], values: [["a, b"], ["c,d"]]',
    'not (proc.name in (a, b) or proc.name in (c, d))'
  ],
  ['a value with blanks is one value', 'fields: proc.cmdline, values: [a b, c]', 'not proc.cmdline in ("a b", c)'],
  [
    'so it is in a tuple',
    'fields: [proc.cmdline], comps: [contains], values: [[curl 127.0.0.1]]',
    'not proc.cmdline contains "curl 127.0.0.1"'
  ],
  [
    'so it is in a list in a tuple',
    'fields: [proc.name], comps: [in], values: [[[a b, c]]]',
    'not proc.name in ("a b", c)'
  ],
  [
    'a value in quotes keeps what is in them',
    `fields: proc.name, values: ['"a b"', "'c'"]`,
    'not proc.name in ("a b", c)'
  ],
  [
    'a value with blanks and quotes is one value',
    `fields: proc.cmdline, values: ['say "x y"']`,
    'not proc.cmdline in ("say \\"x y\\"")'
  ],
  ['a transformer may stand for a field', 'fields: [tolower(proc.name)], values: [[a]]', 'not tolower(proc.name) = a'],
  [
    'a transformer may stand for a value',
    'fields: [proc.name], values: [[tolower(proc.pname)]]',
    'not proc.name = tolower(proc.pname)'
  ],
  [
    'val() compares with another field',
    'fields: [proc.name], values: [[val(proc.pname)]]',
    'not proc.name = val(proc.pname)'
  ],
  ['a field may have an argument', 'fields: ["proc.aname[2]"], values: [[a]]', 'not proc.aname[2] = a'],
  [
    'numbers and truth values are values',
    'fields: [user.uid, evt.failed], values: [[0, true]]',
    'not (user.uid = 0 and evt.failed = true)'
  ]
]

for (const [what, exception, condition] of conditions) {
  test(`exceptions: ${what}`, () => {
    assert.equal(conditionOf(rule(`{name: e, ${exception}}`)), `evt.type = open and ${condition}`)
  })
}

test('an exception without values changes nothing, until some are appended', () => {
  for (const none of ['', ', values: []']) {
    const text = rule(`{name: e, fields: [proc.name, fd.name]${none}}`, `{name: f, fields: proc.name${none}}`)
    assert.equal(conditionOf(text), 'evt.type = open')
    assert.deepEqual(warningsOf(text), [])
    const appended = text + append('{name: e, values: [[a, /b]]}', '{name: f, values: [c]}')
    assert.equal(
      conditionOf(appended),
      'evt.type = open and not (proc.name = a and fd.name = /b) and not proc.name in (c)'
    )
  }
})

test('each exception is one more thing that must not be', () => {
  const text = rule('{name: e, fields: proc.name, values: [a]}', '{name: f, fields: fd.name, values: [/b]}')
  assert.equal(conditionOf(text), 'evt.type = open and not proc.name in (a) and not fd.name in (/b)')
})

test('an exception is beside the whole condition, whatever it is made of', () => {
  const exceptions = '[{name: e, fields: proc.name, values: [a]}]'
  const text = ruleItem({ condition: 'evt.type = open or evt.type = close', exceptions })
  assert.equal(conditionOf(text), '(evt.type = open or evt.type = close) and not proc.name in (a)')
  const appended = text + item({ rule: 'R', condition: 'or evt.type = dup', override: '{condition: append}' })
  assert.equal(
    conditionOf(appended),
    '(evt.type = open or evt.type = close or evt.type = dup) and not proc.name in (a)'
  )
})

test('a value may name a list, whose items stand in its place', () => {
  const lists = list('shells', 'sh, my shell') + list('paths', '/a, /b')
  const one = rule('{name: e, fields: proc.name, values: [shells, nc]}')
  assert.equal(conditionOf(lists + one), 'evt.type = open and not proc.name in (sh, "my shell", nc)')
  const tuples = rule('{name: e, fields: [proc.name, fd.name], comps: [in, pmatch], values: [[shells, (paths)]]}')
  assert.equal(
    conditionOf(lists + tuples),
    'evt.type = open and not (proc.name in (sh, "my shell") and fd.name pmatch (/a, /b))'
  )
  assert.deepEqual(warningsOf(lists + tuples), [], 'which uses the lists')
})

test('values are appended to the exception of their name, and a new exception with its fields', () => {
  const text = rule('{name: e, fields: proc.name, comps: in, values: [a]}')
  assert.equal(
    conditionOf([
      text,
      append('{name: e, values: [b]}', '{name: f, fields: [fd.name], comps: [startswith], values: [[/c]]}')
    ]),
    'evt.type = open and not proc.name in (a, b) and not fd.name startswith /c'
  )
  const deprecated = item({ rule: 'R', exceptions: '[{name: e, values: [c]}]', append: 'true' })
  assert.equal(
    conditionOf([text, append('{name: e, values: [b]}'), deprecated]),
    'evt.type = open and not proc.name in (a, b, c)'
  )
})

test('exceptions can be replaced, all at once', () => {
  const text = rule('{name: e, fields: proc.name, values: [a]}', '{name: f, fields: fd.name, values: [/b]}')
  const replace = (exceptions: string) => item({ rule: 'R', exceptions, override: '{exceptions: replace}' })
  assert.equal(
    conditionOf(text + replace('[{name: e, fields: [proc.name], values: [[c]]}]')),
    'evt.type = open and not proc.name = c'
  )
  assert.equal(conditionOf(text + replace('[]')), 'evt.type = open')
})

test('two exceptions of one name are warned of, and both count', () => {
  const text = rule(
    '{name: e, fields: [proc.name], comps: [contains], values: [[a]]}',
    '{name: e, fields: [proc.name], comps: [endswith], values: [[b]]}'
  )
  assert.equal(conditionOf(text), 'evt.type = open and not proc.name contains a and not proc.name endswith b')
  assert.match(
    warningsOf(text).join(),
    /^1\.yaml:6:\d+ LOAD_EXCEPTION_NAME_NOT_UNIQUE: the rule has another exception e; both count$/
  )
  const appended = text + append('{name: e, values: [[c]]}')
  assert.equal(
    conditionOf(appended),
    'evt.type = open and not (proc.name contains a or proc.name contains c) and not proc.name endswith b',
    'what is appended belongs to the first'
  )
})

const meanings: readonly [what: string, exception: string, fields: Fields, alert: boolean][] = [
  ['a value that is listed is excepted', 'fields: proc.name, values: [a, b]', { 'proc.name': 'b' }, false],
  ['any other is not', 'fields: proc.name, values: [a, b]', { 'proc.name': 'c' }, true],
  ['a value that is missing is not', 'fields: proc.name, values: [a, b]', {}, true],
  ['a missing value is not excepted by != either', 'fields: [proc.name], comps: ["!="], values: [[a]]', {}, true],
  [
    'a tuple is excepted where all of it fits',
    'fields: [proc.name, fd.name], values: [[a, /b]]',
    { 'proc.name': 'a', 'fd.name': '/b' },
    false
  ],
  [
    'a tuple of which a part fits is not',
    'fields: [proc.name, fd.name], values: [[a, /b]]',
    { 'proc.name': 'a', 'fd.name': '/c' },
    true
  ],
  [
    'a tuple of which a part is missing is not',
    'fields: [proc.name, fd.name], values: [[a, /b]]',
    { 'proc.name': 'a' },
    true
  ],
  [
    'parts of two tuples make none',
    'fields: [proc.name, fd.name], values: [[a, /b], [c, /d]]',
    { 'proc.name': 'a', 'fd.name': '/d' },
    true
  ],
  [
    'pmatch excepts what is below a path',
    'fields: fd.name, comps: pmatch, values: [/etc]',
    { 'fd.name': '/etc/x' },
    false
  ],
  ['and not what begins alike', 'fields: fd.name, comps: pmatch, values: [/etc]', { 'fd.name': '/etcetera' }, true]
]

for (const [what, exception, fields, alert] of meanings) {
  test(`exceptions: ${what}`, () => {
    assert.deepEqual(matched(rule(`{name: e, ${exception}}`), fields), alert ? ['R'] : [])
  })
}

test('the fields of exceptions count as those that the rule reads', () => {
  assert.deepEqual(ruleOf(rule('{name: e, fields: [proc.name, fd.name], values: [[a, /b]]}')).fields, [
    'evt.type',
    'proc.name',
    'fd.name'
  ])
})
