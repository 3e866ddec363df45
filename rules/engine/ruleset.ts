/** Rules that are ready to match, found by source and event type. */

import type { Problem } from '../../base/errors.ts'
import type { Priority } from '../alert.ts'
import type { Predicate } from './compile.ts'
import { eventNames } from './event-names.ts'
import type { EventTypes } from './event-types.ts'
import type { Template } from './format.ts'

export interface Rule {
  readonly name: string
  readonly description: string
  readonly priority: Priority
  readonly source: string
  readonly enabled: boolean
  readonly tags: readonly string[]
  /** The types of events that it can match; undefined for every type. */
  readonly eventTypes: EventTypes
  readonly matches: Predicate
  readonly output: Template
}

export interface Ruleset {
  /** In the order of loading, with those that are disabled. */
  readonly rules: readonly Rule[]
  /** What the person who wrote the rules should know, and what stops nothing. */
  readonly warnings: readonly Problem[]
  /** The enabled rules that can match an event, in the order of loading. */
  select(source: string, type: string): readonly Rule[]
  /** The types of events of a source that any enabled rule can match. */
  eventTypes(source: string): ReadonlySet<string>
}

interface Index {
  readonly byType: ReadonlyMap<string, readonly Rule[]>
  /** For types that eventNames does not know. */
  readonly unrestricted: readonly Rule[]
}

interface Selection {
  readonly source: string
  readonly type: string
  readonly rules: readonly Rule[]
}

const none: readonly Rule[] = []

export function createRuleset(rules: readonly Rule[], warnings: readonly Problem[]): Ruleset {
  const indexes = new Map([...eventNames].map(([source, types]) => [source, indexRules(rules, source, types)] as const))
  // Events of one type come in rows.
  let last: Selection = { source: '', type: '', rules: none }
  return {
    rules,
    warnings,
    select(source, type) {
      if (type === last.type && source === last.source) return last.rules
      const index = indexes.get(source)
      last = { source, type, rules: index === undefined ? none : (index.byType.get(type) ?? index.unrestricted) }
      return last.rules
    },
    eventTypes(source) {
      const { byType } = indexes.get(source) ?? { byType: new Map<string, readonly Rule[]>() }
      return new Set([...byType].filter(([, selected]) => selected.length > 0).map(([type]) => type))
    }
  }
}

function indexRules(rules: readonly Rule[], source: string, types: ReadonlySet<string>): Index {
  const enabled = rules.filter(rule => rule.enabled && rule.source === source)
  const byType = [...types].map(type => [type, enabled.filter(rule => rule.eventTypes?.has(type) ?? true)] as const)
  return { byType: new Map(byType), unrestricted: enabled.filter(rule => rule.eventTypes === undefined) }
}
