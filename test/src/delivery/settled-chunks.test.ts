import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkHas, chunkOf, chunkSize, encodeChunk, SettledChunks } from '../../../src/delivery/settled-chunks.ts'
import { seededRandom } from './support.ts'

test('what is encoded is decoded, for any chunk', () => {
  const random = seededRandom(1)
  for (const chunk of [0, 1, 77, 2 ** 30]) {
    const first = chunk * chunkSize
    const members = new Set<number>([first, first + chunkSize - 1])
    for (let i = 0; i < 500; i += 1) members.add(first + Math.floor(random() * chunkSize))
    const bits = encodeChunk(members)!
    assert.equal(bits.length, 1_024)
    for (let seq = first; seq < first + chunkSize; seq += 1) assert.equal(chunkHas(bits, seq), members.has(seq))
    assert.ok([...members].every(seq => chunkOf(seq) === chunk))
  }
})

test('the lowest bit of the first byte is the first alert: the file is read on any machine', () => {
  const bits = encodeChunk([0, 9])!
  assert.deepEqual([...bits.subarray(0, 3)], [1, 2, 0])
  assert.equal(encodeChunk([]), undefined)
})

test('a commit writes the chunks that have changed, once, and deletes those that the cursor has left', () => {
  const chunks = new SettledChunks()
  const encode = (chunk: number) => encodeChunk([chunk * chunkSize])
  chunks.settled(5)
  chunks.settled(chunkSize + 5)
  chunks.settled(chunkSize + 6)
  const first = chunks.changes(0, encode)
  assert.deepEqual(
    first.map(({ chunk, bits }) => [chunk, bits !== undefined]),
    [
      [0, true],
      [1, true]
    ]
  )
  chunks.written(first)
  assert.deepEqual(chunks.changes(0, encode), [])
  const left = chunks.changes(chunkSize, encode)
  assert.deepEqual(left, [{ chunk: 0, bits: undefined }])
  chunks.written(left)
  assert.deepEqual(chunks.changes(chunkSize, encode), [])
})

test('a chunk without bits is deleted if it may be on disk, also after a commit that seemed to fail', () => {
  const chunks = new SettledChunks()
  chunks.settled(5)
  assert.equal(chunks.changes(0, () => encodeChunk([5])).length, 1)
  assert.deepEqual(
    chunks.changes(0, () => undefined),
    [{ chunk: 0, bits: undefined }]
  )
  const other = new SettledChunks()
  other.settled(5)
  assert.deepEqual(
    other.changes(0, () => undefined),
    []
  )
})
