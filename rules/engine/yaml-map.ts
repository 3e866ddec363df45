/** The keys of one YAML map, checked against what may stand there. */

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean, nearestName } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { Report } from './problems.ts'
import type { SourceText } from './source-text.ts'
import { placeOf, scalarText, type YamlFile } from './yaml-text.ts'

export interface Entry {
  readonly key: string
  readonly place: Place
  readonly value: Node | undefined
}

export class YamlMap {
  readonly place: Place
  readonly #entries = new Map<string, Entry>()
  readonly #file: YamlFile
  readonly #document: Document
  readonly #report: Report

  /** `node` must be a map; anything else is reported and gives a map without keys. */
  constructor(file: YamlFile, document: Document, node: Node, what: string, report: Report) {
    this.#file = file
    this.#document = document
    this.#report = report
    this.place = placeOf(file, node.range?.[0] ?? 0)
    const map = resolve(document, node)
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

  problem(message: string, place: Place = this.place): void {
    this.#report.problems.push({ message, place })
  }

  warning(message: string, place: Place = this.place): void {
    this.#report.warnings.push({ message, place })
  }

  /** Warns of each key that is not in `known`; a key that is nearly one of them is a problem. */
  checkKeys(known: readonly string[], what: string): void {
    for (const { key, place } of this.entries) {
      if (known.includes(key)) continue
      const message = `unknown key ${printableText(key)} of ${what}${didYouMean(key, known)}`
      if (nearestName(key, known) === undefined) this.warning(message, place)
      else this.problem(message, place)
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
    if (text !== undefined && text.text.trim() === '' && missing === 'problem') {
      this.problem(`${key} is empty`, entry.place)
      return undefined
    }
    return text
  }

  /** The items of a key whose value is a list of texts. */
  texts(key: string): SourceText[] | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (!isSeq(entry.value)) {
      this.problem(`expected a list for ${key}, found ${kindOf(entry.value)}`, this.#placeOf(entry.value, entry.place))
      return undefined
    }
    const items = entry.value.items.map(item =>
      this.#scalar(resolve(this.#document, item as Node), entry.place, `text as item of ${key}`)
    )
    return items.filter(item => item !== undefined)
  }

  boolean(key: string, otherwise: boolean): boolean {
    const text = this.text(key, 'allowed')
    if (text === undefined) return otherwise
    if (/^(true|True|TRUE)$/.test(text.text)) return true
    if (/^(false|False|FALSE)$/.test(text.text)) return false
    this.problem(`expected true or false for ${key}, found ${printableText(text.text)}`, text.placeAt(0))
    return otherwise
  }

  /** Whether a key stands there with anything but an empty value or `false`. */
  inUse(key: string): boolean {
    const value = this.#entries.get(key)?.value
    if (isSeq(value) || isMap(value)) return value.items.length > 0
    return isScalar(value) && !/^(|~|null|false|False|FALSE)$/.test(String(value.value ?? ''))
  }

  #add(key: string, place: Place, value: Node): void {
    this.#entries.set(key, { key, place, value: resolve(this.#document, value) })
  }

  #scalar(value: Node | undefined, place: Place, what: string): SourceText | undefined {
    if (isScalar(value)) return scalarText(this.#file, value as Scalar)
    this.problem(`expected ${what}, found ${kindOf(value)}`, this.#placeOf(value, place))
    return undefined
  }

  #placeOf(value: Node | null | undefined, otherwise: Place): Place {
    return value?.range == null ? otherwise : placeOf(this.#file, value.range[0])
  }
}

/** Reports the keys of the language that change what is matched and that this version cannot obey. */
export function rejectLater(item: YamlMap, keys: readonly string[]): void {
  for (const key of keys) if (item.inUse(key)) item.problem(`${key} is not supported yet`, item.get(key)!.place)
}

function resolve(document: Document, node: Node | null | undefined): Node | undefined {
  return isAlias(node) ? node.resolve(document) : (node ?? undefined)
}

function kindOf(node: Node | undefined): string {
  if (isMap(node)) return 'a map'
  if (isSeq(node)) return 'a list'
  return node === undefined || (isScalar(node) && node.value === '') ? 'nothing' : 'text'
}
