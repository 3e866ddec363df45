import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LineCounter, parseDocument, type Scalar, stringify } from 'yaml'
import { scalarText } from '../../../rules/engine/yaml-text.ts'
import { forSeeds, problemsOf, randomText } from '../support.ts'

/** The same condition in every style of YAML; the mistyped field is where `proc.nmae` stands. */
const styles: [style: string, condition: string][] = [
  ['plain', 'condition: evt.type = open and proc.nmae = x'],
  ['plain over lines', 'condition: evt.type = open\n    and\n\n      (proc.nmae = x)'],
  ['single quotes', `condition: 'evt.type = ''open'' and proc.nmae = x'`],
  ['single quotes over lines', `condition: 'evt.type = ''open''\n    and proc.nmae = x'`],
  ['double quotes', 'condition: "evt.type = \\"open\\" and \\x70roc.name != \\"\\U0001F985\\" and\\tproc.nmae = x"'],
  [
    'double quotes with blanks as escapes',
    'condition: "evt.type\\x20=\\u0020open\\n and proc.name !=\\_\\x0e and\\ proc.nmae = x"'
  ],
  ['double quotes over lines', 'condition: "evt.type = open \\\n    and\n    proc.nmae = x"'],
  ['folded', 'condition: >\n    evt.type = open\n    and (proc.name = a\n      or proc.nmae = x)\n'],
  ['folded and stripped, with a comment', 'condition: >- # why\n    evt.type = open\n\n    and proc.nmae = x\n\n\n'],
  ['literal', 'condition: |\n    evt.type = open\n    and proc.nmae = x\n'],
  ['literal with an indentation of its own', 'condition: |2+\n      evt.type = open\n    and proc.nmae = x\n\n'],
  ['behind an anchor and a tag', 'condition: !!str &c\n    evt.type = open and proc.nmae = x'],
  ['with line ends of Windows', 'condition: >\r\n    evt.type = open\r\n    and proc.nmae = x\r\n']
]

for (const [style, condition] of styles) {
  test(`an error in a condition in the style "${style}" is reported at its line and column`, () => {
    const text = `- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  ${condition}\n`
    const before = text.slice(0, text.indexOf('proc.nmae'))
    const place = `${before.split('\n').length}:${before.length - before.lastIndexOf('\n')}`
    assert.deepEqual(problemsOf(text), [`${place}: unknown field proc.nmae; did you mean proc.name?`])
  })
}

test('whatever the style, each visible character is found where it stands in the file', () => {
  const types = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'] as const
  const words = ['abc', 'd', ' ', '  ', '\n', '\n\n', 'é', '中', "'", '#', '-', 'a b']
  forSeeds(2000, random => {
    const original = `x${randomText(random, words, 40)}`
    const defaultStringType = random.pick(types)
    const text = `k: 1\n${stringify({ value: original }, { defaultStringType, lineWidth: 20 + random.below(40) })}`
    const lines = new LineCounter()
    const scalar = parseDocument(text, { lineCounter: lines }).get('value', true) as Scalar
    const source = scalarText({ path: 'f', text, lines }, scalar)
    for (const [index, character] of String(scalar.value).split('').entries()) {
      const { line, column } = source.placeAt(index)
      if (/\S/.test(character)) assert.equal(text.split('\n')[line - 1]![column - 1], character, text)
    }
  })
})
