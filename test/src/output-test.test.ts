import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered, hold, reject, retry, split } from '../../outputs/output.ts'
import { resultOf, testAlert } from '../../src/output-test.ts'

test('an outcome is told as it is for one alert, of which there is no smaller batch', () => {
  assert.deepEqual(resultOf(delivered), { outcome: 'delivered' })
  assert.deepEqual(resultOf(retry('busy', 3000)), { outcome: 'retry', reason: 'busy', afterMs: 3000 })
  assert.deepEqual(resultOf(hold('no token')), { outcome: 'hold', reason: 'no token', afterMs: undefined })
  assert.deepEqual(resultOf(reject('no field')), { outcome: 'reject', reason: 'no field', afterMs: undefined })
  assert.deepEqual(resultOf(split('too large')), { outcome: 'reject', reason: 'too large' })
})

test('an alert of a test says what it is, and no two are the same', () => {
  const [one, other] = [testAlert('hook'), testAlert('hook')]
  assert.match(one.output, /Notice This is a test of the output hook by tercel on /)
  assert.deepEqual([one.rule, one.tags, one.source], ['tercel test', ['test'], 'internal'])
  assert.notEqual(one.uuid, other.uuid)
})
