import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { Expression } from '../../../rules/engine/ast.ts'
import { nestingLimit, parseCondition } from '../../../rules/engine/parser.ts'
import { printTest } from '../../../rules/engine/print.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { forSeeds, randomText } from '../support.ts'

/** The tree with every pair of parentheses written out. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'test':
      return printTest(expression)
    case 'not':
      return `not (${show(expression.operand)})`
    case 'macro':
      return expression.name
    default:
      return expression.operands.map(each => `(${show(each)})`).join(` ${expression.kind} `)
  }
}

const trees: [condition: string, tree: string][] = [
  ['a', 'a'],
  ['a and b or c and not d', '((a) and (b)) or ((c) and (not (d)))'],
  ['a and (b or c)', '(a) and ((b) or (c))'],
  ['not not a', 'a'],
  ['not not not a', 'not (a)'],
  ['not (not a)', 'not (not (a))'],
  ['not(a)and(b)or(c)', '((not (a)) and (b)) or (c)'],
  ['android or notable', '(android) or (notable)'],
  ['  ( a\n and\tb )  ', '(a) and (b)'],
  ['proc.name=cat', 'proc.name = cat'],
  ['proc.name == cat', 'proc.name == cat'],
  ['proc.name!=cat', 'proc.name != cat'],
  ['fd.num>=0', 'fd.num >= 0'],
  ['fd.num<-1', 'fd.num < -1'],
  ['evt.dir=<', 'evt.dir = <'],
  ['evt.dir=>', 'evt.dir = >'],
  ['proc.aname[2]=sshd', 'proc.aname[2] = sshd'],
  ['container.mount.dest[/proc*] exists', 'container.mount.dest[/proc*] exists'],
  ['container.mount.dest["/a b"] exists', 'container.mount.dest["/a b"] exists'],
  ['evt.arg.flags contains O_CREAT', 'evt.arg.flags contains O_CREAT'],
  ['proc.name in ()', 'proc.name in ()'],
  ['proc.name in (a,b , "c d")', 'proc.name in (a, b, "c d")'],
  ['proc.pname in (runc:[0:PARENT], exe)', 'proc.pname in (runc:[0:PARENT], exe)'],
  ['fd.name pmatch (/etc, /root)', 'fd.name pmatch (/etc, /root)'],
  ['fd.name startswith"/etc"', 'fd.name startswith /etc'],
  [`proc.name = "it's" or proc.name = 'a "b"'`, `(proc.name = "it's") or (proc.name = "a \\"b\\"")`],
  ['proc.name = "a\\tb\\\\c\\"d\\/\\x41"', 'proc.name = "a\\tb\\\\c\\"d/A"'],
  ['proc.name = grüße', 'proc.name = "grüße"'],
  ['proc.name = "\\xff中"', 'proc.name = "\\xff\\xe4\\xb8\\xad"'],
  ['proc.name = a\u00a0b', 'proc.name = "a\u00a0b"'],
  ['proc.name = C:\\temp', 'proc.name = C:\\temp']
]

for (const [condition, tree] of trees) {
  test(`${JSON.stringify(condition)} is read as ${tree.replaceAll('\t', '\\t')}`, () => {
    assert.equal(show(parseCondition(wholeText(condition))), tree)
  })
}

const errors: [condition: string, error: string][] = [
  ['', '1:1: expected a field, a macro, not or (, found the end of the condition'],
  ['a and', '1:6: expected a field, a macro, not or (, found the end of the condition'],
  ['a and and b', '1:7: expected a field, a macro, not or (, found and'],
  ['(a or b', '1:1: this parenthesis is never closed'],
  ['a or b)', '1:7: expected and, or or the end of the condition, found )'],
  ['(a b)', '1:4: expected and, or or ), found b'],
  ['a b', '1:3: expected and, or or the end of the condition, found b'],
  ['proc.name', '1:10: expected an operator after proc.name, found the end of the condition'],
  ['proc.name cat', '1:11: expected an operator after proc.name, found cat'],
  ['proc.name startwith x', '1:11: expected an operator after proc.name, found startwith; did you mean startswith?'],
  ['proc.name =', '1:12: expected a value, found the end of the condition'],
  ['proc.name = and and\nproc.name = (b)', '2:13: expected a value, found ('],
  ['proc.name in =', '1:14: expected a list in parentheses after in, found ='],
  ['proc.name = a, b', '1:11: = compares with one value; a list stands after in (…)'],
  ['proc.name in a, b', '1:11: the list after in stands in parentheses'],
  ['proc.name in (a b)', '1:17: expected a comma or ), found b'],
  ['proc.name in (a,)', '1:17: expected a value, found )'],
  ['proc.name in (a', '1:14: the parenthesis that opens this list is never closed'],
  ['proc.name = "cat', '1:13: the string that begins with " is never closed'],
  ['proc.name = "a\\d"', '1:15: unknown escape \\d; known are \\b \\f \\n \\r \\t \\\\ \\/ \\" \\xHH'],
  ['proc.aname[2 = x', '1:12: expected ] after this argument'],
  ['proc.aname[] = x', '1:12: expected an argument between the brackets'],
  ['tolower(proc.name = x', '1:19: expected a comma or ), found ='],
  ['tolower() = x', '1:9: expected a field, a transformer or a text in quotes, found )'],
  ['proc.name = val(pname)', '1:17: expected a field between the parentheses of val()'],
  ['proc.name = val(proc.pname', '1:13: the parenthesis of val( is never closed'],
  ['fd.num > oneof (1)', '1:8: oneof does not go with >'],
  ['proc.name in anyof (a)', '1:11: anyof does not go with in'],
  ['proc.name startswith anyof (a', '1:28: the parenthesis that opens this list is never closed'],
  ['1.2 = 3', '1:1: expected a field, a macro, not or (, found 1.2']
]

for (const [condition, error] of errors) {
  test(`${JSON.stringify(condition)} is refused: ${error}`, () => {
    assert.equal(errorOf(condition), error)
  })
}

test('nesting is limited, with the place of the level that is too much', () => {
  const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`
  assert.equal(errorOf(nested(nestingLimit)), undefined)
  assert.equal(errorOf(nested(nestingLimit + 1)), '1:102: the condition is nested more than 100 levels deep')
  assert.equal(errorOf(`${'not '.repeat(100_000)}a`), undefined)
  assert.match(errorOf('('.repeat(100_000)) ?? '', /nested more than 100 levels deep/)
})

test('a long chain is not deep', () => {
  assert.equal(errorOf(Array.from({ length: 20_000 }, () => 'a').join(' or ')), undefined)
})

test('any text either parses or gives one error with a place inside the text', () => {
  const words = [
    'proc.name',
    'fd.num',
    ' ',
    ' and ',
    ' or ',
    'not ',
    '(',
    ')',
    '=',
    '!=',
    '<',
    ' in ',
    ',',
    '"',
    "'",
    '\\',
    '[',
    ']',
    'x',
    '\n',
    'é',
    '%',
    '\0'
  ]
  forSeeds(5000, random => {
    const condition = randomText(random, words, 16)
    try {
      parseCondition(wholeText(condition))
    } catch (error) {
      assert.ok(error instanceof TercelError, `${error}`)
      const lines = condition.split('\n')
      const { line, column } = error.problems[0]!.place!
      assert.ok(line >= 1 && line <= lines.length && column >= 1 && column <= lines[line - 1]!.length + 1)
    }
  })
})

function errorOf(condition: string): string | undefined {
  try {
    parseCondition(wholeText(condition))
    return undefined
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    const [{ message, place } = assert.fail()] = error.problems
    return `${place!.line}:${place!.column}: ${message}`
  }
}
