/** The registry of outputs: one file in this folder and one line here each. */
import { file } from './file.ts'
import type { OutputDefinition } from './output.ts'
import { stdout } from './stdout.ts'
import { webhook } from './webhook.ts'

const definitions: readonly OutputDefinition[] = [file, stdout, webhook]

/** Every output by the word after `type:` in the configuration. */
export const outputDefinitions: ReadonlyMap<string, OutputDefinition> = new Map(
  definitions.map(definition => [definition.type, definition])
)
