/** `fd.sip.name` and its like compare an address with what a name in the rule resolves to. */

import type { Expression } from './ast.ts'

/** The fields whose constants are names of hosts. */
const hostNameFields: ReadonlySet<string> = new Set(['fd.cip.name', 'fd.sip.name', 'fd.lip.name', 'fd.rip.name'])

/** The names of hosts that a condition asks for. */
export function hostNamesOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'test': {
      const { left, right } = expression
      if (left.kind !== 'field' || !hostNameFields.has(left.name) || right.kind !== 'values') return []
      return right.values.map(({ text }) => text)
    }
    case 'not':
      return hostNamesOf(expression.operand)
    case 'macro':
      return expression.body === undefined ? [] : hostNamesOf(expression.body)
    default:
      return expression.operands.flatMap(hostNamesOf)
  }
}
