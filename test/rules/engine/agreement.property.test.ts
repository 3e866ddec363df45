import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOverFields } from '../../../rules/engine/condition.ts'
import { fieldEvent } from '../../../rules/engine/field-event.ts'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { randomCondition } from '../fidelity/random-conditions.ts'
import { randomFields } from '../fidelity/random-words.ts'
import { forSeeds } from '../support.ts'
import { naiveHolds } from './naive.ts'

test('the engine and the naive evaluator agree on every condition and event', () => {
  let held = 0
  let seen = 0
  forSeeds(2000, random => {
    const text = randomCondition(random, random.below(4))
    const tree = parseCondition(wholeText(text))
    const holds = conditionOverFields(text)
    for (let count = 0; count < 12; count++) {
      const fields = randomFields(random)
      const expected = naiveHolds(tree, fields)
      assert.equal(holds(fieldEvent({ fields })), expected, `${text}\nfor ${JSON.stringify(fields)}`)
      seen++
      if (expected) held++
    }
  })
  assert.ok(
    held > seen / 5 && held < (seen * 4) / 5,
    `${held} of ${seen} conditions hold: too few or too many to tell much`
  )
})
