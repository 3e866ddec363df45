/** Rules that are ready to match, found by source and event type. */

import type { Place, Problem } from '../../base/errors.ts'
import type { Event } from '../../collector/event.ts'
import type { Priority } from '../alert.ts'
import type { Expression } from './ast.ts'
import { eventNames } from './event-names.ts'
import type { EventTypes } from './event-types.ts'
import type { Context } from './fields/field.ts'
import type { Template } from './format.ts'
import { hostNamesOf } from './host-names.ts'
import type { Plan } from './plan.ts'
import { compileProgram, type Matching, type Program } from './program.ts'
import type { RateLimit } from './rate-limit.ts'

/** A field that is added to `output_fields`: the value of the one field of the template, or the template's text. */
export interface ExtraField {
  readonly kind: 'field' | 'template'
  readonly name: string
  readonly value: Template
}

export interface Rule {
  readonly name: string
  readonly description: string
  readonly priority: Priority
  readonly source: string
  readonly enabled: boolean
  readonly tags: readonly string[]
  /** Where it is defined; changes of it may stand elsewhere. */
  readonly place: Place
  /** The condition with lists, macros and exceptions in their places. */
  readonly condition: Expression
  /** The fields that the condition reads, as rule text names them. */
  readonly fields: readonly string[]
  /** The types of events that it can match; undefined for every type. */
  readonly eventTypes: EventTypes
  readonly plan: Plan
  readonly output: Template
  readonly extraFields: readonly ExtraField[]
  /** How many alerts it may raise; undefined for what every rule may. */
  readonly rateLimit?: RateLimit | undefined
}

export interface Ruleset {
  /** In the order of loading, with those that are disabled. */
  readonly rules: readonly Rule[]
  /** What the person who wrote the rules should know, and what stops nothing. */
  readonly warnings: readonly Problem[]
  /** Names of hosts that enabled rules compare addresses with. */
  readonly hostNames: ReadonlySet<string>
  /** The enabled rules that match an event, in the order of loading; the first only unless all are asked for. */
  match(event: Event, context: Context): readonly Rule[]
  /** The types of events of a source that any enabled rule can match. */
  eventTypes(source: string): ReadonlySet<string>
  /** Does now what else the first event of each of these types would have to wait for. */
  prepare(source: string, types: Iterable<string>): void
}

export interface RulesetParts extends Pick<Ruleset, 'rules' | 'warnings'> {
  readonly matching: Matching
}

/** What can match events of one source and type. */
interface Matcher {
  readonly source: string
  readonly type: string
  readonly rules: readonly Rule[]
  readonly program: Program
}

const none: readonly Rule[] = []

export function createRuleset({ rules, warnings, matching }: RulesetParts): Ruleset {
  const enabled = rules.filter(rule => rule.enabled)
  const matchers = new Map<string, Map<string, Matcher>>()
  // Events of one type come in rows.
  let last: Matcher = { source: '', type: '', rules: none, program: () => {} }
  const matched: number[] = []

  const select = (source: string, type: string): Matcher => {
    const ofSource = matchers.get(source) ?? new Map<string, Matcher>()
    matchers.set(source, ofSource)
    // All types that are not known share one program, which looks at the type itself.
    const known = eventNames.get(source)?.has(type) ? type : ''
    const matcher = ofSource.get(known) ?? makeMatcher(enabled, source, known, matching)
    ofSource.set(known, matcher)
    return known === type ? matcher : { ...matcher, type }
  }

  return {
    rules,
    warnings,
    hostNames: new Set(enabled.flatMap(({ condition }) => hostNamesOf(condition))),
    match(event, context) {
      if (event.type !== last.type || event.source !== last.source) last = select(event.source, event.type)
      matched.length = 0
      last.program(event, context, matched)
      if (matched.length === 0) return none
      return matched.map(position => last.rules[position]!)
    },
    eventTypes(source) {
      const types = [...(eventNames.get(source) ?? [])]
      const ofSource = enabled.filter(rule => rule.source === source)
      return new Set(types.filter(type => ofSource.some(rule => rule.eventTypes?.has(type) ?? true)))
    },
    prepare(source, types) {
      for (const type of types) select(source, type)
    }
  }
}

/** Made when it is first asked for: of most types no event ever comes. */
function makeMatcher(enabled: readonly Rule[], source: string, type: string, matching: Matching): Matcher {
  const rules = enabled.filter(rule => rule.source === source && (type === '' || (rule.eventTypes?.has(type) ?? true)))
  const plans = rules.map(({ plan }) => plan)
  return { source, type, rules, program: compileProgram(plans, type === '' ? undefined : type, matching) }
}
