/** YAML text of one rule file to definitions. */

import { type Document, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean, nearestName } from '../../base/nearest.ts'
import type { Definition, ListDefinition, MacroDefinition } from './definitions.ts'
import { checkEngineVersion } from './engine-version.ts'
import { parseCondition, parseListItem } from './parser.ts'
import { collect, type Report } from './problems.ts'
import { readRule } from './rule-item.ts'
import { rejectLater, YamlMap } from './yaml-map.ts'
import { placeOf, type YamlFile } from './yaml-text.ts'

export interface RuleFile {
  /** Shown in messages. */
  readonly path: string
  readonly text: string
}

/** Each kind of item, by the key that makes an item one. */
const readers: Readonly<Record<string, (item: YamlMap, report: Report) => Definition | undefined>> = {
  rule: readRule,
  macro: readMacro,
  list: readList,
  required_engine_version: (item, report) => {
    const version = item.text('required_engine_version')
    if (version !== undefined) collect(report.problems, () => checkEngineVersion(version))
    return undefined
  },
  required_plugin_versions: () => undefined
}

/** Reads the definitions of a file in their order; what is wrong goes to `report`, the rest is read on. */
export function readRuleFile({ path, text }: RuleFile, report: Report): Definition[] {
  const file: YamlFile = { path, text, lines: new LineCounter() }
  const definitions: Definition[] = []
  for (const document of parseYaml(file, report)) {
    if (isEmpty(document)) continue
    for (const node of itemsOf(file, document, report)) {
      const item = new YamlMap(file, document, node, 'a rule, macro or list', report)
      const definition = readItem(item, report)
      if (definition !== undefined) definitions.push(definition)
    }
  }
  return definitions
}

function parseYaml(file: YamlFile, report: Report): readonly Document[] {
  try {
    // Scalars stay text: a list may hold 0, 080 or true.
    const documents = parseAllDocuments(file.text, { lineCounter: file.lines, schema: 'failsafe', prettyErrors: false })
    const errors = documents.flatMap(({ errors }) => errors)
    for (const { message, pos } of errors) {
      report.problems.push({ message: `YAML: ${message}`, place: placeOf(file, pos[0]) })
    }
    return errors.every(({ code }) => code === 'DUPLICATE_KEY') ? (documents as readonly Document[]) : []
  } catch (error) {
    // The parser recurses: a file of nothing but brackets exhausts its stack.
    if (!(error instanceof RangeError)) throw error
    report.problems.push({ message: 'YAML: nested too deep', place: { file: file.path, line: 1, column: 1 } })
    return []
  }
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === '')
}

function itemsOf(file: YamlFile, document: Document, report: Report): readonly Node[] {
  const { contents } = document
  if (isSeq(contents)) return contents.items as readonly Node[]
  const place = placeOf(file, contents?.range?.[0] ?? 0)
  report.problems.push({ message: 'expected a list of rules, macros and lists', place })
  return []
}

function readItem(item: YamlMap, report: Report): Definition | undefined {
  if (item.size === 0) return undefined
  const kinds = Object.keys(readers)
  const kind = kinds.find(key => item.get(key) !== undefined)
  if (kind !== undefined) return readers[kind]!(item, report)
  const keys = [...item.entries].map(({ key }) => key)
  const mistyped = keys.find(key => nearestName(key, kinds) !== undefined)
  if (mistyped === undefined) item.warning(`unknown item: it has none of the keys ${kinds.join(', ')}`)
  else item.problem(`unknown item ${mistyped}${didYouMean(mistyped, kinds)}`, item.get(mistyped)!.place)
  return undefined
}

function readMacro(item: YamlMap, report: Report): MacroDefinition | undefined {
  item.checkKeys(['macro', 'condition', 'append', 'override'], 'a macro')
  rejectLater(item, ['append', 'override'])
  const name = readName(item, 'macro')
  const text = item.text('condition')
  const condition = text && collect(report.problems, () => parseCondition(text))
  return name && { kind: 'macro', ...name, condition }
}

function readList(item: YamlMap, report: Report): ListDefinition | undefined {
  item.checkKeys(['list', 'items', 'append', 'override'], 'a list')
  rejectLater(item, ['append', 'override'])
  const name = readName(item, 'list')
  if (item.get('items') === undefined) item.problem('the key items is missing')
  const items = item.texts('items') ?? []
  const values = items.map(text => collect(report.problems, () => parseListItem(text)))
  return name && { kind: 'list', ...name, items: values.filter(value => value !== undefined) }
}

/** Macros and lists are named in conditions, so their names must be readable there. */
function readName(item: YamlMap, key: 'macro' | 'list'): { name: string; place: Place } | undefined {
  const text = item.text(key)
  if (text === undefined) return undefined
  const place = text.placeAt(0)
  const shape = key === 'macro' ? /^[A-Za-z][A-Za-z0-9_]*$/ : /^[^\s()"'=,]+$/
  if (shape.test(text.text)) return { name: text.text, place }
  item.problem(`a ${key} cannot have this name: expected letters, digits and _`, place)
  return undefined
}
