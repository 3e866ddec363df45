import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ByteTrie } from '../../../rules/engine/byte-trie.ts'
import { PieceSearch } from '../../../rules/engine/piece-search.ts'
import { forSeeds, holds, ipv4, type Random, randomText, sampleCall, sampleDescriptor } from '../support.ts'

const alphabet = ['a', 'b', 'ab', '\xff']

interface Search {
  holds(text: string): boolean
  holdsOnBytes(bytes: Uint8Array, start: number, end: number): boolean
  each(text: string, tell: (position: number) => void): void
  eachOnBytes(bytes: Uint8Array, start: number, end: number, tell: (position: number) => void): void
}

const kinds: [what: string, make: (texts: string[]) => Search, found: (text: string, sought: string) => boolean][] = [
  ['beginnings', texts => new ByteTrie(texts, 'begins'), (text, sought) => text.startsWith(sought)],
  ['endings', texts => new ByteTrie(texts, 'ends'), (text, sought) => text.endsWith(sought)],
  ['pieces', texts => new PieceSearch(texts), (text, sought) => text.includes(sought)]
]

function randomTexts(random: Random): string[] {
  return [...new Set(Array.from({ length: random.below(8) }, () => randomText(random, alphabet, 4)))]
}

for (const [what, make, isFound] of kinds) {
  test(`${what} are found by one look-up as they are one by one`, () => {
    forSeeds(2000, random => {
      const texts = randomTexts(random)
      const search = make(texts)
      const text = randomText(random, alphabet, 8)
      const expected = texts.flatMap((sought, position) => (isFound(text, sought) ? [position] : []))
      const bytes = Buffer.from(`ab${text}ab`, 'latin1')
      const told: number[] = []
      const toldOnBytes: number[] = []
      search.each(text, position => told.push(position))
      search.eachOnBytes(bytes, 2, bytes.length - 2, position => toldOnBytes.push(position))
      const shown = JSON.stringify([texts, text])
      assert.deepEqual(told.sort(), expected, shown)
      assert.deepEqual(toldOnBytes.sort(), expected, shown)
      assert.equal(search.holds(text), expected.length > 0, shown)
      assert.equal(search.holdsOnBytes(bytes, 2, bytes.length - 2), expected.length > 0, shown)
    })
  })

  test(`${what} that need more room than a table has are found as well`, () => {
    const texts = Array.from({ length: 40_000 }, (_, index) => `${index}-`.repeat(3) + 'x'.repeat(index % 3))
    const search = make(texts)
    for (const index of [0, 7, 39_999]) {
      const told: number[] = []
      search.each(texts[index]!, position => told.push(position))
      assert.ok(told.includes(index))
    }
    assert.ok(!search.holds('y'.repeat(100)))
  })
}

test('a port may be named by its service', () => {
  const end = { address: '\x0a\0\0\x01', port: 22 }
  const ends = { client: { ...end, port: 40_000 }, server: end, local: end, remote: end }
  const call = sampleCall({ type: 'connect', descriptor: sampleDescriptor({ type: ipv4, ...ends }) })
  assert.ok(holds('fd.sport = ssh and fd.port in (http, ssh)', call))
  assert.ok(!holds('fd.sport in (http, https)', call))
  assert.throws(() => holds('fd.sport = sssh', call))
})
