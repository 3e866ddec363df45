/** The alerts that tests of rules expect. */
import { isMap, isScalar, isSeq, type Node } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Priority, priorities, priorityOf } from '../../rules/alert.ts'
import { resolved } from '../../rules/engine/yaml-alias.ts'
import { YamlMap } from '../../rules/engine/yaml-map.ts'
import { scalarText } from '../../rules/engine/yaml-text.ts'
import { isEmptyNode, type Part, problem, scalarKinds } from './part.ts'

/** What is said of an alert; what is not said may be anything. */
export interface ExpectedAlert {
  readonly rule: string
  readonly place: Place
  readonly priority: Priority | undefined
  /** The whole text, without the time and the priority before it. */
  readonly output: string | undefined
  readonly outputContains: readonly string[]
  readonly fields: readonly ExpectedField[]
  /** All tags, in any order. */
  readonly tags: readonly string[] | undefined
}

export interface ExpectedField {
  readonly name: string
  readonly place: Place
  /** As text; null for a value that is missing. */
  readonly value: string | readonly string[] | null
}

const keys = ['rule', 'priority', 'output', 'output_contains', 'fields', 'tags']
const expected = 'none, or a list of the rules that raise alerts'

/** Reads `alerts` of a test; undefined where anything is wrong with it. */
export function readAlerts(test: YamlMap, part: Part): readonly ExpectedAlert[] | undefined {
  const entry = test.get('alerts')
  if (entry === undefined) {
    test.problem(`the key alerts is missing: ${expected}`)
    return undefined
  }
  const { value, place } = entry
  if (isScalar(value) && value.value === 'none') return []
  if (!isSeq(value)) {
    test.problem(`expected ${expected}`, place)
    return undefined
  }
  const alerts = value.items.map(item => readAlert(resolved(part.document, item as Node), place, part))
  const complete = alerts.filter(alert => alert !== undefined)
  return complete.length < alerts.length ? undefined : complete
}

function readAlert(node: Node | undefined, place: Place, part: Part): ExpectedAlert | undefined {
  const { file, document, report } = part
  if (isScalar(node) && !isEmptyNode(node)) {
    const rule = scalarText(file, node)
    return { rule: rule.text, place: rule.placeAt(0), ...unsaid }
  }
  if (!isMap(node)) {
    problem(report, 'expected the name of a rule, or a map with the key rule', place)
    return undefined
  }
  const map = new YamlMap(file, document, node, 'an alert', report)
  map.checkKeys(keys, 'an alert')
  const rule = map.text('rule')
  const alert = {
    priority: readPriority(map),
    output: map.text('output', 'allowed')?.text.trim(),
    outputContains: readContains(map),
    fields: readFields(map, part),
    tags: map.get('tags') && map.texts('tags')?.map(({ text }) => text)
  }
  return rule && { rule: rule.text, place: rule.placeAt(0), ...alert }
}

const unsaid = { priority: undefined, output: undefined, outputContains: [], fields: [], tags: undefined }

function readPriority(map: YamlMap): Priority | undefined {
  const text = map.text('priority', 'allowed')
  const priority = text && priorityOf(text.text)
  if (text !== undefined && priority === undefined) {
    const hint = didYouMean(
      text.text.toLowerCase(),
      priorities.map(each => each.toLowerCase())
    )
    const message = `unknown priority ${printableText(text.text)}; expected one of ${priorities.join(', ')}${hint}`
    map.problem(message, text.placeAt(0))
  }
  return priority
}

/** A text, or a list of texts. */
function readContains(map: YamlMap): readonly string[] {
  const entry = map.get('output_contains')
  if (entry === undefined) return []
  if (isSeq(entry.value)) return (map.texts('output_contains') ?? []).map(({ text }) => text)
  const text = map.text('output_contains')
  return text === undefined ? [] : [text.text]
}

function readFields(map: YamlMap, { file, document, report }: Part): readonly ExpectedField[] {
  const fields = map.map('fields', 'a map of output fields')
  return [...(fields?.entries ?? [])].flatMap(({ key: name, place, value }): ExpectedField[] => {
    if (isEmptyNode(value)) return [{ name, place, value: null }]
    if (isScalar(value)) return [{ name, place, value: scalarText(file, value).text }]
    const items = isSeq(value) ? value.items.map(item => resolved(document, item as Node)) : []
    const texts = items.filter(item => isScalar(item)).map(item => scalarText(file, item).text)
    if (isSeq(value) && texts.length === items.length) return [{ name, place, value: texts }]
    problem(report, `expected ${scalarKinds}`, place)
    return []
  })
}
