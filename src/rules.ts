/** Which rules a configuration means: those about tercel itself, then those that it names. */
import type { Problem } from '../base/errors.ts'
import { printableText } from '../base/printable.ts'
import { callOfName } from '../collector/calls.ts'
import type { RulesConfig } from '../config/rules-schema.ts'
import { loadRuleFiles } from '../rules/engine/load.ts'
import type { WarningCode } from '../rules/engine/problems.ts'
import type { Rule, Ruleset } from '../rules/engine/ruleset.ts'
import { resolveData } from './paths.ts'

/** Loaded first, whatever the configuration names, so that users may redefine them. */
export const internalRules = resolveData('rules/internal_rules.yaml')

/** The section `rules` of a configuration, or a part of it. */
type RulesPart = Pick<RulesConfig, 'files'> & Partial<RulesConfig>

/**
 * Loads the rules of a configuration. Its warnings also name the system calls that rules wait for and no sensor traces.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file.
 */
export async function loadRules({ rules }: { readonly rules: RulesPart }): Promise<Ruleset> {
  const { files, lists, matching, switches, rateLimits, appendOutput: extraOutputs } = rules
  return loadRuleFiles([internalRules, ...files], {
    lists,
    matching,
    switches,
    rateLimits,
    extraOutputs,
    warningsOf: untracedCalls
  })
}

/** Warns of system calls that a rule waits for and the sensor does not trace. */
export function untracedCalls({ name, source, enabled, eventTypes, place }: Rule): Problem[] {
  // A rule for every type of event means those that there are.
  if (source !== 'syscall' || !enabled || eventTypes === undefined) return []
  const untraced = [...eventTypes].filter(type => !callOfName.has(type))
  if (untraced.length === 0) return []
  const rest = untraced.length === eventTypes.size ? 'it cannot match' : 'it matches other calls only'
  const message = `rule ${printableText(name)}: the sensor does not trace ${untraced.join(', ')} yet: ${rest}`
  return [{ message, place, code: 'LOAD_CALL_NOT_TRACED' satisfies WarningCode }]
}
