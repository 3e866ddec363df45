/** Which event types a condition admits, so that a rule is tried only on events that it can match. */

import type { Expression, Test } from './ast.ts'
import { eventNames } from './event-names.ts'
import { valueTest } from './operators.ts'

/** Undefined stands for every type, also for those that eventNames does not know. */
export type EventTypes = ReadonlySet<string> | undefined

/** The types of events that `condition` can be true for; its tests must have been checked before. */
export function admittedTypes(condition: Expression, source: string): EventTypes {
  return admitted(condition, false, eventNames.get(source) ?? new Set())
}

function admitted(expression: Expression, negated: boolean, universe: ReadonlySet<string>): EventTypes {
  switch (expression.kind) {
    case 'not':
      return admitted(expression.operand, !negated, universe)
    case 'macro':
      return expression.body === undefined ? undefined : admitted(expression.body, negated, universe)
    case 'test':
      return admittedByTest(expression, negated, universe)
    default: {
      const both = (expression.kind === 'and') !== negated
      return expression.operands.map(each => admitted(each, negated, universe)).reduce(both ? intersection : union)
    }
  }
}

function admittedByTest(test: Test, negated: boolean, universe: ReadonlySet<string>): EventTypes {
  const { name } = test.field
  if (name !== 'evt.type' && name !== 'evt.dir') return undefined
  const holds = test.operator === 'exists' ? () => true : valueTest(test, 'CHARBUF')
  if (name === 'evt.dir') return holds('<') === negated ? new Set() : undefined
  return new Set([...universe].filter(type => holds(type) !== negated))
}

function intersection(a: EventTypes, b: EventTypes): EventTypes {
  if (a === undefined || b === undefined) return a ?? b
  return new Set([...a].filter(type => b.has(type)))
}

function union(a: EventTypes, b: EventTypes): EventTypes {
  return a === undefined || b === undefined ? undefined : new Set([...a, ...b])
}
