/**
 * Reads the configuration: one YAML file to a checked `Config`, or every problem of it at once. This room knows no
 * output and no rule: the schemas of the outputs are handed in, the rule files are only named.
 */
import { dirname, resolve } from 'node:path'
import { type Place, type Problem, TercelError } from '../base/errors.ts'
import { readFailure } from '../base/file-failure.ts'
import { type PlacedTree, parseYaml, type Tree } from './document.ts'
import type { Finding } from './explain.ts'
import { decodeText, type ReadFile, readSmallFile } from './files.ts'
import type { OutputConfig } from './output-schema.ts'
import { type CheckedOutputs, checkIdentities, checkOutputs, type OutputDefinitions } from './outputs.ts'
import { placedProblems } from './placed-problems.ts'
import { type OwnPresets, type ParsePreset, readPresets } from './presets.ts'
import { checkLeastSize, parseSize } from './quantities.ts'
import { Redactor } from './redactor.ts'
import { toRules } from './rules.ts'
import { type Config, configSchema, leastSpoolBytes, type RawConfig } from './schema.ts'
import { type ResolvedTree, resolveReferences } from './secrets.ts'
import { checkControlSocket, toServer } from './server.ts'
import { validate } from './validate.ts'

export interface LoadOptions {
  /** What each type of output takes beside `name` and `type`. */
  readonly outputDefinitions: OutputDefinitions
  /** What else there is to check of how an output is served. */
  readonly outputProblems?: (output: OutputConfig) => readonly Problem[]
  /** Makes a type of output of a file in the folder `presets`. Without it the configuration cannot name one. */
  readonly parsePreset?: ParsePreset
  /** The rule files that are loaded when the configuration names none: absolute paths. */
  readonly shippedRules: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile?: ReadFile
}

/** A file that can be read as YAML; `problems` are those that do not keep it from that. */
export interface ReadYaml {
  readonly tree: PlacedTree
  readonly problems: readonly Problem[]
}

/**
 * Reads, resolves and checks the configuration in `path`.
 *
 * @throws TercelError TERCEL_CONFIG, with all that is wrong in `problems`. No secret is ever part of it.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<Config> {
  const readFile = options.readFile ?? readSmallFile
  const parsed = await readConfigFile(path, readFile)
  const baseDirectory = dirname(resolve(path))
  const resolved = await resolveReferences(withoutEmptySections(parsed.tree, path), {
    env: options.env,
    readFile,
    baseDirectory
  })
  const presets = await readPresets(Object(resolved.value).presets, { ...options, readFile, baseDirectory })
  const definitions = new Map([...options.outputDefinitions, ...presets.definitions])
  const checked = checkTree(resolved, parsed.tree, definitions)
  const { outputs } = checked
  const findings = [
    ...presets.findings,
    ...(checked.findings.length > 0
      ? checked.findings
      : [
          ...checkIdentities(outputs, { baseDirectory, definitions }),
          ...checkControlSocket(resolved.value, path => resolve(baseDirectory, path))
        ])
  ]
  const routing = outputs.flatMap(output => options.outputProblems?.(output) ?? [])
  const problems = [...parsed.problems, ...presets.problems, ...routing]
  if (findings.length > 0 || problems.length > 0) throw problemsOf(path, { ...parsed, problems }, resolved, findings)
  return toConfig(parsed.tree, path, resolved, { outputs, presets, options })
}

/**
 * Reads the file; what may stand in it is not looked at.
 *
 * @throws TercelError TERCEL_CONFIG when it cannot be read as YAML.
 */
export async function readConfigFile(path: string, readFile: ReadFile): Promise<ReadYaml> {
  const { tree, problems } = parseYaml(await readConfigText(path, readFile), path)
  if (tree === undefined) throw configError(path, problems)
  return { tree, problems }
}

async function readConfigText(path: string, readFile: ReadFile): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw new TercelError('TERCEL_CONFIG', `cannot read ${path}: ${readFailure(error)}`)
  }
  const decoded = decodeText(bytes)
  if ('text' in decoded) return decoded.text
  throw configError(path, [{ message: 'expected UTF-8 text', place: { file: path, ...decoded } }])
}

/** A section of which every line is commented out is as if it were absent. */
export function withoutEmptySections({ value, valuePlace }: PlacedTree, path: string): Record<string, Tree> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const message =
      value === null ? 'the file is empty: expected a mapping with at least the key outputs' : 'expected a mapping'
    throw configError(path, [{ message, place: valuePlace('') }])
  }
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
}

/** Checks the whole file; fills the defaults of all but the outputs into `resolved.value`. */
function checkTree(
  { value, references, findings }: ResolvedTree,
  { valuePlace: placeOf }: PlacedTree,
  definitions: OutputDefinitions
): CheckedOutputs {
  const unresolved = findings.map(finding => ({ ...finding, at: 'value' as const }))
  // Until the reference is mended, a value with a broken one can only fail the schema a second time.
  const isNew = (finding: Finding): boolean => !unresolved.some(({ pointer }) => pointer === finding.pointer)
  const general = validate(configSchema, value, references)
  const checked = checkOutputs(value, { references, definitions, placeOf })
  const spoolSize = checkLeastSize(value, '/spool/max_bytes', leastSpoolBytes)
  return {
    findings: [...unresolved, ...[...general, ...checked.findings].filter(isNew), ...spoolSize],
    outputs: checked.outputs
  }
}

function toConfig(
  tree: PlacedTree,
  file: string,
  resolved: ResolvedTree,
  {
    outputs,
    presets,
    options
  }: { readonly outputs: readonly OutputConfig[]; readonly presets: OwnPresets; readonly options: LoadOptions }
): Config {
  const baseDirectory = dirname(resolve(file))
  const raw = resolved.value as unknown as RawConfig
  const absolute = (path: string): string => resolve(baseDirectory, path)
  const directory = absolute(raw.spool.directory)
  return {
    file,
    baseDirectory,
    sensor: { ...raw.sensor, socket: absolute(raw.sensor.socket) },
    rules: toRules(raw.rules, { absolute, shippedRules: options.shippedRules, placeOf: tree.valuePlace }),
    spool: { directory, maxBytes: parseSize(raw.spool.max_bytes)! },
    outputs,
    server: toServer(raw.server, directory, absolute),
    presets: presets.files,
    user: raw.user,
    shutdownSeconds: raw.shutdown_seconds,
    log: raw.log,
    secrets: raw.server.token === undefined ? resolved.secrets : [...resolved.secrets, raw.server.token]
  }
}

/** What is wrong in a file, with the places. */
export function problemsOf(
  file: string,
  parsed: ReadYaml,
  resolved: ResolvedTree,
  findings: readonly Finding[]
): TercelError {
  const redactor = new Redactor(resolved.secrets)
  const placed = [...parsed.problems, ...placedProblems(parsed.tree, findings)]
  const redacted = placed.map(problem => ({ ...problem, message: redactor.redact(problem.message) }))
  return configError(file, redacted)
}

function configError(file: string, problems: readonly Problem[]): TercelError {
  // What other files have comes after what this one has.
  const order = (place: Place | undefined): number =>
    place === undefined ? 0 : (place.file === file ? 0 : 1e15) + place.line * 1e6 + place.column
  const sorted = [...problems].sort((a, b) => order(a.place) - order(b.place))
  const number = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return new TercelError('TERCEL_CONFIG', `${file} has ${number}`, { problems: sorted })
}
