/** Rules switched on and off by name and tag, in an order: `disable: {rule: "*"}`, then `enable: {tag: network}`. */

import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { globMatcher } from './glob.ts'
import { type Report, warn } from './problems.ts'
import type { Rule } from './ruleset.ts'

export interface RuleSwitch {
  readonly enabled: boolean
  /** The name of the rule, as `ruleMatcher` takes it. */
  readonly rule?: string | undefined
  readonly tag?: string | undefined
  readonly place?: Place | undefined
}

/** The rules as the switches leave them. One that fits no rule is warned of. */
export function switchRules(rules: readonly Rule[], switches: readonly RuleSwitch[], report: Report): Rule[] {
  const enabled = new Map(rules.map(rule => [rule, rule.enabled]))
  for (const { enabled: on, rule: name, tag, place } of switches) {
    const isMeant = name === undefined ? () => true : ruleMatcher(name)
    const hasTag = ({ tags }: Rule) => tag === undefined || tags.includes(tag)
    const fitting = rules.filter(rule => isMeant(rule) && hasTag(rule))
    for (const rule of fitting) enabled.set(rule, on)
    if (fitting.length > 0) continue
    const what = name === undefined ? `tag ${printableText(tag!)}` : `rule ${printableText(name)}`
    const names = name === undefined ? rules.flatMap(({ tags }) => tags) : rules.map(rule => rule.name)
    const hint = didYouMean(name ?? tag!, names)
    warn(report, 'LOAD_UNKNOWN_ITEM', `no ${what} to ${on ? 'enable' : 'disable'}${hint}`, place)
  }
  return rules.map(rule => ({ ...rule, enabled: enabled.get(rule)! }))
}

/**
 * Which rules a name means in which a star stands for any text. One that begins with a star means no rule about tercel
 * itself: `*` in a configuration that Falco had must not silence what tells of lost events.
 */
export function ruleMatcher(name: string): (rule: Pick<Rule, 'name' | 'source'>) => boolean {
  const isNamed = wildcardMatcher(name)
  return rule => isNamed(rule.name) && (rule.source !== 'internal' || !name.startsWith('*'))
}

/** A pattern in which only the star is special: names of rules may have brackets. */
export function wildcardMatcher(pattern: string): (text: string) => boolean {
  return globMatcher(pattern.replace(/[?[\]\\]/g, '\\$&'))
}
