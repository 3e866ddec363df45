import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verdictOf } from '../../../outputs/http/verdict.ts'

test('every status has a verdict, and only 2xx is delivered', () => {
  for (let status = 200; status <= 999; status += 1) {
    const verdict = verdictOf(status, '')
    assert.equal(verdict === 'delivered', status < 300, String(status))
    if (status >= 300 && status < 400) assert.equal(verdict, 'hold')
    if (status >= 500) assert.ok(verdict === 'retry' || verdict === 'hold', 'a failing server costs no alert')
  }
})

test('a text about the connection matters with a 400 only', () => {
  const text = '400 No required SSL certificate was sent'
  assert.equal(verdictOf(400, text), 'hold')
  assert.equal(verdictOf(422, text), 'refuse')
  assert.equal(verdictOf(200, text), 'delivered')
})
