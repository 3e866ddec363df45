/** `fd.sip.name` and its like compare an address with what a name in the rule resolves to. */

import { type Expression, leavesOf } from './ast.ts'

/** The fields whose constants are names of hosts. */
const hostNameFields: ReadonlySet<string> = new Set(['fd.cip.name', 'fd.sip.name', 'fd.lip.name', 'fd.rip.name'])

/** The names of hosts that a condition asks for. */
export function hostNamesOf(condition: Expression): string[] {
  return leavesOf(condition).flatMap(leaf => {
    if (leaf.kind !== 'test' || leaf.left.kind !== 'field' || !hostNameFields.has(leaf.left.name)) return []
    return leaf.right.kind === 'values' ? leaf.right.values.map(({ text }) => text) : []
  })
}
