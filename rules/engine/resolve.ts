/** Conditions of macros and rules as trees, with lists and macros in their places. */

import type { Problem, TercelError } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Expression, leavesOf, type MacroUse } from './ast.ts'
import type { Defined, ListDefinition, MacroDefinition } from './definitions.ts'
import { Lists } from './lists.ts'
import { parseCondition } from './parser.ts'
import { collect, ruleError } from './problems.ts'
import { type SourceText, textAt } from './source-text.ts'

/** Macros in macros multiply: beyond this many tests in one condition something is wrong. */
const mostTests = 100_000
/** Levels of a condition with its macros in it: what walks them recurses. */
const deepest = 500
/** Looking for the nearest name among thousands takes its time: nobody reads as many hints. */
const mostHints = 100

interface Measured {
  readonly expression: Expression
  readonly tests: number
  readonly depth: number
}

export class Resolver {
  #hints = 0
  readonly lists: Lists
  readonly #lists: ReadonlyMap<string, Defined<ListDefinition>>
  readonly #macros: ReadonlyMap<string, Defined<MacroDefinition>>
  readonly #bodies = new Map<string, Measured | 'open' | 'wrong'>()
  readonly #used = new Set<MacroDefinition>()

  constructor(
    lists: ReadonlyMap<string, Defined<ListDefinition>>,
    macros: ReadonlyMap<string, Defined<MacroDefinition>>
  ) {
    this.lists = new Lists(lists)
    this.#lists = lists
    this.#macros = macros
  }

  /**
   * The tree of a condition; undefined when it uses a macro that is wrong, which is reported already.
   *
   * @throws TercelError TERCEL_RULES for what cannot be parsed, an unknown macro, a loop, or a condition that grows too large
   */
  resolve(condition: SourceText): Expression | undefined {
    return this.#read(condition, Number.POSITIVE_INFINITY, 0)?.expression
  }

  /** Resolves a macro for its own sake, so that its problems are found even where nothing uses it. */
  checkMacro(name: string): void {
    this.#body(name, 0)
  }

  /** Whether any condition names it. */
  isUsed(definition: MacroDefinition): boolean {
    return this.#used.has(definition)
  }

  #read(condition: SourceText, visibility: number, level: number): Measured | undefined {
    try {
      return this.#expand(parseCondition(this.lists.putIn(condition)), visibility, level)
    } catch (error) {
      throw this.#misplacedList(condition, visibility, level) ?? error
    }
  }

  /** Where the name of a list stands for a condition, its items are what cannot be read; who looks there finds nothing wrong. */
  #misplacedList(condition: SourceText, visibility: number, level: number): TercelError | undefined {
    const tree = collect([], () => parseCondition(condition), 'LOAD_ERR_COMPILE_CONDITION')
    for (const leaf of tree === undefined ? [] : leavesOf(tree)) {
      const list = leaf.kind === 'macro' ? this.#lists.get(leaf.name)?.definition : undefined
      if (list === undefined) continue
      const wrong: Problem[] = []
      const items = this.lists.putIn(textAt(list.name, leaf.place))
      collect(wrong, () => this.#expand(parseCondition(items), visibility, level), 'LOAD_ERR_COMPILE_CONDITION')
      if (wrong.length === 0) continue
      const { file, line } = list.place
      const what = `${list.name} is the name of a list (${printableText(file)}:${line})`
      const message = this.#macros.has(list.name)
        ? `${what} and of a macro: the list's items stand here, which are no condition; give one of them another name`
        : `${what}, whose items are no condition; a list stands after in (…)`
      return ruleError(message, leaf.place)
    }
    return undefined
  }

  #expand(expression: Expression, visibility: number, level: number): Measured | undefined {
    if (level > deepest) throw ruleError('macros are nested too deep here', expression.place)
    switch (expression.kind) {
      case 'test':
        return { expression, tests: 1, depth: 1 }
      case 'not': {
        const operand = this.#expand(expression.operand, visibility, level + 1)
        if (operand === undefined) return undefined
        return { ...operand, expression: { ...expression, operand: operand.expression }, depth: operand.depth + 1 }
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
    if (this.#bodies.get(use.name) === 'open')
      throw ruleError(`the macro ${use.name} uses itself`, use.place, 'LOAD_ERR_VALIDATE')
    const macro = this.#macros.get(use.name)
    if (macro === undefined || macro.index >= visibility) {
      const names = [...this.#macros].filter(([, { index }]) => index < visibility).map(([name]) => name)
      if (macro !== undefined)
        throw ruleError(`the macro ${use.name} is defined only after this one`, use.place, 'LOAD_ERR_VALIDATE')
      const hint = this.#hints++ < mostHints ? didYouMean(use.name, names) : ''
      throw ruleError(`unknown macro ${use.name}${hint}`, use.place, 'LOAD_ERR_VALIDATE')
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
      body = this.#read(definition.condition, visibility, level)
      return body
    } finally {
      this.#bodies.set(name, body ?? 'wrong')
    }
  }
}
