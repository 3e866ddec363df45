import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { printCondition } from '../../../rules/engine/print.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { conditionOf, list, macro, matched, problemsOf, ruleItem, warningsOf } from './loading.ts'

const quoted = (text: string) => JSON.stringify(text)
const using = (condition: string) => ruleItem({ condition: quoted(condition) })
/** The form in which conditions are printed. */
const normal = (condition: string) => printCondition(parseCondition(wholeText(condition)))

const shells = list('shells', 'sh, bash')
const texts: readonly [what: string, lists: string, condition: string, expected: string][] = [
  ['alone in the parentheses', shells, 'proc.name in (shells)', 'proc.name in (sh, bash)'],
  ['with items around it', shells, 'proc.name in (a, shells, b)', 'proc.name in (a, sh, bash, b)'],
  ['beside commas without blanks', shells, 'proc.name in (a,shells,b)', 'proc.name in (a, sh, bash, b)'],
  [
    'twice',
    shells,
    'proc.name in (shells) or proc.pname in (shells)',
    'proc.name in (sh, bash) or proc.pname in (sh, bash)'
  ],
  ['twice in one pair of parentheses', shells, 'proc.name in (shells, shells)', 'proc.name in (sh, bash, sh, bash)'],
  ['over several lines', shells, 'proc.name in (\n  shells,\n\tnc\n)', 'proc.name in (sh, bash, nc)'],
  [
    'for pmatch and intersects',
    list('l', '/a'),
    'fd.name pmatch (l) and proc.aname intersects (l)',
    'fd.name pmatch (/a) and proc.aname intersects (/a)'
  ],
  [
    'for an operator with a list modifier',
    shells,
    'proc.name startswith anyof (shells)',
    'proc.name startswith anyof (sh, bash)'
  ],
  ['for a value, where it has one item', list('one', 'sh'), 'proc.name=one', 'proc.name = sh'],
  [
    'of the right side of an operator that is a word',
    list('one', '/etc'),
    'fd.name startswith one',
    'fd.name startswith /etc'
  ],
  [
    'inside of a quoted text, where blanks are around it',
    list('one', 'sh'),
    'proc.cmdline = "a one b"',
    'proc.cmdline = "a  sh  b"'
  ],
  [
    'not beside a quote',
    list('one', 'sh'),
    'proc.cmdline in ("one", "one b", "a one", \'one\')',
    'proc.cmdline in (one, "one b", "a one", one)'
  ],
  [
    'not as a part of another word',
    shells,
    'proc.name in (shells2, myshells, my-shells, shells.x, /shells)',
    'proc.name in (shells2, myshells, my-shells, shells.x, /shells)'
  ],
  ['not as a part of a field', list('name', 'x'), 'proc.name = name', 'proc.name = x'],
  ['with dashes, dots and digits in its name', list('my-list.2', 'a'), 'proc.name in (my-list.2)', 'proc.name in (a)'],
  [
    'whose name begins like that of another',
    list('l', 'a') + list('l-2', 'b'),
    'proc.name in (l, l-2)',
    'proc.name in (a, b)'
  ],
  ['whose name is a number', list('80', '8080'), 'fd.sport in (80, 443)', 'fd.sport in (8080, 443)'],
  [
    'with an item of its own name',
    list('docker', 'docker, dockerd'),
    'proc.name in (docker)',
    'proc.name in (docker, dockerd)'
  ],
  ['with blanks in an item', list('l', 'a b, c'), 'proc.name in (l)', 'proc.name in ("a b", c)'],
  [
    'with quotes around an item',
    list('l', `'"a b"', "'c'", '"(d)"'`),
    'proc.name in (l)',
    'proc.name in ("a b", c, "(d)")'
  ],
  [
    'with quotes and blanks in an item',
    list('l', `'say "x y"'`),
    'proc.cmdline in (l)',
    'proc.cmdline in ("say \\"x y\\"")'
  ],
  [
    'with numbers and truth values',
    list('l', '80, 0x1f, 080, true, ~'),
    'proc.name in (l)',
    'proc.name in (80, 0x1f, 080, true, ~)'
  ],
  ['with a field as item, which is a text', list('l', 'proc.pname'), 'proc.name in (l)', 'proc.name in (proc.pname)'],
  [
    'with several items in one, which becomes text as it is',
    list('l', '"a,b"'),
    'proc.name in (l)',
    'proc.name in (a, b)'
  ],
  ['with an empty item, which is none', list('l', '"", a, "", b'), 'proc.name in (l)', 'proc.name in (a, b)']
]

for (const [what, lists, condition, expected] of texts) {
  test(`a list is put in ${what}`, () => assert.equal(conditionOf(lists + using(condition)), normal(expected)))
}

const nested: readonly [what: string, lists: string, expected: string][] = [
  ['one that is defined before', list('a', 'x') + list('l', 'a, b'), 'x, b'],
  ['no list that is defined after, which is a word', list('l', 'a, b') + list('a', 'x'), 'a, b'],
  ['one that came before a definition anew', list('l', 'z') + list('a', 'x') + list('l', 'a, b'), 'x, b'],
  ['three levels of them', list('a', 'x') + list('b', 'a, y') + list('l', 'b, z'), 'x, y, z'],
  ['one twice', list('a', 'x') + list('l', 'a, a'), 'x, x'],
  ['an empty one', list('a', '') + list('l', 'a, b'), 'b'],
  ['nothing but empty ones', list('a', '') + list('b', 'a') + list('l', 'b, a'), ''],
  ['one in quotes, which is a text', list('a', 'x') + list('l', `'"a"'`), '"a"'],
  ['one that was defined anew meanwhile', list('a', 'x') + list('l', 'a') + list('a', 'y'), 'y'],
  ['one that was appended to meanwhile', list('a', 'x') + list('l', 'a') + list('a', 'y', { append: 'true' }), 'x, y'],
  ['itself, which is a word', list('l', 'l, a') + list('l', 'b', { append: 'true' }), 'l, a, b'],
  ['itself after a definition anew', list('l', 'x') + list('l', 'l, a'), 'l, a'],
  ['one that names it', list('l', 'x') + list('a', 'a, l') + list('l', 'l, a'), 'l, a, l'],
  ['a circle of three', list('l', '') + list('b', 'l, z') + list('a', 'b, y') + list('l', 'a, x'), 'l, z, y, x']
]

for (const [what, lists, expected] of nested) {
  test(`a list may name ${what}`, () => {
    assert.equal(conditionOf(lists + using('proc.name in (l)')), normal(`proc.name in (${expected})`))
  })
}

test('lists in a circle have the same items wherever the circle is entered', () => {
  const lists = list('a', '') + list('b', 'a, y') + list('a', 'b, x')
  assert.equal(
    conditionOf(lists + using('proc.name in (a) and proc.pname in (b) and proc.exe in (a)')),
    'proc.name in (a, y, x) and proc.pname in (b, x, y) and proc.exe in (a, y, x)'
  )
})

const empty = list('none', '') + list('none2', '')
for (const items of [
  ...['none', 'none, none', 'none,none2', ' none '],
  ...['none, a', 'a, none', 'a, none, b', 'a,none,b', 'a , none , b', 'none, a, none', 'a, none, none2, b'],
  ...['none, none2, a', 'a, none, none2', 'a, b, none', '\n none,\n a\n']
]) {
  test(`an empty list takes one comma with it: (${quoted(items).slice(1, -1)})`, () => {
    const left = ['a', 'b'].filter(item => items.split(/[ ,\n]+/).includes(item))
    assert.equal(conditionOf(empty + using(`proc.name in (${items})`)), `proc.name in (${left.join(', ')})`)
  })
}

test('nothing is in an empty list', () => {
  assert.deepEqual(matched(empty + using('evt.type = open and proc.name in (none)'), { 'proc.name': 'none' }), [])
  assert.deepEqual(matched(empty + using('evt.type = open and not proc.name in (none)'), { 'proc.name': 'x' }), ['R'])
})

test('a list that is defined or appended to later changes the rules that use it', () => {
  const first = shells + using('proc.name in (shells)')
  assert.equal(conditionOf([first, list('shells', 'zsh')]), 'proc.name in (zsh)')
  assert.equal(conditionOf([first, list('shells', 'zsh', { append: 'true' })]), 'proc.name in (sh, bash, zsh)')
  assert.equal(conditionOf([first, list('shells', '')]), 'proc.name in ()')
  assert.equal(
    conditionOf(using('evt.type = open and proc.name in (shells)') + shells),
    'evt.type = open and proc.name in (sh, bash)'
  )
})

test('a name that is no plain word is warned of, and put in all the same', () => {
  const text = list('test list', 'open, close') + using('evt.type in (test list) and proc.name in (a test list, x)')
  assert.deepEqual(problemsOf(text), ['1.yaml:2:11 LOAD_ERR_COMPILE_CONDITION: expected a comma or ), found open'])
  const sound = list('test list', 'open, close') + using('evt.type in (test list)')
  assert.equal(conditionOf(sound), 'evt.type in (open, close)')
  assert.deepEqual(warningsOf(sound), [
    `1.yaml:1:9 LOAD_INVALID_LIST_NAME: conditions can hardly use a list of this name: expected no blanks and none of ( ) " ' = ,`
  ])
  assert.equal(conditionOf(list("'a(b)+'", 'x') + using('proc.name in (a(b)+)')), 'proc.name in (x)')
})

const clash = (place: string) =>
  `${place} LOAD_ERR_COMPILE_CONDITION: l is the name of a list (1.yaml:1) and of a macro: the list's items stand here, which are no condition; give one of them another name`

for (const items of ['x, y', 'x', '', 'not']) {
  test(`a macro that has the name of the list (${items}) is said to be hidden by it, where it is used`, () => {
    const both = list('l', items) + macro('l', 'proc.name in (l)')
    assert.deepEqual(problemsOf(both + using('evt.type = open and not (l)')), [clash('1.yaml:8:40')])
    const inMacro = macro('m', 'proc.pid = 1 or l') + using('m and proc.name in (l)')
    assert.deepEqual(problemsOf(both + inMacro), [clash('1.yaml:6:30')])
    assert.equal(conditionOf(both + using('proc.name in (a, l)')), normal(`proc.name in (a${items && `, ${items}`})`))
  })
}

test('a list in the place of a condition is said to be one', () => {
  assert.deepEqual(problemsOf(shells + using('evt.type = open and shells')), [
    '1.yaml:6:35 LOAD_ERR_COMPILE_CONDITION: shells is the name of a list (1.yaml:1), whose items are no condition; a list stands after in (…)'
  ])
})

test('a list whose one item is a condition may stand for it', () => {
  const both = list('l', 'm') + macro('m', 'proc.pid=1') + macro('l', 'proc.pid=2')
  assert.equal(conditionOf(both + using('l')), 'proc.pid = 1')
  assert.match(problemsOf(both + using('l and unknown_name'))[0]!, /unknown macro unknown_name$/)
})

test('a list counts as used where a condition, an exception or another list names it', () => {
  const unused = (text: string) => warningsOf(text).filter(each => each.includes('LOAD_UNUSED'))
  const lists = list('a', 'x') + list('b', 'a')
  assert.deepEqual(unused(lists + ruleItem()), ['1.yaml:3:9 LOAD_UNUSED_LIST: the list b is not used'])
  assert.deepEqual(unused(lists + using('evt.type = open and proc.name in (b)')), [])
  assert.deepEqual(unused(list('a', 'x') + ruleItem({ exceptions: '[{name: e, fields: proc.name, values: [a]}]' })), [])
  assert.deepEqual(unused(list('a', 'a') + ruleItem()), ['1.yaml:1:9 LOAD_UNUSED_LIST: the list a is not used'])
})
