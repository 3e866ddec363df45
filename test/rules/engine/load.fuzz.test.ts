import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { forSeeds, type Random, randomText } from '../support.ts'

const shipped = readFileSync(new URL('../../../rules/tercel_rules.yaml', import.meta.url), 'utf8')
const words = [
  '- ',
  'rule: ',
  'macro: ',
  'list: ',
  'items: ',
  'condition: ',
  'output: ',
  '[',
  ']',
  '{',
  '}',
  '\n',
  '  ',
  '>',
  '|',
  '"',
  "'",
  ':',
  '#',
  '&a ',
  '*a ',
  '!!x ',
  '---\n',
  'x',
  '\t',
  '\0',
  '\r\n',
  '%',
  'é',
  '🦅',
  '\ufeff'
]

/** Loads the text; whatever is wrong with it must come as a problem whose place is in the text. */
function load(text: string): void {
  try {
    parseRuleFiles([{ path: 'f', text }])
  } catch (error) {
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    assert.ok(error.problems.length > 0)
    for (const { place } of error.problems) {
      assert.ok(place !== undefined && place.line >= 1 && place.column >= 1, JSON.stringify(place))
      assert.ok(place.line <= text.split('\n').length, JSON.stringify(place))
    }
  }
}

/** Removes, repeats or replaces a piece of the text. */
function mutate(text: string, random: Random): string {
  const from = random.below(text.length)
  const to = Math.min(text.length, from + random.below(12))
  const piece = random.pick([
    '',
    text.slice(from, to).repeat(2),
    random.pick(words),
    String.fromCharCode(random.below(0x3000))
  ])
  return text.slice(0, from) + piece + text.slice(to)
}

test('any words of YAML either load or give problems with places', () => {
  forSeeds(2000, random => load(randomText(random, words, 30)))
})

test('the rules that ship, with pieces removed, repeated and replaced, either load or give problems with places', () => {
  const pieces = shipped.split(/\n(?=- )/)
  forSeeds(1500, random => {
    let text = Array.from({ length: 3 }, () => random.pick(pieces)).join('\n')
    for (let count = 1 + random.below(4); count > 0; count--) text = mutate(text, random)
    load(text)
  })
})

test('YAML that is nothing but brackets does not exhaust the stack', () => {
  for (const bracket of ['[', '{a: ', '- ', '[{']) load(bracket.repeat(20_000))
})
