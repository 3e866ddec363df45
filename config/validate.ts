/** Checks a tree against a JSON schema and says in plain words what is wrong, with the nearest valid name. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { join, type Pointer, type Tree } from './document.ts'
import { explain, type Finding } from './explain.ts'
import { formats } from './formats.ts'

export type Schema = Readonly<Record<string, unknown>>

const ajv = new Ajv({
  allErrors: true,
  verbose: true,
  useDefaults: true,
  discriminator: true,
  allowUnionTypes: true,
  strictTuples: false,
  strictRequired: false,
  formats: Object.fromEntries(Object.entries(formats).map(([name, { accepts }]) => [name, accepts]))
})

/**
 * Checks `tree` and fills in the defaults, in place.
 *
 * A value that came from a reference (`${env:PORT}`) is text; where the schema wants a number or a boolean, it is read
 * as one.
 *
 * @param references the values that contain a reference: pointer → text as it stands in the file.
 * @param alsoKnown keys that the schema does not have but that are valid beside it: named among the expected ones.
 */
export function validate(
  schema: Schema,
  tree: Tree,
  references: ReadonlyMap<Pointer, string>,
  alsoKnown: readonly string[] = []
): Finding[] {
  const check: ValidateFunction = ajv.compile(schema)
  if (check(tree)) return []
  const converted = (check.errors ?? []).filter(error => references.has(error.instancePath) && convert(tree, error))
  if (converted.length > 0 && check(tree)) return []
  return explain(check.errors ?? [], references, alsoKnown)
}

function convert(tree: Tree, error: ErrorObject): boolean {
  if (error.keyword !== 'type' || typeof error.data !== 'string') return false
  const value = readAs([error.params.type].flat(), error.data)
  return value !== undefined && replace(tree, error.instancePath, value)
}

function readAs(types: readonly string[], text: string): boolean | number | undefined {
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true'
  if (types.includes('integer') && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (types.includes('number') && /^-?\d{1,15}(\.\d+)?$/.test(text)) return Number(text)
  return undefined
}

function replace(tree: Tree, pointer: Pointer, value: boolean | number): boolean {
  if (tree === null || typeof tree !== 'object') return false
  const members = tree as Record<string, Tree>
  for (const [key, member] of Object.entries(members)) {
    const child = join('', key)
    if (child === pointer) {
      members[key] = value
      return true
    }
    if (pointer.startsWith(`${child}/`)) return replace(member, pointer.slice(child.length), value)
  }
  return false
}
