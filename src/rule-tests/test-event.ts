/** The events of tests of rules: maps of fields. */
import { isScalar, isSeq, type Node, type Scalar } from 'yaml'
import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { eventNames } from '../../rules/engine/event-names.ts'
import {
  type FieldEvent,
  fieldEvent,
  GivenEventError,
  type GivenValue,
  givenExtraction
} from '../../rules/engine/field-event.ts'
import { fieldOfText } from '../../rules/engine/field-text.ts'
import type { FieldUse } from '../../rules/engine/fields/registry.ts'
import { collect, ruleError } from '../../rules/engine/problems.ts'
import { textAt } from '../../rules/engine/source-text.ts'
import { resolved } from '../../rules/engine/yaml-alias.ts'
import { type Entry, YamlMap } from '../../rules/engine/yaml-map.ts'
import { placeOf, scalarText } from '../../rules/engine/yaml-text.ts'
import { isEmptyNode, type Part, problem, scalarKinds } from './part.ts'

/**
 * Reads `{evt.type: execve, proc.name: sh}`, in which `source` is a key of its own, or
 * `{source: syscall, fields: {evt.type: execve}}`; undefined where anything is wrong with it.
 */
export function readEvent(node: Node, part: Part): FieldEvent | undefined {
  const { file, document, report } = part
  const before = report.problems.length
  const map = new YamlMap(file, document, node, 'an event: a map of fields', report)
  const isLong = map.get('fields') !== undefined
  if (isLong) map.checkKeys(['source', 'fields'], 'an event with fields')
  const source = readSource(map)
  const entries = [...(isLong ? (map.map('fields', 'a map of fields')?.entries ?? []) : map.entries)]
  const fields = new Map<string, GivenValue>()
  for (const entry of entries) {
    if (source === undefined || (!isLong && entry.key === 'source')) continue
    collect(report.problems, () => readField(entry, source, fields, part), 'LOAD_ERR_YAML_VALIDATE')
  }
  return report.problems.length > before ? undefined : fieldEvent({ source, fields: Object.fromEntries(fields) })
}

function readSource(map: YamlMap): string | undefined {
  const text = map.text('source', 'allowed')
  if (text === undefined) return map.get('source') === undefined ? 'syscall' : undefined
  if (eventNames.has(text.text)) return text.text
  const hint = didYouMean(text.text, eventNames.keys()) || `; expected one of ${[...eventNames.keys()].join(', ')}`
  map.problem(`unknown source ${printableText(text.text)}${hint}`, text.placeAt(0))
  return undefined
}

/** @throws TercelError TERCEL_RULES for a field that events of the source do not have, or not with this value */
function readField(entry: Entry, source: string, fields: Map<string, GivenValue>, part: Part): void {
  const use = fieldOfText(textAt(entry.key, entry.place), source, 'as key', ['source', 'fields'])
  // Numbers between brackets have one spelling, as rules look for it.
  const key = typeof use.argument === 'number' ? `${use.field.name}[${use.argument}]` : entry.key
  if (fields.has(key)) throw ruleError(`${printableText(key)} stands twice`, entry.place)
  const value = readValue(entry.value, entry.place, part)
  if (value === undefined) return
  const place = entry.value?.range == null ? entry.place : placeOf(part.file, entry.value.range[0])
  checkValue(use, fieldEvent({ source, fields: { [key]: value } }), place)
  if (key === 'evt.type') checkType(value, source, place)
  fields.set(key, value)
}

/** Undefined where the value is wrong, which is reported. */
function readValue(node: Node | undefined, place: Place, part: Part): GivenValue | undefined {
  const { document, report } = part
  if (isEmptyNode(node)) return null
  if (isScalar(node)) return textOf(node, part)
  const items = isSeq(node) ? node.items.map(item => resolved(document, item as Node)) : []
  if (isSeq(node) && items.every(item => isScalar(item))) return items.map(item => textOf(item, part))
  problem(report, `expected ${scalarKinds}`, place)
  return undefined
}

function textOf(scalar: Scalar, { file }: Part): string {
  return scalarText(file, scalar).text
}

/** Reads the value as rules would, which tells whether the field can have it. */
function checkValue(use: FieldUse, event: FieldEvent, place: Place): void {
  const extraction = givenExtraction(use)
  const context = { hostname: '', names: { user: () => undefined, group: () => undefined }, eventNumber: 1 }
  try {
    if (extraction.kind === 'ends') for (const read of extraction.reads) read(event, context, use.argument)
    else if (extraction.kind === 'ancestors' && use.argument === undefined)
      extraction.readAll(event, context, undefined)
    else if (extraction.kind !== 'paths') extraction.read(event, context, use.argument)
  } catch (error) {
    if (!(error instanceof GivenEventError)) throw error
    throw ruleError(error.message, place)
  }
}

function checkType(value: GivenValue, source: string, place: Place): void {
  const known = eventNames.get(source) ?? new Set()
  if (value === null || (typeof value === 'string' && known.has(value))) return
  const type = printableText(String(value))
  throw ruleError(`unknown event type ${type}${didYouMean(type, known)}`, place)
}
