import assert from 'node:assert/strict'
import { test } from 'node:test'
import { delivered, hold, reject, retry, split } from '../../../outputs/output.ts'
import { batches } from '../../../src/delivery/batches.ts'
import { type Held, judge } from '../../../src/delivery/verdict.ts'
import { makeAlert } from './support.ts'

function held(count: number, bytes = 10): Held[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    acceptedMs: 0,
    bytes,
    addressed: false,
    alert: makeAlert(`${index + 1}`),
    attempts: 0
  }))
}

const seqs = (alerts: readonly Held[]) => alerts.map(({ seq }) => seq)

test('what was delivered or rejected is settled, the rest is left in its order', () => {
  const sent = held(4)
  const verdict = judge(sent, [retry('503'), delivered, reject('400'), retry('429', 2_000)])
  assert.deepEqual(verdict.settlements, [
    { seq: 2, kind: 'delivered' },
    { seq: 3, kind: 'dead', reason: '400', attempts: 1 }
  ])
  assert.deepEqual(seqs(verdict.left), [1, 4])
  const { split: parts, held: refused, afterMs, reason } = verdict
  assert.deepEqual({ parts, refused, afterMs, reason }, { parts: false, refused: false, afterMs: 2_000, reason: '503' })
})

test('what is refused as a batch is left to be split', () => {
  const verdict = judge(
    held(2),
    held(2).map(() => split('413', { tooLarge: true }))
  )
  assert.equal(verdict.split, true)
  assert.equal(verdict.tooLarge, true)
  assert.deepEqual(seqs(verdict.left), [1, 2])
})

test('what is refused as a batch of one is dead', () => {
  const verdict = judge(held(1), [split('400 no such field')])
  assert.deepEqual(verdict.settlements, [{ seq: 1, kind: 'dead', reason: '400 no such field', attempts: 1 }])
  assert.deepEqual(verdict.left, [])
})

test('a far end that refuses us is told from one that is down', () => {
  assert.equal(judge(held(1), [hold('401')]).held, true)
  assert.equal(judge(held(1), [retry('503')]).held, false)
})

test('a page is cut by count and by bytes, and a large alert goes alone', () => {
  const page = held(6).map((one, index) => ({ ...one, bytes: [10, 10, 90, 500, 10, 10][index]! }))
  const cut = [...batches(page, { maxCount: 3, maxBytes: 100 })]
  assert.deepEqual(cut.map(seqs), [[1, 2], [3], [4], [5, 6]])
  assert.deepEqual([...batches(held(5), { maxCount: 2, maxBytes: 1_000 })].map(seqs), [[1, 2], [3, 4], [5]])
  assert.deepEqual([...batches([], { maxCount: 2, maxBytes: 1_000 })], [])
})
