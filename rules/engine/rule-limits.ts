/** How many alerts each rule may raise, as the configuration says it. */

import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Report, warn } from './problems.ts'
import type { RateLimit } from './rate-limit.ts'
import type { Rule } from './ruleset.ts'
import { ruleMatcher } from './switches.ts'

export interface RuleLimit extends RateLimit {
  /** The name of the rule, as `ruleMatcher` takes it. */
  readonly rule: string
  readonly place?: Place | undefined
}

/** The rules with their limits: the last that fits counts. One that fits no rule is warned of. */
export function limitRules(rules: readonly Rule[], limits: readonly RuleLimit[], report: Report): Rule[] {
  const found = new Map<Rule, RateLimit>()
  for (const { rule: name, perSecond, burst, place } of limits) {
    const fitting = rules.filter(ruleMatcher(name))
    for (const rule of fitting) found.set(rule, { perSecond, burst })
    if (fitting.length > 0) continue
    const hint = didYouMean(
      name,
      rules.map(rule => rule.name)
    )
    warn(report, 'LOAD_UNKNOWN_ITEM', `no rule ${printableText(name)} to limit${hint}`, place)
  }
  return rules.map(rule => ({ ...rule, rateLimit: found.get(rule) }))
}
