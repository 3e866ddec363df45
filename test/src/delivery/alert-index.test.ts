import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AlertIndex } from '../../../src/delivery/alert-index.ts'
import { segmentSize } from '../../../src/delivery/alert-segment.ts'
import { seededRandom } from './support.ts'

function append(index: AlertIndex, count: number): void {
  for (let i = 0; i < count; i += 1) {
    index.head += 1
    const seq = index.head
    const alert = {
      seq,
      severity: seq % 8,
      internal: seq % 100 === 0,
      bytes: 10 + (seq % 7),
      acceptedMs: 1_000 + seq,
      addressed: seq % 50 === 17
    }
    index.append(alert, `rule ${seq % 5}`)
  }
}

function waiting(index: AlertIndex, slot: number): number[] {
  return index.page(slot, 0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).map(({ seq }) => seq)
}

function deleteIdle(index: AlertIndex): void {
  while (index.idle > 0) index.remove(index.idleRuns(1_000, 300))
}

test('over many segments it says who waits for what, whatever is settled and deleted', () => {
  const random = seededRandom(11)
  const index = new AlertIndex()
  const slots = [index.addOutput(0, () => false), index.addOutput(0, () => false)] as const
  const expected = [new Set<number>(), new Set<number>()] as const
  for (let round = 0; round < 12; round += 1) {
    const before = index.head
    append(index, 2_500)
    for (let seq = before + 1; seq <= index.head; seq += 1) for (const each of expected) each.add(seq)
    for (const place of [0, 1] as const) {
      for (const seq of [...expected[place]]) {
        if (random() < 0.4) continue
        assert.equal(index.settle(slots[place], seq), 10 + (seq % 7))
        assert.equal(index.settle(slots[place], seq), undefined, 'only once')
        expected[place].delete(seq)
      }
    }
    deleteIdle(index)
    for (const place of [0, 1] as const) assert.deepEqual(waiting(index, slots[place]), [...expected[place]])
    assert.equal(index.size, expected[0].union(expected[1]).size)
  }
  for (const segment of index.segments) {
    for (let at = segment.nextWaiting(slots[0], 0); at < segment.count; at = segment.nextWaiting(slots[0], at + 1)) {
      const seq = segment.seqAt(at)
      const found = {
        severity: segment.severityAt(at),
        internal: segment.internalAt(at),
        acceptedMs: segment.acceptedMsAt(at),
        addressed: segment.addressedAt(at)
      }
      const expected = {
        severity: seq % 8,
        internal: seq % 100 === 0,
        acceptedMs: 1_000 + seq,
        addressed: seq % 50 === 17
      }
      assert.deepEqual(found, expected)
    }
  }
})

test('its memory follows what waits, not what came: one alert in a thousand that stays keeps no segment', () => {
  const index = new AlertIndex()
  const slot = index.addOutput(0, () => false)
  for (let round = 0; round < 100; round += 1) {
    append(index, segmentSize)
    for (let seq = index.head - segmentSize + 1; seq <= index.head; seq += 1)
      if (seq % 1_000 > 0) index.settle(slot, seq)
    deleteIdle(index)
  }
  assert.equal(index.size, Math.floor((100 * segmentSize) / 1_000))
  assert.ok(index.segments.length <= 3, `${index.segments.length} segments`)
})

test('without an output nothing is idle; a new one waits for what is there, or for nothing of it', () => {
  const index = new AlertIndex()
  append(index, 10)
  assert.equal(index.idle, 0)
  const oldest = index.addOutput(0, seq => seq === 4)
  assert.deepEqual(waiting(index, oldest), [1, 2, 3, 5, 6, 7, 8, 9, 10])
  assert.equal(index.idle, 1)
  const late = index.addOutput(10, () => false)
  index.removeOutput(oldest)
  assert.equal(index.idle, 10)
  assert.deepEqual(index.idleRuns(4, 10), [{ firstSeq: 1, lastSeq: 4, tables: 0b11110, addressed: false }])
  index.removeOutput(late)
  assert.equal(index.idle, 0)
})
