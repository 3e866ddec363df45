/** Rule files that nobody meant: mutated YAML and conditions, and what loading them may do. */

import assert from 'node:assert/strict'
import { TercelError } from '../../../base/errors.ts'
import { fieldEvent, GivenEventError, givenExtraction } from '../../../rules/engine/field-event.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { oddCondition, randomCondition } from '../fidelity/random-conditions.ts'
import { randomFields } from '../fidelity/random-words.ts'
import { type Random, randomText, rule, sampleContext } from '../support.ts'

/** Pieces of YAML, of rule files and of conditions. */
export const words: readonly string[] = [
  ...[
    '- ',
    'rule: ',
    'macro: ',
    'list: ',
    'items: ',
    'condition: ',
    'output: ',
    'exceptions: ',
    'override: ',
    'append: true'
  ],
  ...[
    'fields: ',
    'comps: ',
    'values: ',
    'tags: ',
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
    '*a '
  ],
  ...['!!x ', '---\n', 'x', '\t', '\0', '\r\n', '%', 'é', '🦅', '\ufeff', '<<: '],
  ...[
    ' and ',
    ' or ',
    ' not ',
    '(',
    ')',
    ',',
    '=',
    '!=',
    ' in ',
    ' exists',
    ' regex ',
    ' glob ',
    ' pmatch ',
    'val(',
    'oneof ('
  ],
  ...[
    'tolower(',
    'concat(',
    'getopt(',
    'join(',
    'proc.name',
    'fd.name',
    'proc.aname[',
    'evt.type',
    '(a+)+',
    '[[:alpha:]]',
    '{2,3}'
  ]
]

/** Removes, repeats or replaces pieces of the text. */
export function mutate(text: string, random: Random, times: number): string {
  let mutated = text
  for (let count = 0; count < times; count++) {
    const from = random.below(mutated.length + 1)
    const to = Math.min(mutated.length, from + random.below(12))
    const piece = random.pick([
      '',
      mutated.slice(from, to).repeat(2),
      random.pick(words),
      String.fromCharCode(random.below(0x3000))
    ])
    mutated = mutated.slice(0, from) + piece + mutated.slice(to)
  }
  return mutated
}

/** A file of any words, of some items of `corpus` with changes, or of a rule whose condition has changes. */
export function randomRuleFile(random: Random, corpus: readonly string[]): string {
  switch (random.below(4)) {
    case 0:
      return randomText(random, words, 30)
    case 1: {
      const condition = random.pick([randomCondition, oddCondition])(random, random.below(4))
      return rule({ condition: JSON.stringify(mutate(condition, random, random.below(4))) })
    }
    default: {
      const items = Array.from({ length: 1 + random.below(6) }, () => random.pick(corpus))
      return mutate(items.join('\n'), random, 1 + random.below(5))
    }
  }
}

/**
 * Loads the text: a ruleset comes of it, whose rules can be tried on an event, or problems whose places are in the text.
 * Tells whether it has loaded.
 */
export function load(text: string, random: Random): boolean {
  try {
    const extractionOf = givenExtraction
    const ruleset = parseRuleFiles([{ path: 'f', text }], { matching: 'all', extractionOf })
    const fields = { 'evt.type': random.pick(['open', 'execve', 'connect']), ...randomFields(random) }
    ruleset.match(fieldEvent({ fields }), sampleContext)
    return true
  } catch (error) {
    if (error instanceof GivenEventError) return true
    if (!(error instanceof TercelError) || error.code !== 'TERCEL_RULES') throw error
    assert.ok(error.problems.length > 0)
    for (const { place, code } of error.problems) {
      assert.ok(place !== undefined && place.line >= 1 && place.column >= 1, JSON.stringify(place))
      assert.ok(place.line <= text.split('\n').length, JSON.stringify(place))
      assert.match(code ?? '', /^LOAD_ERR_/)
    }
    return false
  }
}
