/** Reads a preset file: one YAML file to a checked `PresetFile`, or every problem of it at once. */
import type { Problem } from '../../base/errors.ts'
import { parseYaml } from '../../config/document.ts'
import type { Finding } from '../../config/explain.ts'
import { placedProblems } from '../../config/placed-problems.ts'
import { validate } from '../../config/validate.ts'
import type { OutputDefinition } from '../output.ts'
import { definePreset } from './definition.ts'
import type { PresetFile } from './file.ts'
import { compilePreset } from './preset.ts'
import { presetSchema } from './schema.ts'

export type ReadPreset = { readonly file: PresetFile } | { readonly problems: readonly Problem[] }

/** @param path names the file in problems. */
export function parsePreset(text: string, path: string): ReadPreset {
  const { tree, problems } = parseYaml(text, path)
  if (tree === undefined) return { problems }
  const findings = validate(presetSchema, tree.value, new Map())
  const file = tree.value as unknown as PresetFile
  const compiled: Finding[] = []
  if (findings.length === 0) compilePreset(file, compiled)
  const all = [...problems, ...placedProblems(tree, [...findings, ...compiled])]
  return all.length === 0 ? { file } : { problems: all }
}

/** Makes an output of the file of a user. */
export function readOwnPreset(
  name: string,
  text: string,
  path: string
): { readonly file: PresetFile; readonly definition: OutputDefinition } | { readonly problems: readonly Problem[] } {
  const read = parsePreset(text, path)
  return 'problems' in read ? read : { ...read, definition: definePreset(name, read.file) }
}
