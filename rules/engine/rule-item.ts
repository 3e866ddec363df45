/** One rule of a rule file. */

import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Priority, priorities } from '../alert.ts'
import type { RuleDefinition, RuleSwitch } from './definitions.ts'
import { parseCondition } from './parser.ts'
import { collect, type Report } from './problems.ts'
import { rejectLater, type YamlMap } from './yaml-map.ts'

const required = ['rule', 'condition', 'output', 'desc', 'priority'] as const
const optional = ['source', 'enabled', 'tags', 'warn_evttypes'] as const
/** These change what is matched. */
const later = ['exceptions', 'override', 'append'] as const
/** These do not. */
const ignored = ['skip-if-unknown-filter', 'capture', 'capture_duration'] as const

const priorityNames: ReadonlyMap<string, Priority> = new Map([
  ...priorities.map(priority => [priority.toLowerCase(), priority] as const),
  ['info', 'Informational']
])

/** Reads a rule, or the switch of one that is defined before; undefined when it cannot be used. */
export function readRule(item: YamlMap, report: Report): RuleDefinition | RuleSwitch | undefined {
  item.checkKeys([...required, ...optional, ...later, ...ignored], 'a rule')
  rejectLater(item, later)
  for (const key of ignored) if (item.inUse(key)) item.warning(`${key} is not supported yet`, item.get(key)!.place)
  const name = item.text('rule')
  if (item.size === 2 && item.get('enabled') !== undefined) {
    return name && { kind: 'switch', name: name.text, place: name.placeAt(0), enabled: item.boolean('enabled', true) }
  }
  const conditionText = item.text('condition')
  const condition = conditionText && collect(report.problems, () => parseCondition(conditionText))
  const output = item.text('output')
  const description = item.text('desc')
  const priority = readPriority(item)
  const tags = item.get('tags') === undefined ? [] : item.texts('tags')
  if (!name || !condition || !output || !description || !priority || !tags) return undefined
  return {
    kind: 'rule',
    name: name.text,
    place: name.placeAt(0),
    condition,
    output,
    description: description.text.trim(),
    priority,
    source: item.text('source', 'allowed')?.text ?? 'syscall',
    enabled: item.boolean('enabled', true),
    tags: tags.map(tag => tag.text),
    warnAboutEventTypes: item.boolean('warn_evttypes', true)
  }
}

function readPriority(item: YamlMap): Priority | undefined {
  const text = item.text('priority')
  if (text === undefined) return undefined
  const name = text.text.trim().toLowerCase()
  const priority = priorityNames.get(name)
  if (priority === undefined) {
    const hint = didYouMean(name, priorityNames.keys())
    const expected = `expected one of ${priorities.join(', ')}`
    item.problem(`unknown priority ${printableText(text.text)}; ${expected}${hint}`, text.placeAt(0))
  }
  return priority
}
