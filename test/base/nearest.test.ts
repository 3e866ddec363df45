import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, nearestName } from '../../base/nearest.ts'

const known = ['proc.name', 'proc.pname', 'fd.name', 'evt.type']

test('a letter wrong, missing, added or swapped still finds the name', () => {
  for (const name of ['proc.nmae', 'proc.nam', 'proc.names', 'prox.name'])
    assert.equal(nearestName(name, known), 'proc.name')
})

test('a name that is like nothing finds nothing', () => {
  for (const name of ['', 'x', 'container.image', 'zzzzzzzzz']) assert.equal(nearestName(name, known), undefined)
  assert.equal(nearestName('proc.name', []), undefined)
})

test('the hint is ready to be appended', () => {
  assert.equal(didYouMean('evt.tpye', known), '; did you mean evt.type?')
  assert.equal(didYouMean('zzzzzzzzz', known), '')
})
