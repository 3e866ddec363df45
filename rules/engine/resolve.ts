/** Substitutes lists and macros in conditions. */

import { didYouMean } from '../../base/nearest.ts'
import { type Expression, type MacroUse, type Test, takesList, type Value } from './ast.ts'
import type { ListDefinition, MacroDefinition } from './definitions.ts'
import { ruleError } from './problems.ts'

/** The latest definition of a name. A redefinition keeps the place of the first, and sees what came before itself. */
export interface Defined<Definition> {
  readonly definition: Definition
  /** The position of the first definition among all. */
  readonly index: number
  /** The position of the latest: it may name what was first defined before. */
  readonly visibility: number
}

/** Macros in macros multiply: beyond this many tests in one condition something is wrong. */
const mostTests = 100_000
const mostItems = 1_000_000
/** Levels of a condition with its macros in it, and of lists in lists: what walks them recurses. */
const deepest = 500

interface Measured {
  readonly expression: Expression
  readonly tests: number
  readonly depth: number
}

export class Resolver {
  readonly #lists: ReadonlyMap<string, Defined<ListDefinition>>
  readonly #macros: ReadonlyMap<string, Defined<MacroDefinition>>
  readonly #values = new Map<string, readonly Value[] | 'open'>()
  readonly #bodies = new Map<string, Measured | 'open' | 'wrong'>()
  readonly #used = new Set<ListDefinition | MacroDefinition>()

  constructor(
    lists: ReadonlyMap<string, Defined<ListDefinition>>,
    macros: ReadonlyMap<string, Defined<MacroDefinition>>
  ) {
    this.#lists = lists
    this.#macros = macros
  }

  /**
   * The condition of a rule with its lists and macros in their places; undefined when it uses a macro that is wrong,
   * which is reported already.
   *
   * @throws TercelError TERCEL_RULES for an unknown macro, a loop, or a condition that grows too large
   */
  resolve(condition: Expression): Expression | undefined {
    return this.#expand(condition, Number.POSITIVE_INFINITY, 0)?.expression
  }

  /** Resolves a macro for its own sake, so that its problems are found even where nothing uses it. */
  checkMacro(name: string): void {
    this.#body(name, 0)
  }

  /** Whether any condition or list names it. */
  isUsed(definition: ListDefinition | MacroDefinition): boolean {
    return this.#used.has(definition)
  }

  #expand(expression: Expression, visibility: number, level: number): Measured | undefined {
    if (level > deepest) throw ruleError('macros are nested too deep here', expression.place)
    switch (expression.kind) {
      case 'test':
        return { expression: this.#expandTest(expression), tests: 1, depth: 1 }
      case 'not': {
        const operand = this.#expand(expression.operand, visibility, level + 1)
        return (
          operand && {
            ...operand,
            expression: { ...expression, operand: operand.expression },
            depth: operand.depth + 1
          }
        )
      }
      case 'macro':
        return this.#expandMacro(expression, visibility, level)
      default: {
        const operands = expression.operands.map(each => this.#expand(each, visibility, level + 1))
        const known = operands.filter(each => each !== undefined)
        if (known.length < operands.length) return undefined
        const tests = known.reduce((sum, each) => sum + each.tests, 0)
        if (tests > mostTests) throw ruleError(`the condition grows to more than ${mostTests} tests`, expression.place)
        const depth = 1 + Math.max(...known.map(each => each.depth))
        return { expression: { ...expression, operands: known.map(each => each.expression) }, tests, depth }
      }
    }
  }

  #expandMacro(use: MacroUse, visibility: number, level: number): Measured | undefined {
    if (this.#bodies.get(use.name) === 'open') throw ruleError(`the macro ${use.name} uses itself`, use.place)
    const macro = this.#macros.get(use.name)
    if (macro === undefined || macro.index >= visibility) {
      const names = [...this.#macros].filter(([, { index }]) => index < visibility).map(([name]) => name)
      if (macro !== undefined) throw ruleError(`the macro ${use.name} is defined only after this one`, use.place)
      throw ruleError(`unknown macro ${use.name}${didYouMean(use.name, names)}`, use.place)
    }
    this.#used.add(macro.definition)
    const body = this.#body(use.name, level + 1)
    if (body === undefined) return undefined
    if (level + body.depth > deepest) throw ruleError('macros are nested too deep here', use.place)
    return { expression: { ...use, body: body.expression }, tests: body.tests, depth: body.depth + 1 }
  }

  /** Undefined when the macro is wrong, which is reported once. */
  #body(name: string, level: number): Measured | undefined {
    const known = this.#bodies.get(name)
    if (known === 'wrong') return undefined
    if (known !== undefined && known !== 'open') return known
    const { definition, visibility } = this.#macros.get(name)!
    this.#bodies.set(name, 'open')
    let body: Measured | undefined
    try {
      body = definition.condition && this.#expand(definition.condition, visibility, level)
      return body
    } finally {
      this.#bodies.set(name, body ?? 'wrong')
    }
  }

  #expandTest(test: Test): Test {
    if (!test.values.some(value => this.#listOf(value, Number.POSITIVE_INFINITY) !== undefined)) return test
    const values = test.values.flatMap(value => this.#expandValue(value, Number.POSITIVE_INFINITY, 0))
    if (takesList(test.operator) || values.length === 1) return { ...test, values }
    const { text, place } = test.values[0]!
    throw ruleError(`${text} is a list of ${values.length} items; expected one value, or in (${text})`, place)
  }

  #expandValue(value: Value, visibility: number, level: number): readonly Value[] {
    const list = this.#listOf(value, visibility)
    if (list === undefined) return [value]
    this.#used.add(list.definition)
    const { name } = list.definition
    const known = this.#values.get(name)
    if (known === 'open') throw ruleError(`the list ${name} contains itself`, value.place)
    if (known !== undefined) return known
    if (level > deepest) throw ruleError('lists are nested too deep here', value.place)
    this.#values.set(name, 'open')
    try {
      const items: Value[] = []
      for (const item of list.definition.items) {
        for (const each of this.#expandValue(item, list.visibility, level + 1)) items.push(each)
        if (items.length > mostItems) throw ruleError(`the list ${name} has more than ${mostItems} items`, value.place)
      }
      this.#values.set(name, items)
      return items
    } finally {
      if (this.#values.get(name) === 'open') this.#values.delete(name)
    }
  }

  #listOf({ text, quoted }: Value, visibility: number): Defined<ListDefinition> | undefined {
    const list = quoted ? undefined : this.#lists.get(text)
    return list !== undefined && list.index < visibility ? list : undefined
  }
}
