import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conditionOf, list, problemsOf, ruleItem } from './loading.ts'

const using = ruleItem({ condition: 'proc.name in (l)' })

test('an alias stands for the last node before it that has the anchor', () => {
  const text = list('a', '&x sh, *x, &x bash') + list('l', '*x, zsh, &x csh')
  assert.equal(conditionOf(text + using), 'proc.name in (bash, zsh, csh)')
})

test('an alias may stand for a whole list, a map or the text of a key', () => {
  const text = `- list: a\n  items: &items [sh, bash]\n- list: l\n  items: *items\n`
  assert.equal(conditionOf(text + using), 'proc.name in (sh, bash)')
  const exceptions = '[&e {name: e, fields: &f [proc.name], values: [[&v x]]}, {name: e2, fields: *f, values: [[*v]]}]'
  assert.equal(
    conditionOf(ruleItem({ condition: '&c evt.type = open', output: '*c', exceptions })),
    'evt.type = open and not proc.name = x and not proc.name = x'
  )
})

test('an alias of what nothing is called, or of what contains it, is a problem', () => {
  assert.deepEqual(problemsOf(list('l', '*missing')), [
    '1.yaml:2:3 LOAD_ERR_YAML_VALIDATE: expected text as item of items, found nothing'
  ])
  assert.deepEqual(problemsOf('- list: l\n  items: &x [*x]\n'), [
    '1.yaml:2:13 LOAD_ERR_YAML_VALIDATE: expected text as item of items, found a list'
  ])
  assert.deepEqual(problemsOf('- &x [*x]\n'), [
    '1.yaml:1:6 LOAD_ERR_YAML_VALIDATE: expected a rule, macro or list, found a list'
  ])
})

test('thousands of aliases are found in one walk', () => {
  const text = list('a', '&x sh') + list('l', Array(40_000).fill('*x').join(', '))
  assert.equal(conditionOf(text + ruleItem({ condition: 'len(proc.name) = 1' })), 'len(proc.name) = 1')
})
