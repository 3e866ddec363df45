/** Many beginnings, or endings, at once: a text is walked as long as one of them goes on, however many there are. */

import { ByteTable } from './byte-table.ts'

/** From which end texts are compared. */
export type Direction = 'begins' | 'ends'

const root = 0

export class ByteTrie {
  readonly #children: ByteTable
  /** By node: what the text that ends there is called plus one, or 0. */
  readonly #ends: Int32Array
  readonly #isForward: boolean

  /** Each text is called by its position; there may be none twice. */
  constructor(texts: readonly string[], direction: Direction) {
    this.#isForward = direction === 'begins'
    this.#children = new ByteTable(texts)
    this.#ends = new Int32Array(this.#children.nodes)
    for (const [position, text] of texts.entries()) {
      const bytes = Array.from(text, character => character.charCodeAt(0))
      this.#ends[this.#children.add(this.#isForward ? bytes : bytes.reverse())] = position + 1
    }
  }

  /** Whether the text begins, or ends, with any of the texts. */
  holds(text: string): boolean {
    return this.#walk(index => text.charCodeAt(index), 0, text.length, undefined)
  }

  holdsOnBytes(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#isForward) return this.#walk(index => bytes[index]!, start, end, undefined)
    // What is asked for most often, without a function for each byte.
    let node = root
    for (let at = start; this.#ends[node] === 0; at++) {
      if (at === end) return false
      node = this.#children.get(node, bytes[at]!)
      if (node === root) return false
    }
    return true
  }

  /** Tells each of the texts that the text begins, or ends, with. */
  each(text: string, tell: (position: number) => void): void {
    this.#walk(index => text.charCodeAt(index), 0, text.length, tell)
  }

  eachOnBytes(bytes: Uint8Array, start: number, end: number, tell: (position: number) => void): void {
    this.#walk(index => bytes[index]!, start, end, tell)
  }

  /** Without anybody to tell it ends at the first. */
  #walk(
    byteAt: (index: number) => number,
    start: number,
    end: number,
    tell: ((position: number) => void) | undefined
  ): boolean {
    let node = root
    for (let count = 0; ; count++) {
      const found = this.#ends[node]!
      if (found > 0 && tell === undefined) return true
      if (found > 0) tell!(found - 1)
      if (count === end - start) return false
      node = this.#children.get(node, byteAt(this.#isForward ? start + count : end - 1 - count))
      if (node === root) return false
    }
  }
}
