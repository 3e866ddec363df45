import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression } from '../../../rules/engine/ast.ts'
import { fieldEvent, givenExtraction } from '../../../rules/engine/field-event.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'
import { randomCondition } from '../fidelity/random-conditions.ts'
import { randomFields } from '../fidelity/random-words.ts'
import { forSeeds, type Random, ruleFile, sampleContext } from '../support.ts'
import { naiveHolds } from './naive.ts'

/** What rules wait for: values that some of the random events have, and many that none has. */
function telling(random: Random): string {
  const number = random.below(40)
  return random.pick([
    `proc.name in (sh, tool-${number}, cat)`,
    `proc.name = tool-${number}`,
    'proc.name = sh',
    `(fd.name startswith /tmp/app-${number} or fd.name startswith /etc/)`,
    `fd.name in (/opt/${number}, /etc/passwd)`,
    `proc.pname startswith anyof (b, x${number})`
  ])
}

function condition(random: Random): string {
  const text = `(${randomCondition(random, random.below(3))})`
  return random.below(4) === 0 ? text : `${text} and ${telling(random)}`
}

for (const matching of ['first', 'all'] as const) {
  test(`of few rules and of many, those that match are found in order: ${matching}`, () => {
    let most = 0
    forSeeds(60, random => {
      const conditions = Array.from({ length: random.pick([1, 5, 40, 120, 300]) }, () => condition(random))
      const trees = conditions.map((text): Expression => parseCondition(wholeText(text)))
      const text = conditions.map((each, index) => ruleFile(each).replace('rule: R', `rule: ${index}`)).join('')
      const extractionOf = givenExtraction
      const ruleset = parseRuleFiles([{ path: 'f', text }], { matching, extractionOf })
      for (let count = 0; count < 12; count++) {
        const type = random.pick([{}, { 'evt.type': 'open' }, { 'evt.type': 'connect' }, { 'evt.type': 'execve' }])
        const fields = { ...randomFields(random), ...type }
        const holding = trees.flatMap((tree, index) => (naiveHolds(tree, fields) ? [String(index)] : []))
        const found = ruleset.match(fieldEvent({ fields }), sampleContext).map(({ name }) => name)
        most = Math.max(most, found.length)
        assert.deepEqual(found, matching === 'first' ? holding.slice(0, 1) : holding, JSON.stringify(fields))
      }
    })
    assert.ok(most > (matching === 'first' ? 0 : 20))
  })
}
