/** What aliases of a YAML document (`*name`) stand for: the last node before them that has the anchor (`&name`). */

import { type Alias, type Document, isAlias, type Node, visit } from 'yaml'

type Targets = ReadonlyMap<Alias, Node | undefined>

/** The library walks the document for each alias that it is asked for; a file may have thousands. */
const known = new WeakMap<Document, Targets>()

/** The node that an alias stands for, any other node as it is; undefined for nothing. */
export function resolved(document: Document, node: Node | null | undefined): Node | undefined {
  if (!isAlias(node)) return node ?? undefined
  const targets = known.get(document) ?? findTargets(document)
  known.set(document, targets)
  return targets.get(node)
}

function findTargets(document: Document): Targets {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node | undefined>()
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) targets.set(node, anchors.get(node.source))
      else if (node.anchor !== undefined) anchors.set(node.anchor, node)
    }
  })
  return targets
}
