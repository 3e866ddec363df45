/** All lists, macros and rules that are defined so far. A name keeps the place of its first definition. */

import type { Place } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type {
  Append,
  Defined,
  ExceptionDefinition,
  Item,
  ListDefinition,
  MacroDefinition,
  RuleBody,
  RuleDefinition,
  RuleUpdate
} from './definitions.ts'
import { checkException } from './exceptions.ts'
import { collect, type Report, ruleError, warn } from './problems.ts'
import { join, type SourceText, textAt } from './source-text.ts'

export class DefinitionTable {
  readonly lists = new Map<string, Defined<ListDefinition>>()
  readonly macros = new Map<string, Defined<MacroDefinition>>()
  readonly rules = new Map<string, RuleDefinition>()
  readonly #listItems: Readonly<Record<string, readonly SourceText[]>>
  #position = 0

  /** @param listItems - Items that stand in the lists of these names, whatever the files say */
  constructor(listItems: Readonly<Record<string, readonly SourceText[]>> = {}) {
    this.#listItems = listItems
  }

  /** Takes the items of a file in their order; what does not fit is reported and left out. */
  add(items: readonly Item[], report: Report): void {
    for (const item of items) collect(report.problems, () => this.#add(item, report), 'LOAD_ERR_VALIDATE')
  }

  #add(item: Item, report: Report): void {
    switch (item.kind) {
      case 'list':
        this.#define(this.lists, this.#withItems(item))
        break
      case 'macro':
        this.#define(this.macros, item)
        break
      case 'append':
        this.#append(item)
        break
      case 'rule':
        this.#defineRule(item)
        break
      case 'rule update':
        this.#updateRule(item, report)
    }
  }

  #define<Kind extends { name: string }>(known: Map<string, Defined<Kind>>, definition: Kind): void {
    const visibility = this.#position++
    known.set(definition.name, { definition, index: known.get(definition.name)?.index ?? visibility, visibility })
  }

  #withItems(list: ListDefinition): ListDefinition {
    if (!Object.hasOwn(this.#listItems, list.name)) return list
    const items = this.#listItems[list.name]!.map(item => textAt(item.text, list.place))
    return { ...list, items }
  }

  #append({ to }: Append): void {
    if (to.kind === 'list') {
      const { definition } = before(this.lists, 'list', to)
      this.#define(this.lists, this.#withItems({ ...definition, items: [...definition.items, ...to.items] }))
    } else {
      const { definition } = before(this.macros, 'macro', to)
      this.#define(this.macros, { ...definition, condition: spaced(definition.condition, to.condition) })
    }
  }

  #defineRule(rule: RuleDefinition): void {
    const known = this.rules.get(rule.name)
    if (known !== undefined && known.source !== rule.source) {
      const sources = `${printableText(known.source)} before and ${printableText(rule.source)} here`
      throw ruleError(`the rule ${printableText(rule.name)} has two sources: ${sources}`, rule.place)
    }
    for (const exception of rule.exceptions) checkException(exception)
    this.rules.set(rule.name, rule)
  }

  #updateRule(update: RuleUpdate, report: Report): void {
    const { append, replace } = update
    const rule = before(this.rules, 'rule', update)
    const body: RuleBody = { ...rule, ...replace }
    for (const exception of replace.exceptions ?? []) checkException(exception)
    const { condition, output, description, tags = [], exceptions = [] } = append
    this.rules.set(rule.name, {
      ...rule,
      ...body,
      ...(condition && { condition: spaced(body.condition, condition) }),
      ...(output && { output: spaced(body.output, output) }),
      ...(description !== undefined && { description: `${body.description} ${description}` }),
      tags: [...new Set([...body.tags, ...tags])],
      exceptions: exceptions.reduce((known, each) => addException(known, each, report), body.exceptions)
    })
  }
}

/** What is defined before under the name of a change. */
function before<Known>(
  known: ReadonlyMap<string, Known>,
  what: string,
  { name, place }: { name: string; place: Place }
) {
  const found = known.get(name)
  if (found !== undefined) return found
  const hint = didYouMean(name, known.keys())
  throw ruleError(`no ${what} ${printableText(name)} is defined before${hint}`, place)
}

function spaced(first: SourceText, second: SourceText): SourceText {
  return join([first, textAt(' ', second.placeAt(0)), second])
}

/** Values for an exception that is known, or a whole new one. */
function addException(
  known: readonly ExceptionDefinition[],
  added: ExceptionDefinition,
  report: Report
): readonly ExceptionDefinition[] {
  const name = printableText(added.name)
  const old = known.find(each => each.name === added.name)
  if (added.values.length === 0) {
    warn(report, 'LOAD_APPEND_NO_VALUES', `nothing is added to the exception ${name}: it has no values`, added.place)
  }
  if (old === undefined) {
    checkException(added)
    if (added.values.length === 0) throw ruleError(`the new exception ${name} has no values`, added.place)
    return [...known, added]
  }
  if (added.fields !== undefined || added.comps !== undefined) {
    throw ruleError(`the exception ${name} is defined before: only values can be added to it`, added.place)
  }
  return known.map(each => (each === old ? { ...old, values: [...old.values, ...added.values] } : each))
}
