/** YAML text of one rule file to definitions. */

import { type Document, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean, nearestName } from '../../base/nearest.ts'
import type { Item } from './definitions.ts'
import { checkEngineVersion } from './engine-version.ts'
import { checkPluginVersions } from './plugin-versions.ts'
import { collect, type Report } from './problems.ts'
import { isAppend } from './rule-changes.ts'
import { readRule } from './rule-item.ts'
import type { SourceText } from './source-text.ts'
import { YamlMap } from './yaml-map.ts'
import { placeOf, type YamlFile } from './yaml-text.ts'

export interface RuleFile {
  /** Shown in messages. */
  readonly path: string
  readonly text: string
}

/** Each kind of item, by the key that makes an item one. */
const readers: Readonly<Record<string, (item: YamlMap, report: Report) => Item | undefined>> = {
  required_engine_version: (item, report) => {
    const version = item.text('required_engine_version')
    if (version !== undefined) collect(report.problems, () => checkEngineVersion(version), 'LOAD_ERR_VALIDATE')
    return undefined
  },
  required_plugin_versions: item => {
    checkPluginVersions(item)
    return undefined
  },
  list: readList,
  macro: readMacro,
  rule: readRule
}

/** Reads the items of a file in their order; what is wrong goes to `report`, the rest is read on. */
export function readRuleFile({ path, text }: RuleFile, report: Report): Item[] {
  const file: YamlFile = { path, text, lines: new LineCounter() }
  const items: Item[] = []
  for (const document of parseYaml(file, report)) {
    if (isEmpty(document)) continue
    for (const node of itemsOf(file, document, report)) {
      const item = readItem(new YamlMap(file, document, node, 'a rule, macro or list', report), report)
      if (item !== undefined) items.push(item)
    }
  }
  return items
}

const tooDeep = 'nested too deep'

/** The documents of a file, in which scalars are text; none where anything is wrong, which is reported. */
export function parseYaml(file: YamlFile, report: Report): readonly Document[] {
  const problem = (message: string, place: Place) =>
    report.problems.push({ message: `YAML: ${message}`, place, code: 'LOAD_ERR_YAML_PARSE' })
  try {
    // Scalars stay text: a list may hold 0, 080 or true.
    const documents = parseAllDocuments(file.text, {
      lineCounter: file.lines,
      schema: 'failsafe',
      prettyErrors: false,
      // YamlMap warns of them.
      uniqueKeys: false
    })
    const errors = documents.flatMap(({ errors }) => errors)
    for (const { code, message, pos } of errors) {
      problem(code === 'RESOURCE_EXHAUSTION' ? tooDeep : message, placeOf(file, pos[0]))
    }
    return errors.length === 0 ? (documents as readonly Document[]) : []
  } catch (error) {
    // The parser recurses: a file of nothing but brackets exhausts its stack.
    if (!(error instanceof RangeError)) throw error
    problem(tooDeep, { file: file.path, line: 1, column: 1 })
    return []
  }
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === '')
}

function itemsOf(file: YamlFile, document: Document, report: Report): readonly Node[] {
  const { contents } = document
  if (isSeq(contents)) {
    const nodes = contents.items as readonly Node[]
    return nodes.filter(node => !(isScalar(node) && (node.value === null || node.value === '')))
  }
  const place = placeOf(file, contents?.range?.[0] ?? 0)
  report.problems.push({ message: 'expected a list of rules, macros and lists', place, code: 'LOAD_ERR_YAML_VALIDATE' })
  return []
}

function readItem(item: YamlMap, report: Report): Item | undefined {
  if (item.size === 0) return undefined
  const kinds = Object.keys(readers)
  const kind = kinds.find(key => item.get(key) !== undefined)
  if (kind !== undefined) return readers[kind]!(item, report)
  const keys = [...item.entries].map(({ key }) => key)
  const mistyped = keys.find(key => nearestName(key, kinds) !== undefined)
  const hint =
    mistyped === undefined ? `it has none of the keys ${kinds.join(', ')}` : didYouMean(mistyped, kinds).slice(2)
  const place = mistyped === undefined ? item.place : item.get(mistyped)!.place
  item.warning('LOAD_UNKNOWN_ITEM', `unknown item, which is left out: ${hint}`, place)
  return undefined
}

function readMacro(item: YamlMap): Item | undefined {
  item.checkKeys(['macro', 'condition', 'append', 'override'], 'a macro')
  const name = readName(item, 'macro')
  const condition = item.text('condition')
  const append = isAppend(item, 'condition')
  if (name === undefined || condition === undefined) return undefined
  const macro = { kind: 'macro', ...name, condition } as const
  return append ? { kind: 'append', to: macro } : macro
}

function readList(item: YamlMap): Item | undefined {
  item.checkKeys(['list', 'items', 'append', 'override'], 'a list')
  const name = readName(item, 'list')
  if (item.get('items') === undefined) item.problem('the key items is missing')
  const items: SourceText[] | undefined = item.texts('items')
  const append = isAppend(item, 'items')
  if (name === undefined || items === undefined) return undefined
  const list = { kind: 'list', ...name, items } as const
  return append ? { kind: 'append', to: list } : list
}

/** A macro that no condition can name is of no use, but does no harm. */
function readName(item: YamlMap, key: 'macro' | 'list'): { name: string; place: Place } | undefined {
  const text = item.text(key)
  if (text === undefined) return undefined
  const place = text.placeAt(0)
  const shape = key === 'macro' ? /^[A-Za-z][A-Za-z0-9_]*$/ : /^[^\s()"'=,]+$/
  const expected = key === 'macro' ? 'a letter, then letters, digits and _' : 'no blanks and none of ( ) " \' = ,'
  if (!shape.test(text.text)) {
    const code = key === 'macro' ? 'LOAD_INVALID_MACRO_NAME' : 'LOAD_INVALID_LIST_NAME'
    item.warning(code, `conditions can hardly use a ${key} of this name: expected ${expected}`, place)
  }
  return { name: text.text, place }
}
