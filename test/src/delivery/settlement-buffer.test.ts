import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Settlement } from '../../../src/delivery/cursor.ts'
import { SettlementBuffer } from '../../../src/delivery/settlement-buffer.ts'
import { until } from './support.ts'

const delivered = (seq: number): Settlement => ({ seq, kind: 'delivered' })

test('what is settled in one turn of the event loop is one message for each output, in order', async () => {
  const sent: [string, number[]][] = []
  const buffer = new SettlementBuffer((output, settlements) => sent.push([output, settlements.map(({ seq }) => seq)]))
  buffer.add('a', [delivered(1)])
  buffer.add('b', [delivered(1)])
  buffer.add('a', [delivered(3), delivered(2)])
  assert.deepEqual(sent, [])
  await until('it is sent', () => sent.length > 0)
  assert.deepEqual(sent, [
    ['a', [1, 3, 2]],
    ['b', [1]]
  ])
  buffer.add('a', [delivered(4)])
  await until('the next goes too', () => sent.length === 3)
})

test('a flush sends at once, and nothing twice', async () => {
  let sent = 0
  const buffer = new SettlementBuffer(() => (sent += 1))
  buffer.add('a', [delivered(1)])
  buffer.flush()
  assert.equal(sent, 1)
  await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
  assert.equal(sent, 1)
})
