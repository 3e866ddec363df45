/**
 * The registry of outputs: one file in this folder and one line here each; and the presets, which are data: each a file
 * in presets/.
 */
import { file } from './file.ts'
import type { OutputDefinition } from './output.ts'
import { definePreset } from './preset/definition.ts'
import type { PresetFile } from './preset/file.ts'
import { shippedDefinitions } from './preset/shipped.ts'
import { stdout } from './stdout.ts'
import { webhook } from './webhook.ts'

const definitions: readonly OutputDefinition[] = [file, stdout, webhook, ...shippedDefinitions]

/** Every output by the word after `type:` in the configuration. */
export const outputDefinitions: ReadonlyMap<string, OutputDefinition> = new Map(
  definitions.map(definition => [definition.type, definition])
)

/**
 * The same with presets of the user's own.
 *
 * @param presets those of a configuration, which has checked them.
 */
export function definitionsWith(
  presets: readonly { readonly name: string; readonly file: unknown }[]
): ReadonlyMap<string, OutputDefinition> {
  const own = presets.map(({ name, file: preset }) => [name, definePreset(name, preset as PresetFile)] as const)
  return new Map([...outputDefinitions, ...own])
}
