/** One rule of a rule file, or a change of one. */

import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Priority, priorities, priorityNames, priorityOf } from '../alert.ts'
import type { RuleBody, RuleDefinition, RuleUpdate } from './definitions.ts'
import { readExceptions } from './exception-item.ts'
import { type Change, hasOverrides, readAppend, readOverrides } from './rule-changes.ts'
import { trim } from './source-text.ts'
import type { YamlMap } from './yaml-map.ts'

const required = ['condition', 'output', 'desc', 'priority'] as const
const both: readonly Change[] = ['append', 'replace']
const replace: readonly Change[] = ['replace']
const changes: ReadonlyMap<string, readonly Change[]> = new Map([
  ['condition', both],
  ['output', both],
  ['desc', both],
  ['tags', both],
  ['exceptions', both],
  ['priority', replace],
  ['enabled', replace],
  ['warn_evttypes', replace],
  ['skip-if-unknown-filter', replace],
  ['capture', replace],
  ['capture_duration', replace]
])
const known = ['rule', 'source', 'append', 'override', ...changes.keys()]

/** Reads a rule, or a change of one that is defined before; undefined when it cannot be used. */
export function readRule(item: YamlMap): RuleDefinition | RuleUpdate | undefined {
  item.checkKeys(known, 'a rule')
  if (item.get('capture') !== undefined && item.boolean('capture', false)) {
    item.warning('LOAD_IGNORED_KEY', 'capture is ignored: events are not captured', item.get('capture')!.place)
  }
  const name = item.text('rule')
  if (name === undefined) return undefined
  const named = { name: name.text, place: name.placeAt(0) }
  if (readAppend(item)) {
    if ([...appendable].every(key => item.get(key) === undefined)) {
      item.problem('nothing is appended: expected condition or exceptions', named.place, 'LOAD_ERR_VALIDATE')
    }
    return { kind: 'rule update', ...named, append: readBody(item, appendable), replace: {} }
  }
  if (hasOverrides(item)) {
    const update = readUpdate(item)
    return update && { kind: 'rule update', ...named, ...update }
  }
  if (required.every(key => item.get(key) === undefined)) return readSwitch(item, named)
  const body = readDefinition(item)
  return body && { kind: 'rule', ...named, ...body, source: item.text('source', 'allowed')?.text ?? 'syscall' }
}

/** The keys that the deprecated `append` adds to. */
const appendable: ReadonlySet<string> = new Set(['condition', 'exceptions'])

function readUpdate(item: YamlMap): Pick<RuleUpdate, 'append' | 'replace'> | undefined {
  const overrides = readOverrides(item, changes)
  for (const key of changes.keys()) {
    const entry = item.get(key)
    if (entry === undefined || overrides.has(key) || isInOverride(item, key)) continue
    item.problem(`override does not say whether ${key} is to append or replace`, entry.place)
  }
  if (overrides.size === 0) return undefined
  const keys = (change: Change) => new Set([...overrides].filter(([, each]) => each === change).map(([key]) => key))
  return { append: readBody(item, keys('append')), replace: readBody(item, keys('replace')) }
}

/** Wrong words in `override` are reported already. */
function isInOverride(item: YamlMap, key: string): boolean {
  return item.map('override', 'a map')?.get(key) !== undefined
}

function readSwitch(item: YamlMap, named: { name: string; place: RuleUpdate['place'] }): RuleUpdate | undefined {
  const entry = item.get('enabled')
  if (entry === undefined) {
    item.problem(`the keys ${required.join(', ')} are missing`)
    return undefined
  }
  const message = 'a rule with nothing but enabled is deprecated; write override: {enabled: replace} beside it'
  item.warning('LOAD_DEPRECATED_ITEM', message, entry.place)
  return { kind: 'rule update', ...named, append: {}, replace: { enabled: item.boolean('enabled', true) } }
}

function readDefinition(item: YamlMap): RuleBody | undefined {
  for (const key of required) if (item.get(key) === undefined) item.problem(`the key ${key} is missing`)
  const { condition, output, description, priority, ...rest } = readBody(item, new Set(known))
  if (condition === undefined || output === undefined || description === undefined || priority === undefined) {
    return undefined
  }
  const otherwise = { tags: [], exceptions: [], enabled: true, warnAboutEventTypes: true, skipUnknown: false }
  return { ...otherwise, ...rest, condition, output: trim(output), description, priority }
}

/** What of a rule stands there, of the keys that are asked for. */
function readBody(item: YamlMap, keys: ReadonlySet<string>): Partial<RuleBody> {
  const has = (key: string) => keys.has(key) && item.get(key) !== undefined
  const condition = has('condition') ? item.text('condition') : undefined
  const output = has('output') ? item.text('output') : undefined
  const description = has('desc') ? item.text('desc')?.text.trim() : undefined
  const priority = has('priority') ? readPriority(item) : undefined
  const tags = has('tags') ? item.texts('tags')?.map(({ text }) => text) : undefined
  const exceptions = has('exceptions') ? readExceptions(item) : undefined
  return {
    ...(condition && { condition }),
    ...(output && { output }),
    ...(description !== undefined && { description }),
    ...(priority && { priority }),
    ...(tags && { tags }),
    ...(exceptions && { exceptions }),
    ...(has('enabled') && { enabled: item.boolean('enabled', true) }),
    ...(has('warn_evttypes') && { warnAboutEventTypes: item.boolean('warn_evttypes', true) }),
    ...(has('skip-if-unknown-filter') && { skipUnknown: item.boolean('skip-if-unknown-filter', false) })
  }
}

function readPriority(item: YamlMap): Priority | undefined {
  const text = item.text('priority')
  if (text === undefined) return undefined
  const priority = priorityOf(text.text)
  if (priority === undefined) {
    const hint = didYouMean(text.text.trim().toLowerCase(), priorityNames.keys())
    const expected = `expected one of ${priorities.join(', ')}`
    item.problem(`unknown priority ${printableText(text.text)}; ${expected}${hint}`, text.placeAt(0))
  }
  return priority
}
