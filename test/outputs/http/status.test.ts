import assert from 'node:assert/strict'
import { test } from 'node:test'
import { meaningOf } from '../../../outputs/http/status.ts'

test('every status has a meaning, and only 2xx is delivered', () => {
  for (let status = 200; status <= 999; status += 1) {
    const meaning = meaningOf(status, '')
    assert.equal(meaning === 'delivered', status < 300, String(status))
    if (status >= 300 && status < 400) assert.equal(meaning, 'hold')
    if (status >= 500) assert.ok(meaning === 'retry' || meaning === 'hold', 'a failing server costs no alert')
  }
})

test('a text about the connection matters with a 400 only', () => {
  const text = '400 No required SSL certificate was sent'
  assert.equal(meaningOf(400, text), 'hold')
  assert.equal(meaningOf(422, text), 'refuse')
  assert.equal(meaningOf(200, text), 'delivered')
})
