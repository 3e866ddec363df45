/**
 * Texts by their bytes: the same paths are opened again and again, and to find the string that was made of the same bytes
 * before costs a third of making one. A found one also need not be hashed or compared again. Bounded: each text has one
 * place, where the last one that belongs there stays.
 */

/** A power of two. */
const places = 8192
/** Texts that are longer are made anew each time. */
const longestWords = 32

export class TextCache {
  readonly #texts: string[] = new Array(places).fill('')
  /** The bytes of the texts, padded with zeros. */
  readonly #words = new Uint32Array(places * longestWords)

  /**
   * The text of `length` bytes from `start` on, a multiple of four, one character a byte. `bytes` and `words` are the same
   * memory, up to the end of the last word.
   */
  text(bytes: Buffer, words: Uint32Array, start: number, length: number): string {
    const whole = length >> 2
    const rest = length & 3
    if (length > longestWords * 4 - 4) return bytes.toString('latin1', start, start + length)
    const first = start >> 2
    const last = rest === 0 ? 0 : words[first + whole]! & ((1 << (8 * rest)) - 1)
    // Two sums, so that the processor need not wait for one multiplication to begin the next.
    let hash = length ^ last
    let other = 0
    for (let i = 1; i < whole; i += 2) {
      hash = Math.imul(hash ^ words[first + i - 1]!, 0x9e3779b1)
      other = Math.imul(other ^ words[first + i]!, 0xcc9e2d51)
    }
    if ((whole & 1) === 1) hash = Math.imul(hash ^ words[first + whole - 1]!, 0x9e3779b1)
    hash = Math.imul(hash ^ (hash >>> 16) ^ other ^ (other >>> 15), 0x85ebca6b)
    const place = (hash ^ (hash >>> 13)) & (places - 1)
    const known = place * longestWords
    const text = this.#texts[place]!
    if (text.length === length && this.#words[known + whole] === last >>> 0) {
      let i = 0
      while (i < whole && this.#words[known + i] === words[first + i]) i++
      if (i === whole) return text
    }
    const made = bytes.toString('latin1', start, start + length)
    this.#texts[place] = made
    for (let i = 0; i < whole; i++) this.#words[known + i] = words[first + i]!
    this.#words[known + whole] = last
    return made
  }
}
