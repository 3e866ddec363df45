/** The nodes of a trie of bytes, and where each byte leads from each of them. Node 0 is the root, to which none leads. */

/** Entries of a table: 16 MiB. What would be larger is kept in a map, which is slower and takes less. */
const largestTable = 4 * 1024 * 1024

export class ByteTable {
  /** How many nodes there can be. */
  readonly nodes: number
  /** For each byte its column, 0 for those that no text has. */
  readonly #columns = new Uint16Array(256)
  readonly #width: number
  readonly #table: Int32Array | undefined
  readonly #map = new Map<number, number>()
  #made = 0

  constructor(texts: readonly string[]) {
    const used = new Set<number>()
    let length = 0
    for (const text of texts) {
      length += text.length
      for (let index = 0; index < text.length; index++) used.add(text.charCodeAt(index))
    }
    this.nodes = length + 1
    this.#width = used.size + 1
    for (const [index, byte] of [...used].entries()) this.#columns[byte] = index + 1
    if (this.nodes * this.#width <= largestTable) this.#table = new Int32Array(this.nodes * this.#width)
  }

  /** Where the byte leads from the node; 0 where it leads nowhere. */
  get(node: number, byte: number): number {
    const entry = node * this.#width + this.#columns[byte]!
    return this.#table === undefined ? (this.#map.get(entry) ?? 0) : this.#table[entry]!
  }

  set(node: number, byte: number, child: number): void {
    const entry = node * this.#width + this.#columns[byte]!
    if (this.#table === undefined) this.#map.set(entry, child)
    else this.#table[entry] = child
  }

  /** Makes the nodes of a text; gives its last one. */
  add(bytes: readonly number[]): number {
    let node = 0
    for (const byte of bytes) {
      const known = this.get(node, byte)
      if (known === 0) this.set(node, byte, ++this.#made)
      node = known === 0 ? this.#made : known
    }
    return node
  }

  /** The bytes that lead anywhere from any node. */
  get bytes(): number[] {
    return [...this.#columns.keys()].filter(byte => this.#columns[byte] !== 0)
  }
}
