/** How an item says that it changes one that is defined before: `override`, and the deprecated `append`. */

import { printableText } from '../../base/printable.ts'
import type { YamlMap } from './yaml-map.ts'

export type Change = 'append' | 'replace'

/**
 * What `override` says, by key. A key that cannot be changed so, or is not there to change anything, is reported.
 *
 * @param allowed - What may be done to a key
 */
export function readOverrides(item: YamlMap, allowed: ReadonlyMap<string, readonly Change[]>): Map<string, Change> {
  const changes = new Map<string, Change>()
  const override = item.map('override', 'a map of keys to append or replace')
  for (const { key, place } of override?.entries ?? []) {
    const known = allowed.get(key)
    const change = override!.text(key)
    if (change === undefined) continue
    const name = printableText(key)
    if (known === undefined) {
      item.problem(`${name} cannot be overridden; expected one of ${[...allowed.keys()].join(', ')}`, place)
    } else if (change.text !== 'append' && change.text !== 'replace') {
      const found = printableText(change.text)
      item.problem(`expected ${known.join(' or ')} for ${name}, found ${found}`, change.placeAt(0))
    } else if (!known.includes(change.text)) {
      item.problem(`${name} cannot be appended to; write replace`, change.placeAt(0))
    } else if (item.get(key) === undefined) {
      item.problem(`override says ${change.text} for ${name}, but the key ${name} is missing`, place)
    } else {
      changes.set(key, change.text)
    }
  }
  return changes
}

/** Whether `override` says anything. */
export function hasOverrides(item: YamlMap): boolean {
  return (item.map('override', 'a map')?.size ?? 0) > 0
}

/** Whether the deprecated key `append` is set; it does not go with `override`. */
export function readAppend(item: YamlMap): boolean {
  if (!item.boolean('append', false)) return false
  const { place } = item.get('append')!
  item.warning(
    'LOAD_DEPRECATED_ITEM',
    'append is deprecated; write override with append for the keys that it is for',
    place
  )
  if (!hasOverrides(item)) return true
  item.problem('append and override do not go together; keep override', place)
  return false
}

/** Whether a list or macro adds to the one of its name: both have one key that can be changed. */
export function isAppend(item: YamlMap, key: 'items' | 'condition'): boolean {
  const append = readAppend(item)
  return readOverrides(item, new Map([[key, ['append', 'replace']]])).get(key) === 'append' || append
}
