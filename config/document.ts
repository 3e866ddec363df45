/** YAML text to a plain tree of which every key and value knows its line and column. */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Document as ParsedDocument,
  parseDocument,
  type YAMLError
} from 'yaml'
import { messageOf, type Place, type Problem } from '../base/errors.ts'

/** A JSON pointer (RFC 6901), the form in which ajv names a value: `/outputs/0/format`; the root is ''. */
export type Pointer = string

/** A value of YAML's core schema. */
export type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree }

export interface PlacedTree {
  readonly value: Tree
  /** Where the value at `pointer` starts; the nearest enclosing value's start when it is not in the file. */
  valuePlace(pointer: Pointer): Place
  /** Where the key that leads to `pointer` starts; the value's place for items of a list. */
  keyPlace(pointer: Pointer): Place
}

export type ParsedYaml =
  /** `problems` holds what does not keep the rest from being read, such as a key that stands twice. */
  | { readonly tree: PlacedTree; readonly problems: readonly Problem[] }
  | { readonly tree: undefined; readonly problems: readonly Problem[] }

/** Aliases may be used this often in all, counting those inside of what an alias repeats ("billion laughs"). */
const maxAliases = 100

/** Extends a pointer by one key or index. */
export function join(pointer: Pointer, key: string | number): Pointer {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Parses one YAML document. Never throws: whatever is wrong with the text is among the problems. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' } as const
    const document = parseDocument(text, options)
    const findings = withoutRepeats([...document.errors, ...document.warnings])
    const problems = findings.map(error => ({ message: describe(error, text), place: placeAt(error.pos[0]) }))
    if (findings.some(error => error.code !== 'DUPLICATE_KEY')) return { tree: undefined, problems }
    return { tree: new TreeBuilder(document, placeAt).build(), problems }
  } catch (error) {
    if (error instanceof AliasError) {
      return { tree: undefined, problems: [{ message: error.message, place: placeAt(error.offset) }] }
    }
    // A stack overflow on absurdly deep nesting.
    return { tree: undefined, problems: [{ message: `not readable as YAML: ${messageOf(error)}`, place: placeAt(0) }] }
  }
}

/** One mistake may end many open lists and mappings at the same place: the first error there says it. */
function withoutRepeats(errors: readonly YAMLError[]): readonly YAMLError[] {
  const tooDeep = errors.find(error => error.code === 'RESOURCE_EXHAUSTION')
  if (tooDeep !== undefined) return [tooDeep]
  return errors.filter((error, index) => errors.findIndex(other => other.pos[0] === error.pos[0]) === index)
}

function describe(error: YAMLError, text: string): string {
  if (error.code === 'MULTIPLE_DOCS') return 'a second YAML document starts here; one file holds one configuration'
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[\w.-]+/.exec(text.slice(error.pos[0], error.pos[0] + 100))?.[0]
    return key === undefined ? 'this key stands twice' : `the key ${key} stands twice`
  }
  if (error.code === 'NON_STRING_KEY') return 'expected a plain word as key'
  if (error.code === 'RESOURCE_EXHAUSTION') return 'nested too deeply'
  return error.message
}

class AliasError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

class TreeBuilder {
  readonly #document: ParsedDocument
  readonly #placeAt: (offset: number) => Place
  readonly #values = new Map<Pointer, Place>()
  readonly #keys = new Map<Pointer, Place>()
  readonly #open = new Set<Node>()
  #aliases = 0

  constructor(document: ParsedDocument, placeAt: (offset: number) => Place) {
    this.#document = document
    this.#placeAt = placeAt
  }

  build(): PlacedTree {
    const value = this.#convert(this.#document.contents, '')
    const valuePlace = (pointer: Pointer): Place => {
      let nearest = pointer
      while (nearest !== '' && !this.#values.has(nearest)) nearest = nearest.slice(0, nearest.lastIndexOf('/'))
      return this.#values.get(nearest) ?? this.#placeAt(0)
    }
    return { value, valuePlace, keyPlace: pointer => this.#keys.get(pointer) ?? valuePlace(pointer) }
  }

  #convert(node: Node | null, pointer: Pointer): Tree {
    if (node?.range != null && !this.#values.has(pointer)) this.#values.set(pointer, this.#placeAt(node.range[0]))
    if (isAlias(node)) return this.#convert(this.#resolve(node), pointer)
    if (isScalar(node)) return scalarValue(node.value)
    if (node === null || (!isMap(node) && !isSeq(node))) return null
    if (this.#open.has(node)) throw new AliasError('an alias refers to what contains it', node.range?.[0] ?? 0)
    this.#open.add(node)
    const value = isSeq(node)
      ? node.items.map((item, index) => this.#convert(item as Node | null, join(pointer, index)))
      : this.#convertMap(node.items as { key: Node; value: Node | null }[], pointer)
    this.#open.delete(node)
    return value
  }

  #convertMap(pairs: readonly { key: Node; value: Node | null }[], pointer: Pointer): Tree {
    const entries = pairs.map(({ key, value }): [string, Tree] => {
      const resolved = isAlias(key) ? this.#resolve(key) : key
      const name = isScalar(resolved) ? String(resolved.value ?? '') : ''
      const child = join(pointer, name)
      if (key.range != null) this.#keys.set(child, this.#placeAt(key.range[0]))
      return [name, this.#convert(value, child)]
    })
    // Not by assignment: a key such as __proto__ must become an ordinary key, which the schema then refuses.
    return Object.fromEntries(entries)
  }

  #resolve(alias: Alias): Node {
    const offset = alias.range?.[0] ?? 0
    if (++this.#aliases > maxAliases) throw new AliasError(`more than ${maxAliases} aliases are used`, offset)
    const node = alias.resolve(this.#document)
    if (node === undefined) throw new AliasError(`no anchor is named ${alias.source}`, offset)
    return node
  }
}

function scalarValue(value: unknown): Tree {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
