/** The entries of `outputs`: the settings of each type, and what delivery takes for all of them. */
import { didYouMean } from '../base/nearest.ts'
import { join, type PlacedTree, type Pointer, type Tree } from './document.ts'
import { describe, type Finding, printableName } from './explain.ts'
import {
  type DeliveryConfig,
  leastBacklogBytes,
  type OutputConfig,
  outputKeys,
  type RawOutput
} from './output-schema.ts'
import { readable } from './placed-problems.ts'
import { checkLeastSize, parseSize } from './quantities.ts'
import { type Schema, validate } from './validate.ts'

/** What is known here of a type of output. */
export interface OutputChecks {
  readonly schema: Schema
  readonly maxConcurrency: number
  /** What counts where `rate_limit` is not given. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number } | undefined
  /** What is wrong with settings that the schema accepts. */
  problems?(settings: never): readonly { readonly pointer: Pointer; readonly message: string }[]
  /** What no second output of this type may have as well. */
  identity?(settings: never, context: { readonly baseDirectory: string }): string
}

export type OutputDefinitions = ReadonlyMap<string, OutputChecks>

export interface OutputsContext {
  /** The values that contain a reference: pointer → text as it stands in the file. */
  readonly references: ReadonlyMap<Pointer, string>
  readonly definitions: OutputDefinitions
  readonly placeOf: PlacedTree['valuePlace']
}

export interface CheckedOutputs {
  readonly findings: readonly Finding[]
  /** Those of a known type, with defaults. */
  readonly outputs: readonly OutputConfig[]
}

/** Checks every entry against the schema of its type, in a tree into which the defaults of the general schema are filled. */
export function checkOutputs(tree: Tree, context: OutputsContext): CheckedOutputs {
  const written = Object(tree).outputs
  const entries: Tree[] = Array.isArray(written) ? written : []
  const checked = entries.map((entry, index) => checkOutput(entry, join('/outputs', index), context))
  const sizes = entries.flatMap((_, index) =>
    checkLeastSize(tree, `${join('/outputs', index)}/backlog/max_bytes`, leastBacklogBytes)
  )
  return {
    findings: [...checked.flatMap(({ findings }) => findings), ...sizes, ...checkNames(entries, context.references)],
    outputs: checked.flatMap(({ outputs }) => outputs)
  }
}

function checkOutput(
  entry: Tree,
  pointer: Pointer,
  { references, definitions, placeOf }: OutputsContext
): CheckedOutputs {
  const { type, name = type } = Object(entry) as Partial<RawOutput>
  if (typeof type !== 'string') return { findings: [], outputs: [] }
  const definition = definitions.get(type)
  if (definition === undefined) {
    const at = join(pointer, 'type')
    const types = [...definitions.keys()]
    const message = references.has(at)
      ? `expected one of ${types.join(', ')}, not ${describe(type, references.get(at))}`
      : `unknown output ${printableName(type)}: expected one of ${types.join(', ')}${didYouMean(type, types)}`
    return { findings: [{ pointer: at, at: 'value', message }], outputs: [] }
  }
  const settings = settingsOf(entry as RawOutput)
  const own = [...references].filter(([at]) => at.startsWith(`${pointer}/`))
  const inside = new Map(own.map(([at, text]) => [at.slice(pointer.length), text]))
  const findings = validate(definition.schema, settings as Tree, inside, Object.keys(outputKeys))
  if (findings.length === 0) {
    const problems = definition.problems?.(settings as never) ?? []
    findings.push(...problems.map(problem => ({ ...problem, at: 'value' as const })))
  }
  return {
    findings: [
      ...findings.map(finding => ({ ...finding, pointer: pointer + finding.pointer })),
      ...checkConcurrency(entry as RawOutput, pointer, definition)
    ],
    outputs: [
      {
        name: name as string,
        type,
        settings,
        delivery: deliveryOf(entry as RawOutput, pointer, { rateLimit: definition.rateLimit, placeOf })
      }
    ]
  }
}

function settingsOf(entry: RawOutput): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => !Object.hasOwn(outputKeys, key)))
}

function checkConcurrency(
  { type, concurrency }: RawOutput,
  pointer: Pointer,
  { maxConcurrency }: OutputChecks
): Finding[] {
  if (typeof concurrency !== 'number' || concurrency <= maxConcurrency) return []
  const message = `expected at most ${maxConcurrency} for an output of type ${type}, not ${concurrency}`
  return [{ pointer: join(pointer, 'concurrency'), at: 'value', message }]
}

/** Of an entry with defaults. What is wrong in it is among the findings, and the result is not used then. */
function deliveryOf(
  entry: RawOutput,
  pointer: Pointer,
  { rateLimit, placeOf }: Pick<OutputChecks, 'rateLimit'> & Pick<OutputsContext, 'placeOf'>
): DeliveryConfig {
  const { when, throttle, start, linger_seconds: linger, concurrency, timeout_seconds: timeout } = entry
  const { rate_limit: rate, backlog } = entry
  const placed = (text: string, at: Pointer) => ({ text: String(text), key: readable(at), place: placeOf(at) })
  const keys = Array.isArray(throttle?.key) ? throttle.key : []
  const keysAt = join(join(pointer, 'throttle'), 'key')
  const { max_bytes: bytes, max_age_seconds: age, on_full: onFull } = Object(backlog) as RawOutput['backlog']
  const perSecond = Number(rate?.per_second)
  const burst = rate?.burst ?? Math.max(1, Math.ceil(perSecond))
  return {
    ...(when !== undefined && { when: placed(when, join(pointer, 'when')) }),
    ...(throttle && {
      throttle: {
        key: keys.map((text, index) => placed(text, join(keysAt, index))),
        windowMs: Math.round(throttle.window_seconds * 1000)
      }
    }),
    start,
    lingerMs: linger * 1000,
    concurrency,
    timeoutMs: timeout * 1000,
    ...(rate ? { rateLimit: { perSecond, burst } } : rateLimit && { rateLimit }),
    backlog: {
      ...(bytes !== undefined && { maxBytes: parseSize(bytes) ?? 0 }),
      ...(age !== undefined && { maxAgeMs: age * 1000 }),
      onFull
    }
  }
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

/** Checks that no two outputs write to the same place; for those that have passed the other checks. */
export function checkIdentities(
  outputs: readonly OutputConfig[],
  { baseDirectory, definitions }: { readonly baseDirectory: string; readonly definitions: OutputDefinitions }
): Finding[] {
  const owners = new Map<string, string>()
  return outputs.flatMap(({ name, type, settings }, index): Finding[] => {
    const identity = definitions.get(type)?.identity?.(settings as never, { baseDirectory })
    if (identity === undefined) return []
    const owner = owners.get(`${type} ${identity}`)
    owners.set(`${type} ${identity}`, owner ?? name)
    const message = `the output ${owner} already writes to ${identity}: give this one another`
    return owner === undefined ? [] : [{ pointer: join('/outputs', index), at: 'value', message }]
  })
}
