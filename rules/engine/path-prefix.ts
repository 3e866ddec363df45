/** `pmatch`: does a path stand at or below one of many paths? Compared component by component, wildcards within one. */

import { globMatcher, isGlob } from './glob.ts'

interface Node {
  ends: boolean
  readonly plain: Map<string, Node>
  readonly patterns: {
    readonly pattern: string
    readonly matches: (component: string) => boolean
    readonly node: Node
  }[]
}

/** Compiles a list of paths; `/etc` covers `/etc` and `/etc/shadow`, not `/etcetera`. */
export function prefixMatcher(paths: readonly string[]): (path: string) => boolean {
  const root = newNode()
  for (const path of paths) add(root, components(path))
  return path => covers(root, components(path), 0)
}

function newNode(): Node {
  return { ends: false, plain: new Map(), patterns: [] }
}

function components(path: string): string[] {
  return path.split('/').filter(component => component !== '')
}

function add(root: Node, path: readonly string[]): void {
  let node = root
  for (const component of path) node = isGlob(component) ? patternChild(node, component) : plainChild(node, component)
  node.ends = true
}

function plainChild(node: Node, component: string): Node {
  const child = node.plain.get(component) ?? newNode()
  node.plain.set(component, child)
  return child
}

function patternChild(node: Node, pattern: string): Node {
  const known = node.patterns.find(each => each.pattern === pattern)
  if (known !== undefined) return known.node
  const child = newNode()
  node.patterns.push({ pattern, matches: globMatcher(pattern), node: child })
  return child
}

function covers(node: Node, path: readonly string[], depth: number): boolean {
  if (node.ends) return true
  const component = path[depth]
  if (component === undefined) return false
  const child = node.plain.get(component)
  if (child !== undefined && covers(child, path, depth + 1)) return true
  return node.patterns.some(each => each.matches(component) && covers(each.node, path, depth + 1))
}
