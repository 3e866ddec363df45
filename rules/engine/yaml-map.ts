/** The keys of one YAML map, checked against what may stand there. */

import { type Document, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type ErrorCode, type Report, type WarningCode, warn } from './problems.ts'
import type { SourceText, TextTree } from './source-text.ts'
import { resolved } from './yaml-alias.ts'
import { placeOf, scalarText, type YamlFile } from './yaml-text.ts'

export interface Entry {
  readonly key: string
  readonly place: Place
  readonly value: Node | undefined
}

export class YamlMap {
  readonly place: Place
  readonly #entries = new Map<string, Entry>()
  #texts = 0
  readonly #file: YamlFile
  readonly #document: Document
  readonly #report: Report

  /** `node` must be a map; anything else is reported and gives a map without keys. */
  constructor(file: YamlFile, document: Document, node: Node, what: string, report: Report) {
    this.#file = file
    this.#document = document
    this.#report = report
    this.place = placeOf(file, node.range?.[0] ?? 0)
    const map = resolved(document, node)
    if (!isMap(map)) {
      this.problem(`expected ${what}, found ${kindOf(map)}`)
      return
    }
    for (const { key, value } of map.items) {
      const place = this.#placeOf(key as Node, this.place)
      if (isScalar(key)) this.#add(String(key.value), place, value as Node)
      else this.problem('expected a word as key', place)
    }
  }

  get entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  problem(message: string, place: Place = this.place, code: ErrorCode = 'LOAD_ERR_YAML_VALIDATE'): void {
    this.#report.problems.push({ message, place, code })
  }

  warning(code: WarningCode, message: string, place: Place = this.place): void {
    warn(this.#report, code, message, place)
  }

  /** Warns of each key that is not in `known`. */
  checkKeys(known: readonly string[], what: string): void {
    for (const { key, place } of this.entries) {
      if (known.includes(key)) continue
      this.warning('LOAD_UNKNOWN_KEY', `unknown key ${printableText(key)} of ${what}${didYouMean(key, known)}`, place)
    }
  }

  /** The text of a key; a key that is missing or no text is reported, unless missing is allowed. */
  text(key: string, missing: 'allowed' | 'problem' = 'problem'): SourceText | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      if (missing === 'problem') this.problem(`the key ${key} is missing`)
      return undefined
    }
    const text = this.#scalar(entry.value, entry.place, `text for ${key}`)
    if (text !== undefined && text.text.trim() === '') {
      this.problem(`${key} is empty`, entry.place)
      return undefined
    }
    return text
  }

  /** The items of a key whose value is a list of texts. */
  texts(key: string): SourceText[] | undefined {
    const items = this.#items(key)?.map(item => this.#scalar(item, this.#placeOfKey(key), `text as item of ${key}`))
    return items?.filter(item => item !== undefined)
  }

  /** The items of a key whose value is a list of maps; none where the value is empty. */
  maps(key: string, what: string): YamlMap[] {
    if (this.#isEmpty(key)) return []
    const items = this.#items(key) ?? []
    return items
      .filter(item => item !== undefined)
      .map(item => ({ item, map: this.#mapOf(item, what) }))
      .flatMap(({ item, map }) => (isMap(item) ? [map] : []))
  }

  /** The map that is the value of a key; undefined where the value is empty. */
  map(key: string, what: string): YamlMap | undefined {
    const value = this.#entries.get(key)?.value
    return value === undefined || this.#isEmpty(key) ? undefined : this.#mapOf(value, what)
  }

  /** A value that is a text, or a list of texts and lists. */
  tree(key: string): TextTree | undefined {
    const entry = this.#entries.get(key)
    return entry && this.#tree(entry.value, entry.place, key, 0)
  }

  /** The items of a key whose value is a list of texts and lists. */
  trees(key: string): TextTree[] | undefined {
    const items = this.#items(key)?.map(item => this.#tree(item, this.#placeOfKey(key), key, 0))
    return items?.filter(item => item !== undefined)
  }

  /** The words are those of YAML 1.1. */
  boolean(key: string, otherwise: boolean): boolean {
    const text = this.text(key, 'allowed')
    if (text === undefined) return otherwise
    if (/^(true|y|yes|on)$/i.test(text.text)) return true
    if (/^(false|n|no|off)$/i.test(text.text)) return false
    this.problem(`expected true or false for ${key}, found ${printableText(text.text)}`, text.placeAt(0))
    return otherwise
  }

  /** Of a key that stands twice the first counts, as in Falco. */
  #add(key: string, place: Place, value: Node): void {
    if (this.#entries.has(key)) {
      this.warning('LOAD_IGNORED_KEY', `the key ${printableText(key)} stands twice; the first counts`, place)
    } else {
      this.#entries.set(key, { key, place, value: resolved(this.#document, value) })
    }
  }

  #scalar(value: Node | undefined, place: Place, what: string): SourceText | undefined {
    if (isScalar(value)) return scalarText(this.#file, value as Scalar)
    this.problem(`expected ${what}, found ${kindOf(value)}`, this.#placeOf(value, place))
    return undefined
  }

  #items(key: string): (Node | undefined)[] | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (isSeq(entry.value)) return entry.value.items.map(item => resolved(this.#document, item as Node))
    this.problem(`expected a list for ${key}, found ${kindOf(entry.value)}`, this.#placeOf(entry.value, entry.place))
    return undefined
  }

  #mapOf(node: Node, what: string): YamlMap {
    return new YamlMap(this.#file, this.#document, node, what, this.#report)
  }

  #tree(node: Node | undefined, place: Place, key: string, depth: number): TextTree | undefined {
    if (++this.#texts > mostTexts) {
      if (this.#texts === mostTexts + 1) this.problem(`${key} has more than ${mostTexts} texts`, place)
      return undefined
    }
    if (isSeq(node) && depth < deepestTree) {
      const at = this.#placeOf(node, place)
      const items = node.items.map(item => this.#tree(resolved(this.#document, item as Node), at, key, depth + 1))
      return { kind: 'list', items: items.filter(item => item !== undefined), place: at }
    }
    const text = this.#scalar(node, place, `text or a list for ${key}`)
    if (text === undefined) return undefined
    if (text.text !== '') return { kind: 'text', text }
    this.problem(`${key} has an empty text`, text.placeAt(0))
    return undefined
  }

  #isEmpty(key: string): boolean {
    const value = this.#entries.get(key)?.value
    return value === undefined || (isScalar(value) && /^(|~|null)$/.test(String(value.value ?? '')))
  }

  #placeOfKey(key: string): Place {
    return this.#entries.get(key)?.place ?? this.place
  }

  #placeOf(value: Node | null | undefined, otherwise: Place): Place {
    return value?.range == null ? otherwise : placeOf(this.#file, value.range[0])
  }
}

/** Values of exceptions are lists of lists at the most. */
const deepestTree = 3
/** Aliases of aliases multiply. */
const mostTexts = 100_000

function kindOf(node: Node | undefined): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  return node === undefined || (isScalar(node) && node.value === '') ? 'nothing' : 'text'
}
