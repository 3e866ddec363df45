/**
 * Lists stand in conditions by their name and are put in as text, before anything is parsed: `proc.name in (shells, nc)`
 * becomes `proc.name in (sh, bash, nc)`. An item that is the name of a list that is defined before stands for that list's
 * items. Within its own items, the name of a list is a word like any other.
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
const word = '[^ \\t\\n\\r(),=]+'
const plainName = new RegExp(`^${word}$`)
const blank = /[ \t\n\r]/

interface ListText {
  readonly text: SourceText
  readonly items: number
  /** Whether it is in a circle of lists: then it has other items where another list of the circle is put in. */
  readonly isInCircle: boolean
}

export class Lists {
  readonly #lists: ReadonlyMap<string, Defined<ListDefinition>>
  /** Finds what may be the name of a list. */
  readonly #names: RegExp
  /** Those in no circle. */
  readonly #texts = new Map<string, ListText>()
  /** Those that conditions name. */
  readonly #named = new Map<string, ListText>()
  readonly #open = new Set<string>()
  readonly #used = new Set<string>()

  constructor(lists: ReadonlyMap<string, Defined<ListDefinition>>) {
    this.#lists = lists
    const unusual = [...lists.keys()].filter(name => !plainName.test(name))
    this.#names = new RegExp([...unusual.map(name => `(?<!${word})${escaped(name)}(?!${word})`), word].join('|'), 'g')
    for (const { definition, visibility } of lists.values()) {
      for (const { text } of definition.items) {
        if (text !== definition.name && (lists.get(text)?.index ?? visibility) < visibility) this.#used.add(text)
      }
    }
  }

  /** Whether any condition, or another list, names it. */
  isUsed({ name }: ListDefinition): boolean {
    return this.#used.has(name)
  }

  /**
   * The condition with the items of lists in place of their names. An empty list takes a comma beside it away.
   *
   * @throws TercelError TERCEL_RULES for a list that grows too large
   */
  putIn(condition: SourceText): SourceText {
    const { text } = condition
    const parts: SourceText[] = []
    let end = 0
    for (const { index, 0: name } of text.matchAll(this.#names)) {
      // A comma that an empty list has taken away may lie behind the end.
      const list = index < end ? undefined : this.#lists.get(name)
      if (list === undefined) continue
      this.#used.add(name)
      const place = condition.placeAt(index)
      const items = this.#named.get(name) ?? this.#text(list.definition, place)
      this.#named.set(name, items)
      let from = index
      let to = index + name.length
      if (items.text.text === '') {
        while (from > end && blank.test(text[from - 1]!)) from--
        while (to < text.length && blank.test(text[to]!)) to++
        if (from > end && text[from - 1] === ',') from--
        else if (text[to] === ',') to++
      }
      parts.push(slice(condition, end, from), textAt(' ', place), items.text, textAt(' ', place))
      end = to
    }
    return parts.length === 0 ? condition : join([...parts, slice(condition, end, text.length)])
  }

  /** The items, with those of the lists that it names, as text: `sh, bash, "a b"`. */
  #text(list: ListDefinition, place: Place): ListText {
    const known = this.#texts.get(list.name)
    if (known !== undefined) return known
    if (this.#open.size > deepest) throw ruleError('lists are nested too deep here', place)
    this.#open.add(list.name)
    try {
      const parts: SourceText[] = []
      let items = 0
      let isInCircle = false
      for (const item of list.items) {
        const part = this.#itemText(item, list)
        items += part.items
        isInCircle ||= part.isInCircle
        if (items > mostItems) {
          throw ruleError(`the list ${printableText(list.name)} has more than ${mostItems} items`, place)
        }
        if (part.text.text === '') continue
        if (parts.length > 0) parts.push(textAt(', ', item.placeAt(0)))
        parts.push(part.text)
      }
      const whole = { text: parts.length === 0 ? textAt('', list.place) : join(parts), items, isInCircle }
      if (!isInCircle) this.#texts.set(list.name, whole)
      return whole
    } finally {
      this.#open.delete(list.name)
    }
  }

  #itemText(item: SourceText, { name }: ListDefinition): ListText {
    const inner = this.#lists.get(item.text)
    const isBefore = inner !== undefined && inner.index < this.#lists.get(name)!.visibility
    const isOpen = isBefore && this.#open.has(item.text)
    if (isBefore && !isOpen) return this.#text(inner.definition, item.placeAt(0))
    return { text: quotedItem(item), items: 1, isInCircle: isOpen && item.text !== name }
  }
}

/** An item as it stands in a condition: in quotes where it has blanks and none around it. */
export function quotedItem(item: SourceText): SourceText {
  const { text } = item
  if (!text.includes(' ') || text.startsWith('"') || text.startsWith("'")) return item
  const quote = text.includes('"') && !text.includes("'") ? "'" : '"'
  return join([textAt(quote, item.placeAt(0)), item, textAt(quote, item.placeAt(text.length))])
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
