/** Each file is compiled as it is loaded, with all that is defined so far. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  conditionOf,
  item,
  list,
  load,
  macro,
  problemsOf,
  type Refused,
  refused,
  ruleItem,
  warningsOf
} from './loading.ts'

const using = ruleItem({ condition: 'evt.type = open and m' })
const definition = macro('m', 'proc.name = a')

const early: readonly Refused[] = [
  ['a macro that only a later file defines', [using, definition], '1.yaml:4:34 LOAD_ERR_VALIDATE: unknown macro m'],
  [
    'a field that only a later file takes away',
    [ruleItem({ condition: 'proc.nmae = x' }), ruleItem()],
    '1.yaml:4:14 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'an output that only a later file mends',
    [ruleItem({ output: '"%proc.nmae"' }), item({ rule: 'R', output: 'x', override: '{output: replace}' })],
    '1.yaml:5:13 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?'
  ],
  [
    'values of an exception that only a later file makes fit',
    [
      ruleItem({ exceptions: '[{name: e, fields: [proc.name], values: [a]}]' }),
      item({ rule: 'R', exceptions: '[]', override: '{exceptions: replace}' })
    ],
    '1.yaml:6:56 LOAD_ERR_VALIDATE: expected a list of 1 values, one for each field, found a text'
  ],
  [
    'what is wrong in each of several files',
    [
      ruleItem({ condition: 'proc.nmae = x' }),
      ruleItem({ rule: 'S', output: '"%fd.nme"' }) + list('l', '', { append: 'true' })
    ],
    '1.yaml:4:14 LOAD_ERR_UNKNOWN_FILTER: unknown field proc.nmae; did you mean proc.name?',
    '2.yaml:6:9 LOAD_ERR_VALIDATE: no list l is defined before',
    '2.yaml:5:13 LOAD_ERR_UNKNOWN_FILTER: unknown field fd.nme; did you mean fd.name?'
  ]
]
refused(early)

test('a file may use what earlier ones define, and the parts of one file each other', () => {
  assert.equal(conditionOf([definition, using]), 'evt.type = open and proc.name = a')
  assert.equal(conditionOf(using + definition), 'evt.type = open and proc.name = a')
  assert.deepEqual(problemsOf([list('l', 'a'), macro('m', 'proc.name in (l)'), using]), [])
})

test('documents of one file are one file', () => {
  assert.equal(conditionOf(`${using}---\n${definition}`), 'evt.type = open and proc.name = a')
})

test('a list of a later file is a word in an earlier one, until it is there', () => {
  const files = [ruleItem({ condition: 'evt.type = open and proc.name in (l)' }), list('l', 'a')]
  assert.equal(conditionOf(files[0]!), 'evt.type = open and proc.name in (l)')
  assert.equal(conditionOf(files), 'evt.type = open and proc.name in (a)')
})

test('what a file does not use but a later one does is not warned of', () => {
  assert.deepEqual(warningsOf([definition, using]), [])
})

test('what several files would warn of is told once', () => {
  const files = [ruleItem({ condition: 'proc.name = a' }), ruleItem({ rule: 'S' }), ruleItem({ rule: 'T' })]
  assert.deepEqual(warningsOf(files), [
    '1.yaml:1:9 LOAD_NO_EVTTYPE: the rule R admits every event type, which is slow; add a test of evt.type'
  ])
})

test('an empty file changes nothing', () => {
  const files = ['', ruleItem(), '# nothing\n', '---\n', ruleItem({ rule: 'S' })]
  assert.deepEqual(
    load(files).rules.map(({ name }) => name),
    ['R', 'S']
  )
})

test('a rule is told to be where it was defined, whatever changed it later', () => {
  const files = [ruleItem(), item({ rule: 'R', desc: 'e', override: '{desc: replace}' })]
  assert.deepEqual(load(files).rules[0]!.place, { file: '1.yaml', line: 1, column: 9 })
})
