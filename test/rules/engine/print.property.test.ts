import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { printCondition } from '../../../rules/engine/print.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { oddCondition } from '../fidelity/random-conditions.ts'
import { forSeeds } from '../support.ts'

const parse = (text: string) => parseCondition(wholeText(text))

/** The tree without the places of its parts. */
function bare(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value) => (key === 'place' || key === 'operatorPlace' ? undefined : value))
  )
}

test('what is printed parses to the same tree, and prints the same again', () => {
  forSeeds(1000, random => {
    const text = oddCondition(random, random.below(4))
    const tree = parse(text)
    const printed = printCondition(tree)
    const again = parse(printed)
    assert.deepEqual(bare(again), bare(tree), `${text}\nprinted as\n${printed}`)
    assert.equal(printCondition(again), printed, text)
  })
})

test('what is printed on several lines parses to the same tree', () => {
  forSeeds(300, random => {
    const text = oddCondition(random, 1 + random.below(3))
    const tree = parse(text)
    const printed = printCondition(tree, { width: 10 + random.below(80) })
    assert.deepEqual(bare(parse(printed)), bare(tree), `${text}\nprinted as\n${printed}`)
  })
})
