/** Which event types a condition admits, so that a rule is tried only on events that it can match. */

import { eventNames } from './event-names.ts'
import type { Plan, TypeLeaf } from './plan.ts'

/** Undefined stands for every type, also for those that eventNames does not know. */
export type EventTypes = ReadonlySet<string> | undefined

/** The types of events of a source that a condition can be true for. */
export function admittedTypes(plan: Plan, source: string): EventTypes {
  return admitted(plan, false, eventNames.get(source) ?? new Set())
}

function admitted(plan: Plan, negated: boolean, universe: ReadonlySet<string>): EventTypes {
  switch (plan.kind) {
    case 'leaf':
    case 'unfilled':
      return undefined
    case 'constant':
      return plan.value === negated ? new Set() : undefined
    case 'not':
      return admitted(plan.part, !negated, universe)
    case 'type':
      return admittedByTest(plan, negated, universe)
    default: {
      const both = (plan.kind === 'and') !== negated
      return plan.parts.map(each => admitted(each, negated, universe)).reduce(both ? intersection : union)
    }
  }
}

function admittedByTest({ admits }: TypeLeaf, negated: boolean, universe: ReadonlySet<string>): EventTypes {
  const types = [...universe].filter(type => admits(type) !== negated)
  return types.length === universe.size ? undefined : new Set(types)
}

function intersection(a: EventTypes, b: EventTypes): EventTypes {
  if (a === undefined || b === undefined) return a ?? b
  return new Set([...a].filter(type => b.has(type)))
}

function union(a: EventTypes, b: EventTypes): EventTypes {
  return a === undefined || b === undefined ? undefined : new Set([...a, ...b])
}
