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

interface OwnPreset {
  readonly name: string
  readonly file: unknown
}

/**
 * The same with presets of the user's own.
 *
 * @param presets those of a configuration, which has checked them.
 */
export function definitionsWith(presets: readonly OwnPreset[]): ReadonlyMap<string, OutputDefinition> {
  return new Map([...outputDefinitions, ...presets.map(preset => [preset.name, defineOwn(preset)] as const)])
}

/** One of them; none of the others is compiled for it. */
export function definitionWith(presets: readonly OwnPreset[], type: string): OutputDefinition | undefined {
  const own = presets.find(({ name }) => name === type)
  return own === undefined ? outputDefinitions.get(type) : defineOwn(own)
}

function defineOwn({ name, file: preset }: OwnPreset): OutputDefinition {
  return definePreset(name, preset as PresetFile)
}
