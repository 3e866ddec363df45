/** Sets of small numbers as bits, 32 to a word. */

export function hasBit(words: Uint32Array, at: number): boolean {
  return ((words[at >>> 5]! >>> (at & 31)) & 1) === 1
}

export function setBit(words: Uint32Array, at: number): void {
  words[at >>> 5]! |= 1 << (at & 31)
}

export function clearBit(words: Uint32Array, at: number): void {
  words[at >>> 5]! &= ~(1 << (at & 31))
}

/** The first member from `from` on, or `end` when there is none before it. Empty words are skipped whole. */
export function nextBit(words: Uint32Array, from: number, end: number): number {
  for (let at = from; at < end; at = (at | 31) + 1) {
    const rest = words[at >>> 5]! >>> (at & 31)
    if (rest !== 0) return Math.min(end, at + lowestBit(rest))
  }
  return end
}

/** The place of the lowest bit that is set; the word must not be 0. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word)
}

export function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
