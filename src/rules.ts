/** Which rules a configuration means: those about tercel itself, then those that it names. */
import type { Config } from '../config/schema.ts'
import { loadRuleFiles } from '../rules/engine/load.ts'
import type { Ruleset } from '../rules/engine/ruleset.ts'
import { resolveData } from './paths.ts'

/** Loaded first, whatever the configuration names, so that users may redefine them. */
const internalRules = resolveData('rules/internal_rules.yaml')

/** @throws TercelError TERCEL_RULES with every problem of every file. */
export function loadRules({ rules }: Pick<Config, 'rules'>): Promise<Ruleset> {
  return loadRuleFiles([internalRules, ...rules.files], { lists: rules.lists })
}
