/**
 * Reads the configuration: one YAML file to a checked `Config`, or every problem of it at once. This room knows no
 * output and no rule: the schemas of the outputs are handed in, the rule files are only named.
 */
import { dirname, resolve } from 'node:path'
import { type Place, type Problem, TercelError } from '../base/errors.ts'
import { didYouMean } from '../base/nearest.ts'
import { join, type ParsedYaml, type PlacedTree, type Pointer, parseYaml, type Tree } from './document.ts'
import { describe, type Finding, printableName } from './explain.ts'
import { decodeText, type ReadFile, readFailure, readSmallFile } from './files.ts'
import { parseSize } from './quantities.ts'
import { Redactor } from './redactor.ts'
import {
  type Config,
  configSchema,
  leastSpoolBytes,
  type OutputConfig,
  outputKeys,
  type RawConfig,
  type RawOutput
} from './schema.ts'
import { type ResolvedTree, resolveReferences } from './secrets.ts'
import { type Schema, validate } from './validate.ts'

export interface OutputChecks {
  readonly schema: Schema
  /** What no second output of this type may have as well. */
  identity?(settings: never, context: { readonly baseDirectory: string }): string
}

export interface LoadOptions {
  /** What each type of output takes beside `name` and `type`. */
  readonly outputDefinitions: ReadonlyMap<string, OutputChecks>
  /** The rule files that are loaded when the configuration names none: absolute paths. */
  readonly shippedRules: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile?: ReadFile
}

/**
 * Reads, resolves and checks the configuration in `path`.
 *
 * @throws TercelError TERCEL_CONFIG, with all that is wrong in `problems`. No secret is ever part of it.
 */
export async function loadConfig(path: string, options: LoadOptions): Promise<Config> {
  const readFile = options.readFile ?? readSmallFile
  const parsed = parseYaml(await readConfigText(path, readFile), path)
  if (parsed.tree === undefined) throw configError(path, parsed.problems)
  const baseDirectory = dirname(resolve(path))
  const resolved = await resolveReferences(withoutEmptySections(parsed.tree, path), {
    env: options.env,
    readFile,
    baseDirectory
  })
  const checked = checkTree(resolved, options)
  const { outputs } = checked
  const findings = checked.findings.length > 0 ? checked.findings : checkIdentities(outputs, baseDirectory, options)
  if (findings.length > 0 || parsed.problems.length > 0) throw problemsOf(path, parsed, resolved, findings)
  return toConfig(path, resolved, outputs, options)
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
function withoutEmptySections({ value, valuePlace }: PlacedTree, path: string): Tree {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    const message =
      value === null ? 'the file is empty: expected a mapping with at least the key outputs' : 'expected a mapping'
    throw configError(path, [{ message, place: valuePlace('') }])
  }
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
}

interface Checked {
  readonly findings: readonly Finding[]
  /** Those of a known type, with defaults. */
  readonly outputs: readonly OutputConfig[]
}

/** Checks the whole file; fills the defaults of all but the outputs into `resolved.value`. */
function checkTree({ value, references, findings }: ResolvedTree, options: LoadOptions): Checked {
  const unresolved = findings.map(finding => ({ ...finding, at: 'value' as const }))
  // Until the reference is mended, a value with a broken one can only fail the schema a second time.
  const isNew = (finding: Finding): boolean => !unresolved.some(({ pointer }) => pointer === finding.pointer)
  const general = validate(configSchema, value, references)
  const entries = Array.isArray(Object(value).outputs) ? (Object(value).outputs as Tree[]) : []
  const checked = entries.map((entry, index) => checkOutput(entry, join('/outputs', index), references, options))
  const found = [...general, ...checked.flatMap(output => output.findings)].filter(isNew)
  return {
    findings: [...unresolved, ...found, ...checkSpoolSize(value), ...checkNames(entries, references)],
    outputs: checked.flatMap(output => output.outputs)
  }
}

function checkOutput(
  entry: Tree,
  pointer: Pointer,
  references: ReadonlyMap<Pointer, string>,
  { outputDefinitions }: LoadOptions
): Checked {
  const { type, name = type } = Object(entry) as Partial<RawOutput>
  if (typeof type !== 'string') return { findings: [], outputs: [] }
  const schema = outputDefinitions.get(type)?.schema
  if (schema === undefined) {
    const at = join(pointer, 'type')
    const types = [...outputDefinitions.keys()]
    const message = references.has(at)
      ? `expected one of ${types.join(', ')}, not ${describe(type, references.get(at))}`
      : `unknown output ${printableName(type)}: expected one of ${types.join(', ')}${didYouMean(type, types)}`
    return { findings: [{ pointer: at, at: 'value', message }], outputs: [] }
  }
  const settings = settingsOf(entry as RawOutput)
  const own = [...references].filter(([at]) => at.startsWith(`${pointer}/`))
  const inside = new Map(own.map(([at, text]) => [at.slice(pointer.length), text]))
  const findings = validate(schema, settings as Tree, inside, Object.keys(outputKeys))
  return {
    findings: findings.map(finding => ({ ...finding, pointer: pointer + finding.pointer })),
    outputs: [{ name: name as string, type, settings }]
  }
}

function settingsOf(entry: RawOutput): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(outputKeys, key)))
}

/** The schema's minimum does not see a size that is written with a unit. */
function checkSpoolSize(value: Tree): Finding[] {
  const written = Object(Object(value).spool).max_bytes
  const bytes = typeof written === 'string' ? parseSize(written) : undefined
  if (bytes === undefined || bytes >= leastSpoolBytes) return []
  return [{ pointer: '/spool/max_bytes', at: 'value', message: `expected at least ${leastSpoolBytes} bytes` }]
}

function checkNames(outputs: readonly Tree[], references: ReadonlyMap<Pointer, string>): Finding[] {
  const taken = new Set<string>()
  const findings: Finding[] = []
  for (const [index, entry] of outputs.entries()) {
    const { name, type } = Object(entry) as Partial<RawOutput>
    const used = name ?? type
    if (typeof used !== 'string') continue
    const pointer = join(join('/outputs', index), name === undefined ? 'type' : 'name')
    const shown = references.get(pointer) ?? printableName(used)
    const message = `two outputs are named ${shown}: give this one a name of its own`
    if (taken.has(used)) findings.push({ pointer, at: 'value', message })
    taken.add(used)
  }
  return findings
}

/** For outputs that have passed the other checks. */
function checkIdentities(
  outputs: readonly OutputConfig[],
  baseDirectory: string,
  { outputDefinitions }: LoadOptions
): Finding[] {
  const owners = new Map<string, string>()
  return outputs.flatMap(({ name, type, settings }, index): Finding[] => {
    const identity = outputDefinitions.get(type)?.identity?.(settings as never, { baseDirectory })
    if (identity === undefined) return []
    const owner = owners.get(`${type} ${identity}`)
    owners.set(`${type} ${identity}`, owner ?? name)
    const message = `the output ${owner} already writes to ${identity}: give this one another`
    return owner === undefined ? [] : [{ pointer: join('/outputs', index), at: 'value', message }]
  })
}

function toConfig(
  file: string,
  resolved: ResolvedTree,
  outputs: readonly OutputConfig[],
  options: LoadOptions
): Config {
  const baseDirectory = dirname(resolve(file))
  const raw = resolved.value as unknown as RawConfig
  const absolute = (path: string): string => resolve(baseDirectory, path)
  const lists = Object.entries(raw.rules.lists).map(([name, items]) => [name, items.map(String)])
  return {
    file,
    baseDirectory,
    sensor: { ...raw.sensor, socket: absolute(raw.sensor.socket) },
    rules: { files: raw.rules.files?.map(absolute) ?? options.shippedRules, lists: Object.fromEntries(lists) },
    spool: { directory: absolute(raw.spool.directory), maxBytes: parseSize(raw.spool.max_bytes)! },
    outputs,
    user: raw.user,
    shutdownSeconds: raw.shutdown_seconds,
    log: raw.log,
    secrets: resolved.secrets
  }
}

function problemsOf(
  file: string,
  parsed: ParsedYaml,
  resolved: ResolvedTree,
  findings: readonly Finding[]
): TercelError {
  const tree = parsed.tree!
  const redactor = new Redactor(resolved.secrets)
  const placed = findings.map(({ pointer, at, message }): Problem => {
    const subject = at === 'value' && pointer !== '' ? `${readable(pointer)}: ${message}` : message
    return {
      message: redactor.redact(subject),
      place: at === 'key' ? tree.keyPlace(pointer) : tree.valuePlace(pointer)
    }
  })
  return configError(file, [...parsed.problems, ...placed])
}

/** `/outputs/0/format` as `outputs[0].format`. */
function readable(pointer: Pointer): string {
  const keys = pointer
    .slice(1)
    .split('/')
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  return keys
    .map((key, index) => (/^\d+$/.test(key) ? `[${key}]` : `${index > 0 ? '.' : ''}${printableName(key)}`))
    .join('')
}

function configError(file: string, problems: readonly Problem[]): TercelError {
  const order = (place: Place | undefined): number => (place === undefined ? 0 : place.line * 1e6 + place.column)
  const sorted = [...problems].sort((a, b) => order(a.place) - order(b.place))
  const number = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return new TercelError('TERCEL_CONFIG', `${file} has ${number}`, { problems: sorted })
}
