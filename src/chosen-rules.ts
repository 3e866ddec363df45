/** Which rules a command works on: those of the files that it is given, else those of the configuration. */
import type { Ruleset } from '../rules/engine/ruleset.ts'
import { loadConfiguration } from './configuration.ts'
import { loadRules } from './rules.ts'

export interface RulesChoice {
  /** What `--config` names. */
  readonly config?: string | undefined
  /** Rule files in place of those of the configuration. */
  readonly files?: readonly string[] | undefined
}

/**
 * Loads the rules that are chosen, after those about tercel itself. Without --config, named files do not depend on what is
 * configured on this machine.
 *
 * @throws TercelError TERCEL_CONFIG or TERCEL_RULES with every problem.
 */
export async function loadChosenRules({ config, files }: RulesChoice): Promise<Ruleset> {
  if (files !== undefined && config === undefined) return loadRules({ rules: { files, lists: {} } })
  const { rules } = await loadConfiguration(config)
  return loadRules({ rules: { ...rules, files: files ?? rules.files } })
}
