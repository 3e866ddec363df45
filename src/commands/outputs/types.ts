/** The types of outputs that commands know: those that ship, and those of a configuration that is named. */
import { definitionsWith, outputDefinitions } from '../../../outputs/index.ts'
import type { OutputDefinition } from '../../../outputs/output.ts'
import { loadConfiguration } from '../../configuration.ts'

/**
 * @param file what `--config` named, if it was given: its presets count as well.
 * @throws TercelError TERCEL_CONFIG with every problem of the file.
 */
export async function typesOf(file: string | undefined): Promise<ReadonlyMap<string, OutputDefinition>> {
  return file === undefined ? outputDefinitions : definitionsWith((await loadConfiguration(file)).presets)
}
