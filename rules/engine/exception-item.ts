/** The key `exceptions` of a rule. What they mean for its condition is said in exceptions.ts. */

import { printableText } from '../../base/printable.ts'
import type { ExceptionDefinition } from './definitions.ts'
import type { YamlMap } from './yaml-map.ts'

/** Reads the exceptions of a rule, or of a change of one, where `fields` and `comps` may be missing. */
export function readExceptions(item: YamlMap): ExceptionDefinition[] {
  const exceptions: ExceptionDefinition[] = []
  for (const entry of item.maps('exceptions', 'an exception with name and fields')) {
    entry.checkKeys(['name', 'fields', 'comps', 'values'], 'an exception')
    const name = entry.text('name')
    if (name === undefined) continue
    if (exceptions.some(each => each.name === name.text)) {
      const message = `the rule has another exception ${printableText(name.text)}; both count`
      entry.warning('LOAD_EXCEPTION_NAME_NOT_UNIQUE', message, name.placeAt(0))
    }
    exceptions.push({
      name: name.text,
      place: name.placeAt(0),
      fields: entry.tree('fields'),
      comps: entry.tree('comps'),
      values: entry.get('values') === undefined ? [] : (entry.trees('values') ?? [])
    })
  }
  return exceptions
}
