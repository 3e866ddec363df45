import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { forSeeds, randomText, seededRandom } from '../support.ts'
import { load, randomRuleFile, words } from './rule-fuzzer.ts'

const shipped = readFileSync(new URL('../../../rules/tercel_rules.yaml', import.meta.url), 'utf8')
const corpus = shipped.split(/\n(?=- )/)

test('any words of rule files either load or give problems with places', () => {
  forSeeds(2000, random => void load(randomText(random, words, 30), random))
})

test('the rules that ship and random conditions, with pieces removed, repeated and replaced, load or give problems', () => {
  let loaded = 0
  forSeeds(3000, random => {
    if (load(randomRuleFile(random, corpus), random)) loaded++
  })
  assert.ok(loaded > 300 && loaded < 2700, `${loaded} of 3000 have loaded: too few or too many to tell much`)
})

test('YAML that is nothing but brackets does not exhaust the stack', () => {
  for (const bracket of ['[', '{a: ', '- ', '[{']) load(bracket.repeat(20_000), seededRandom(1))
})
