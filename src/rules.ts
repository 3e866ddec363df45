/** Which rules a configuration means: those about tercel itself, then those that it names. */
import type { Problem } from '../base/errors.ts'
import { callOfName } from '../collector/calls.ts'
import type { Config } from '../config/schema.ts'
import { loadRuleFiles } from '../rules/engine/load.ts'
import type { Rule, Ruleset } from '../rules/engine/ruleset.ts'
import { resolveData } from './paths.ts'

/** Loaded first, whatever the configuration names, so that users may redefine them. */
const internalRules = resolveData('rules/internal_rules.yaml')

/**
 * Loads the rules of a configuration. Its warnings also name the system calls that rules wait for and no sensor traces.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file.
 */
export async function loadRules({ rules }: Pick<Config, 'rules'>): Promise<Ruleset> {
  const ruleset = await loadRuleFiles([internalRules, ...rules.files], { lists: rules.lists })
  return { ...ruleset, warnings: [...ruleset.warnings, ...ruleset.rules.flatMap(untracedCalls)] }
}

function untracedCalls({ name, source, enabled, eventTypes }: Rule): Problem[] {
  // A rule for every type of event means those that there are.
  if (source !== 'syscall' || !enabled || eventTypes === undefined) return []
  const untraced = [...eventTypes].filter(type => !callOfName.has(type))
  if (untraced.length === 0) return []
  const rest = untraced.length === eventTypes.size ? 'it cannot match' : 'it matches other calls only'
  return [{ message: `rule ${name}: the sensor does not trace ${untraced.join(', ')} yet: ${rest}` }]
}
