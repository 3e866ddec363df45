import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { problemsOf, rule, sampleCall, sampleContext, sampleProcess } from '../support.ts'

/** Whether the rules of these files match a process of this name. */
function matches(name: string, files: string[], lists: Record<string, string[]> = {}): boolean {
  const ruleset = parseRuleFiles(
    files.map((text, index) => ({ path: `${index}.yaml`, text })),
    { lists }
  )
  const event = sampleCall({ type: 'open', process: sampleProcess({ name }) })
  return ruleset.match(event, sampleContext).length > 0
}

const listed = (condition: string, ...lists: string[]) =>
  `${lists.map(list => `- list: ${list.split(' ')[0]}\n  items: [${list.slice(list.indexOf(' ') + 1)}]\n`).join('')}${rule({ condition })}`

test('lists are substituted, lists in lists as well', () => {
  const text = listed('proc.name in (x, inner, outer)', 'inner a, b', 'outer inner, c')
  for (const name of ['x', 'a', 'b', 'c']) assert.ok(matches(name, [text]), name)
  assert.ok(!matches('inner', [text]))
})

test('an empty list takes its comma with it', () => {
  for (const items of ['empty, a', 'a, empty', 'a, empty, b', 'empty, empty, a']) {
    const text = listed(`proc.name in (${items})`, 'empty ')
    assert.ok(matches('a', [text]), items)
    assert.ok(!matches('empty', [text]), items)
  }
  assert.ok(!matches('a', [listed('proc.name in (empty)', 'empty ')]))
})

test('a list names only lists that are defined before it; other words are items', () => {
  const text = listed('proc.name in (first)', 'first second', 'second a')
  assert.ok(matches('second', [text]))
  assert.ok(!matches('a', [text]))
})

test('items are taken as they are: with blanks, in quotes, as numbers and truth values', () => {
  const text = listed('proc.name in (l)', `l a b, '"c d"', 080, true, "'e'", '"(x)"', ~`)
  for (const name of ['a b', 'c d', '080', 'true', 'e', '(x)', '~']) assert.ok(matches(name, [text]), name)
})

test('a word in quotes never names a list', () => {
  const text = listed('proc.name in ("l")', 'l a')
  assert.ok(matches('l', [text]))
  assert.ok(!matches('a', [text]))
})

test('a list of one item may stand for a value', () => {
  assert.ok(matches('a', [listed('proc.name = l', 'l a')]))
})

test('a later file replaces a list for all that use it', () => {
  const base = listed('proc.name in (outer)', 'inner a', 'outer inner')
  assert.ok(matches('z', [base, '- list: inner\n  items: [z]\n']))
  assert.ok(!matches('a', [base, '- list: inner\n  items: [z]\n']))
})

test('a later document replaces a macro for all that use it, and the macro may use what came meanwhile', () => {
  const base = `- macro: inner\n  condition: evt.num = 0\n- macro: outer\n  condition: inner\n${rule({ condition: 'outer' })}`
  const later = `---\n- macro: extra\n  condition: proc.name = z\n- macro: inner\n  condition: extra\n`
  assert.ok(!matches('z', [base]))
  assert.ok(matches('z', [base + later]))
})

test('macros that go round in circles through redefinitions are errors', () => {
  const macros = `- macro: a\n  condition: evt.num = 0\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n`
  assert.deepEqual(problemsOf(macros), ['4:14: the macro a uses itself'])
})

test('macros that double at each step are stopped', () => {
  const macros = Array.from({ length: 40 }, (_, index) => {
    const condition = index === 0 ? 'evt.num = 1' : `m${index - 1} or m${index - 1}`
    return `- macro: m${index}\n  condition: ${condition}\n`
  })
  assert.match(problemsOf(macros.join(''))[0]!, /grows to more than 100000 tests/)
})

test('lists that double at each step are stopped', () => {
  const lists = Array.from(
    { length: 40 },
    (_, index) => `- list: l${index}\n  items: [${index === 0 ? 'a' : `l${index - 1}, l${index - 1}`}]\n`
  )
  assert.match(
    problemsOf(lists.join('') + rule({ condition: 'proc.name in (l39)' }))[0]!,
    /has more than 1000000 items/
  )
})

test('long chains of macros and lists are stopped or work, and exhaust no stack', () => {
  const count = 20_000
  const macros = Array.from(
    { length: count },
    (_, index) => `- macro: m${index}\n  condition: ${index === 0 ? 'evt.num = 1' : `not m${index - 1}`}\n`
  )
  assert.match(problemsOf(macros.join(''))[0]!, /nested too deep/)
  const backwards = Array.from({ length: 2000 }, (_, index) => `- macro: b${index}\n  condition: evt.num = 1\n`)
  const nested = (name: string) => `${'not (evt.num = 1 or '.repeat(45)}${name}${')'.repeat(45)}`
  const redefined = Array.from(
    { length: 1999 },
    (_, index) => `- macro: b${index}\n  condition: ${nested(`b${index + 1}`)}\n`
  )
  assert.match(problemsOf([...backwards, ...redefined].join(''))[0]!, /nested too deep/)
})

test('the configuration can replace the items of a list', () => {
  const text = listed('proc.name in (l)', 'l a, b')
  assert.ok(matches('it is "z"', [text], { l: ['it is "z"'] }))
  assert.ok(!matches('a', [text], { l: [] }))
  assert.deepEqual(problemsOf(text, { ll: [] }), ['unknown list ll; did you mean l?'])
})

test('a rule can be switched off and on by its name', () => {
  assert.ok(!matches('x', [rule({}), '- rule: R\n  enabled: false\n']))
  assert.ok(matches('x', [rule({ enabled: 'false' }), '- rule: R\n  enabled: true\n']))
})
