/** The folder `presets`: types of outputs that a user has described in files. What such a file says is the outputs' affair. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Problem } from '../base/errors.ts'
import { readFailure } from '../base/file-failure.ts'
import type { Finding } from './explain.ts'
import { decodeText, type ReadFile } from './files.ts'
import type { OutputChecks, OutputDefinitions } from './outputs.ts'

/** A preset that has been checked: plain data, of which the outputs make a definition. */
export interface PresetConfig {
  readonly name: string
  readonly file: unknown
}

export type ParsePreset = (
  name: string,
  text: string,
  path: string
) => { readonly file: unknown; readonly definition: OutputChecks } | { readonly problems: readonly Problem[] }

export interface OwnPresets {
  readonly files: readonly PresetConfig[]
  readonly definitions: OutputDefinitions
  /** What is wrong in the files. */
  readonly problems: readonly Problem[]
  /** What is wrong with the folder, as something of the configuration. */
  readonly findings: readonly Finding[]
}

export interface PresetSurroundings {
  readonly outputDefinitions: OutputDefinitions
  readonly parsePreset?: ParsePreset
  readonly readFile: ReadFile
  readonly baseDirectory: string
}

const none: OwnPresets = { files: [], definitions: new Map(), problems: [], findings: [] }

/** @param folder what the configuration names; anything but text is the schema's to refuse. */
export async function readPresets(folder: unknown, surroundings: PresetSurroundings): Promise<OwnPresets> {
  const { parsePreset, baseDirectory } = surroundings
  if (typeof folder !== 'string' || parsePreset === undefined) return none
  const directory = resolve(baseDirectory, folder)
  let names: string[]
  try {
    names = (await readdir(directory)).sort()
  } catch (error) {
    const message = `cannot read the folder ${folder}: ${readFailure(error)}`
    return { ...none, findings: [{ pointer: '/presets', at: 'value', message }] }
  }
  const files: PresetConfig[] = []
  const problems: Problem[] = []
  const definitions = new Map<string, OutputChecks>()
  for (const fileName of names) {
    if (!/\.ya?ml$/.test(fileName)) continue
    const read = await readPreset(join(directory, fileName), fileName, { ...surroundings, parsePreset })
    if ('problems' in read) {
      problems.push(...read.problems)
      // What its outputs are set to can be judged once it is mended.
      if (read.name !== undefined) definitions.set(read.name, { schema: { type: 'object' }, maxConcurrency: 64 })
    } else {
      files.push({ name: read.name, file: read.file })
      definitions.set(read.name, read.definition)
    }
  }
  return { files, definitions, problems, findings: [] }
}

async function readPreset(
  path: string,
  fileName: string,
  { parsePreset, outputDefinitions, readFile }: PresetSurroundings & { readonly parsePreset: ParsePreset }
): Promise<
  | (PresetConfig & { readonly definition: OutputChecks })
  | { readonly name?: string; readonly problems: readonly Problem[] }
> {
  const refuse = (message: string, place = { line: 1, column: 1 }) => ({
    problems: [{ message, place: { file: path, ...place } }]
  })
  const [, name] = /^([a-z][a-z0-9-]{0,39})\.yaml$/.exec(fileName) ?? []
  if (name === undefined) {
    return refuse('expected a file name of small letters, digits and dashes that ends in .yaml: it names the output')
  }
  // An output that means something else than its documentation says would surprise whoever reads the configuration.
  if (outputDefinitions.has(name)) {
    return refuse(`an output ${name} comes with tercel: give this file another name`)
  }
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    return refuse(`cannot read it: ${readFailure(error)}`)
  }
  const decoded = decodeText(bytes)
  if (!('text' in decoded)) return refuse('expected UTF-8 text', decoded)
  const parsed = parsePreset(name, decoded.text, path)
  return { name, ...parsed }
}
