/**
 * Lists stand in conditions by their name and are put in as text, before anything is parsed: `proc.name in (shells, nc)`
 * becomes `proc.name in (sh, bash, nc)`.
 */

import type { Place } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import type { Defined, ListDefinition } from './definitions.ts'
import { ruleError } from './problems.ts'
import { join, type SourceText, slice, textAt } from './source-text.ts'

const mostItems = 1_000_000
/** Levels of lists in lists: what walks them recurses. */
const deepest = 500

/** What may stand around the name of a list: blanks, parentheses, a comma, an equals sign. */
const word = /[^ \t\n\r(),=]+/g
const blank = /[ \t\n\r]/

interface ListText {
  readonly text: SourceText
  readonly items: number
}

export class Lists {
  readonly #lists: ReadonlyMap<string, Defined<ListDefinition>>
  readonly #texts = new Map<string, ListText | 'open'>()
  readonly #used = new Set<ListDefinition>()

  constructor(lists: ReadonlyMap<string, Defined<ListDefinition>>) {
    this.#lists = lists
  }

  /** Whether any condition or list names it. */
  isUsed(list: ListDefinition): boolean {
    return this.#used.has(list)
  }

  /**
   * The condition with the items of lists in place of their names. An empty list takes a comma beside it away.
   *
   * @throws TercelError TERCEL_RULES for a list that contains itself or grows too large
   */
  putIn(condition: SourceText): SourceText {
    const { text } = condition
    const parts: SourceText[] = []
    let end = 0
    for (const { index, 0: name } of text.matchAll(word)) {
      // A comma that an empty list has taken away may lie behind the end.
      const list = index < end ? undefined : this.#lists.get(name)
      if (list === undefined) continue
      const items = this.#text(list.definition, condition.placeAt(index), 0)
      let from = index
      let to = index + name.length
      if (items.text.text === '') {
        while (from > end && blank.test(text[from - 1]!)) from--
        while (to < text.length && blank.test(text[to]!)) to++
        if (from > end && text[from - 1] === ',') from--
        else if (text[to] === ',') to++
      }
      const place = condition.placeAt(index)
      parts.push(slice(condition, end, from), textAt(' ', place), items.text, textAt(' ', place))
      end = to
    }
    return parts.length === 0 ? condition : join([...parts, slice(condition, end, text.length)])
  }

  /** The items, with those of the lists that it names, as text: `sh, bash, "a b"`. */
  #text(list: ListDefinition, place: Place, level: number): ListText {
    this.#used.add(list)
    const known = this.#texts.get(list.name)
    if (known === 'open') throw ruleError(`the list ${printableText(list.name)} contains itself`, place)
    if (known !== undefined) return known
    if (level > deepest) throw ruleError('lists are nested too deep here', place)
    this.#texts.set(list.name, 'open')
    try {
      const { visibility } = this.#lists.get(list.name)!
      const parts: SourceText[] = []
      let items = 0
      for (const item of list.items) {
        const inner = this.#lists.get(item.text)
        const isList = inner !== undefined && inner.index < visibility
        const part = isList
          ? this.#text(inner.definition, item.placeAt(0), level + 1)
          : { text: quotedItem(item), items: 1 }
        items += part.items
        if (items > mostItems) {
          throw ruleError(`the list ${printableText(list.name)} has more than ${mostItems} items`, place)
        }
        if (part.text.text === '') continue
        if (parts.length > 0) parts.push(textAt(', ', item.placeAt(0)))
        parts.push(part.text)
      }
      const whole = { text: parts.length === 0 ? textAt('', list.place) : join(parts), items }
      this.#texts.set(list.name, whole)
      return whole
    } finally {
      if (this.#texts.get(list.name) === 'open') this.#texts.delete(list.name)
    }
  }
}

/** An item as it stands in a condition: in quotes where it has blanks and none around it. */
export function quotedItem(item: SourceText): SourceText {
  const { text } = item
  if (!text.includes(' ') || text.startsWith('"') || text.startsWith("'")) return item
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"'
  return join([textAt(quote, item.placeAt(0)), item, textAt(quote, item.placeAt(text.length))])
}
