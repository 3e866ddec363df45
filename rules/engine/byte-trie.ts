/** Many prefixes at once: a text is walked from its first byte as long as some prefix goes on, however many there are. */

/** A byte of the text at an index. */
type ByteAt = (index: number) => number

const root = 0
/** Entries of the table of children: 16 MiB. What is larger is kept in a map, which is slower and takes less. */
const largestTable = 4 * 1024 * 1024

export class ByteTrie {
  readonly #child: (node: number, byte: number) => number
  /** By node: what the prefix that ends there is called plus one, or 0. */
  readonly #ends: Int32Array

  /** Each prefix is called by its position; there may be none twice. */
  constructor(prefixes: readonly string[]) {
    const nodes = 1 + prefixes.reduce((sum, { length }) => sum + length, 0)
    const codes = alphabetOf(prefixes)
    const width = Math.max(...codes) + 1
    const children = nodes * width <= largestTable ? tableOf(nodes, codes, width) : mapOf()
    this.#child = children.get
    this.#ends = new Int32Array(nodes)
    let made = root
    for (const [position, prefix] of prefixes.entries()) {
      let node = root
      for (let i = 0; i < prefix.length; i++) {
        const byte = prefix.charCodeAt(i)
        const known = this.#child(node, byte)
        if (known === root) children.set(node, byte, ++made)
        node = known === root ? made : known
      }
      this.#ends[node] = position + 1
    }
  }

  /** Whether the text begins with any of the prefixes. */
  hasPrefixOf(text: string): boolean {
    return this.#walk(index => text.charCodeAt(index), text.length, undefined)
  }

  hasPrefixOfBytes(bytes: Uint8Array, start: number, end: number): boolean {
    let node = root
    for (let at = start; this.#ends[node] === 0; at++) {
      if (at === end) return false
      node = this.#child(node, bytes[at]!)
      if (node === root) return false
    }
    return true
  }

  /** Tells every prefix that the text begins with. */
  eachPrefixOf(text: string, tell: (position: number) => void): void {
    this.#walk(index => text.charCodeAt(index), text.length, tell)
  }

  eachPrefixOfBytes(bytes: Uint8Array, start: number, end: number, tell: (position: number) => void): void {
    this.#walk(index => bytes[start + index]!, end - start, tell)
  }

  /** Without anybody to tell it ends at the first prefix. */
  #walk(byteAt: ByteAt, length: number, tell: ((position: number) => void) | undefined): boolean {
    let node = root
    for (let index = 0; ; index++) {
      const end = this.#ends[node]!
      if (end > 0 && tell === undefined) return true
      if (end > 0) tell!(end - 1)
      if (index === length) return false
      node = this.#child(node, byteAt(index))
      if (node === root) return false
    }
  }
}

interface Children {
  /** The root stands for none. */
  get(node: number, byte: number): number
  set(node: number, byte: number, child: number): void
}

/** For each byte the column of its children, 0 for those that no prefix has. */
function alphabetOf(prefixes: readonly string[]): Uint16Array {
  const used = new Set<number>()
  for (const prefix of prefixes) for (let i = 0; i < prefix.length; i++) used.add(prefix.charCodeAt(i))
  const codes = new Uint16Array(256)
  for (const [index, byte] of [...used].entries()) codes[byte] = index + 1
  return codes
}

function tableOf(nodes: number, codes: Uint16Array, width: number): Children {
  const table = new Int32Array(nodes * width)
  return {
    get: (node, byte) => table[node * width + codes[byte]!]!,
    set: (node, byte, child) => {
      table[node * width + codes[byte]!] = child
    }
  }
}

function mapOf(): Children {
  const map = new Map<number, number>()
  return {
    get: (node, byte) => map.get(node * 256 + byte) ?? root,
    set: (node, byte, child) => void map.set(node * 256 + byte, child)
  }
}
