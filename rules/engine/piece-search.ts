/**
 * Many pieces at once, anywhere in a text: an automaton after Aho and Corasick (Efficient string matching, 1975), which reads
 * the text once however many pieces there are.
 */

import { ByteTable } from './byte-table.ts'
import { type Tell, TextSearch } from './text-search.ts'

const root = 0

export class PieceSearch extends TextSearch {
  readonly #next: ByteTable
  /** By node: what the piece that ends there is called plus one, or 0. */
  readonly #ends: Int32Array
  /** By node: the longest shorter ending of what was read from which a piece may go on, or the root. */
  readonly #ending: Int32Array
  /** By node: the longest shorter ending of what was read at which a piece ends, or the root. */
  readonly #shorter: Int32Array
  /** The empty piece is everywhere. */
  readonly #empty: number
  /** By node: for which text its piece was told last. */
  readonly #toldFor: Uint32Array
  #texts = 0

  /** Each piece is called by its position; there may be none twice. */
  constructor(pieces: readonly string[]) {
    super()
    this.#next = new ByteTable(pieces)
    this.#ends = new Int32Array(this.#next.nodes)
    this.#ending = new Int32Array(this.#next.nodes)
    this.#shorter = new Int32Array(this.#next.nodes)
    this.#toldFor = new Uint32Array(this.#next.nodes)
    for (const [position, piece] of pieces.entries()) {
      const bytes = Array.from(piece, character => character.charCodeAt(0))
      this.#ends[this.#next.add(bytes)] = position + 1
    }
    this.#empty = this.#ends[root]!
    this.#ends[root] = 0
    this.#linkEndings()
  }

  /** Finds for each node the longest ending of what was read that is the beginning of a piece too. */
  #linkEndings(): void {
    const { bytes } = this.#next
    const nodes = [root]
    for (const node of nodes) {
      const ending = this.#ending[node]!
      this.#shorter[node] = this.#ends[ending]! > 0 ? ending : this.#shorter[ending]!
      for (const byte of bytes) {
        const child = this.#next.get(node, byte)
        if (child === root) continue
        this.#ending[child] = node === root ? root : this.#step(ending, byte)
        nodes.push(child)
      }
    }
  }

  #step(from: number, byte: number): number {
    let node = from
    for (;;) {
      const next = this.#next.get(node, byte)
      if (next !== root || node === root) return next
      node = this.#ending[node]!
    }
  }

  /** Tells each piece once: a hostile text may have one thousands of times. */
  protected override walk(
    byteAt: (index: number) => number,
    start: number,
    end: number,
    tell: Tell | undefined
  ): boolean {
    if (this.#empty > 0) {
      if (tell === undefined) return true
      tell(this.#empty - 1)
    }
    const number = tell === undefined ? 0 : this.#nextText()
    let node = root
    for (let index = start; index < end; index++) {
      node = this.#step(node, byteAt(index))
      let ending = this.#ends[node]! > 0 ? node : this.#shorter[node]!
      if (ending !== root && tell === undefined) return true
      // With a piece all shorter endings of it were told.
      for (; ending !== root && this.#toldFor[ending] !== number; ending = this.#shorter[ending]!) {
        this.#toldFor[ending] = number
        tell!(this.#ends[ending]! - 1)
      }
    }
    return false
  }

  #nextText(): number {
    if (this.#texts === 0xffffffff) {
      this.#toldFor.fill(0)
      this.#texts = 0
    }
    return ++this.#texts
  }
}
