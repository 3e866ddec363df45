/** Many `startswith` at once: a trie of bytes, so that a text is walked once however many prefixes there are. */

import type { BytesTest } from './byte-tests.ts'

export interface PrefixSet {
  /** Whether the text begins with any of the prefixes. */
  readonly holds: (text: string) => boolean
  readonly onBytes: BytesTest
}

const root = 0
/** Nodes of 256 children are wide, but the prefixes of rules are few thousand bytes in all. */
const width = 256

export function prefixSet(prefixes: readonly string[]): PrefixSet {
  const nodes = 1 + prefixes.reduce((sum, { length }) => sum + length, 0)
  return nodes <= widestTrie ? wideTrie(prefixes, nodes) : mapTrie(prefixes)
}

/** 16 MiB of children. */
const widestTrie = 16_384

function wideTrie(prefixes: readonly string[], nodes: number): PrefixSet {
  const children = new Int32Array(nodes * width)
  const ends = new Uint8Array(nodes)
  let made = root
  for (const prefix of prefixes) {
    let node = root
    for (let i = 0; i < prefix.length; i++) {
      const at = node * width + prefix.charCodeAt(i)
      children[at] ||= ++made
      node = children[at]!
    }
    ends[node] = 1
  }
  return {
    holds: text => {
      let node = root
      for (let i = 0; ends[node] === 0; i++) {
        if (i === text.length) return false
        node = children[node * width + text.charCodeAt(i)]!
        if (node === root) return false
      }
      return true
    },
    onBytes: (bytes, start, end) => {
      let node = root
      for (let at = start; ends[node] === 0; at++) {
        if (at === end) return false
        node = children[node * width + bytes[at]!]!
        if (node === root) return false
      }
      return true
    }
  }
}

interface Node {
  ends: boolean
  readonly children: Map<number, Node>
}

function mapTrie(prefixes: readonly string[]): PrefixSet {
  const top: Node = { ends: false, children: new Map() }
  for (const prefix of prefixes) {
    let node = top
    for (let i = 0; i < prefix.length && !node.ends; i++) {
      const code = prefix.charCodeAt(i)
      const child = node.children.get(code) ?? { ends: false, children: new Map<number, Node>() }
      node.children.set(code, child)
      node = child
    }
    node.ends = true
  }
  const walk = (codeAt: (index: number) => number, length: number): boolean => {
    let node: Node | undefined = top
    for (let i = 0; node !== undefined; i++) {
      if (node.ends) return true
      if (i === length) return false
      node = node.children.get(codeAt(i))
    }
    return false
  }
  return {
    holds: text => walk(index => text.charCodeAt(index), text.length),
    onBytes: (bytes, start, end) => walk(index => bytes[start + index]!, end - start)
  }
}
