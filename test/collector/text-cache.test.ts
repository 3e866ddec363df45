import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TextCache } from '../../collector/text-cache.ts'
import { forSeeds } from '../rules/support.ts'

function memoryOf(length: number) {
  const memory = new ArrayBuffer(length)
  return { bytes: Buffer.from(memory), words: new Uint32Array(memory) }
}

test('a text is that of its bytes, whatever was there before and whatever stands behind it', () => {
  const cache = new TextCache()
  const { bytes, words } = memoryOf(4096)
  forSeeds(200, random => {
    // Few different bytes, so that texts meet and differ in one place only.
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.pick([0, 0x61, 0xff])
    for (let count = 0; count < 200; count++) {
      const start = 4 * random.below(900)
      const length = random.below(random.pick([6, 40, 140, 400]))
      assert.equal(cache.text(bytes, words, start, length), bytes.toString('latin1', start, start + length))
    }
  })
})

test('texts that differ in any one byte, or in their length, are different', () => {
  const cache = new TextCache()
  const { bytes, words } = memoryOf(256)
  for (let length = 0; length <= 200; length++) {
    bytes.fill('a')
    assert.equal(cache.text(bytes, words, 0, length), 'a'.repeat(length))
    for (let at = 0; at < length; at++) {
      bytes[at] = 0x62
      assert.equal(cache.text(bytes, words, 0, length), bytes.toString('latin1', 0, length))
      bytes[at] = 0x61
    }
    assert.equal(cache.text(bytes, words, 0, length), 'a'.repeat(length))
  }
})
