/** Many beginnings, or endings, at once: a text is walked as long as one of them goes on, however many there are. */

import { ByteTable } from './byte-table.ts'
import { type Tell, TextSearch } from './text-search.ts'

/** From which end texts are compared. */
export type Direction = 'begins' | 'ends'

const root = 0

export class ByteTrie extends TextSearch {
  readonly #children: ByteTable
  /** By node: what the text that ends there is called plus one, or 0. */
  readonly #ends: Int32Array
  readonly #isForward: boolean

  /** Each text is called by its position; there may be none twice. */
  constructor(texts: readonly string[], direction: Direction) {
    super()
    this.#isForward = direction === 'begins'
    this.#children = new ByteTable(texts)
    this.#ends = new Int32Array(this.#children.nodes)
    for (const [position, text] of texts.entries()) {
      const bytes = Array.from(text, character => character.charCodeAt(0))
      this.#ends[this.#children.add(this.#isForward ? bytes : bytes.reverse())] = position + 1
    }
  }

  override holdsOnBytes(bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#isForward) return super.holdsOnBytes(bytes, start, end)
    // What is asked for most often, without a function for each byte.
    let node = root
    for (let at = start; this.#ends[node] === 0; at++) {
      if (at === end) return false
      node = this.#children.get(node, bytes[at]!)
      if (node === root) return false
    }
    return true
  }

  protected override walk(
    byteAt: (index: number) => number,
    start: number,
    end: number,
    tell: Tell | undefined
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
