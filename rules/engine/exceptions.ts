/**
 * Exceptions become a part of the condition's text: `(condition) and not ((f1 comp1 v1 and f2 comp2 v2) or …)`. So lists that
 * their values name are found like any other.
 */

import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { listModifiers, symbolOperators, takesList, wordOperators } from './ast.ts'
import type { ExceptionDefinition } from './definitions.ts'
import { quotedItem } from './lists.ts'
import { ruleError } from './problems.ts'
import { join, type SourceText, type TextTree, textAt } from './source-text.ts'

/** Those that compare with a value. */
const operators: readonly string[] = [...symbolOperators, ...wordOperators].filter(each => each !== 'exists')

/** Operators that stand before a list of values, with or without a modifier. */
function isForList(comparison: string): boolean {
  const [operator = '', modifier] = comparison.trim().split(/\s+/)
  return modifier !== undefined || operators.filter(each => takesList(each as never)).includes(operator)
}

/**
 * The condition with its exceptions.
 *
 * @throws TercelError TERCEL_RULES when values do not fit their fields
 */
export function withExceptions(condition: SourceText, exceptions: readonly ExceptionDefinition[]): SourceText {
  const parts = exceptions.map(exceptionText).filter(text => text !== undefined)
  if (parts.length === 0) return condition
  const start = condition.placeAt(0)
  const end = condition.placeAt(condition.text.length)
  return join([
    textAt('(', start),
    condition,
    textAt(')', end),
    ...parts.flatMap(part => [textAt(' and not ', part.placeAt(0)), part])
  ])
}

function exceptionText({ fields, comps, values, place, name }: ExceptionDefinition): SourceText | undefined {
  if (values.length === 0) return undefined
  if (fields === undefined) throw ruleError(`the exception ${printableText(name)} has no fields`, place)
  const glue = (text: string) => textAt(text, place)
  if (fields.kind === 'text') {
    const comparison = comps === undefined ? glue('in') : (comps as Extract<TextTree, { kind: 'text' }>).text
    const items = values.map(value => {
      if (value.kind === 'text') return quotedItem(value.text)
      throw ruleError('a value is a text here, as fields is one field and no list', value.place, 'LOAD_ERR_VALIDATE')
    })
    return join([
      glue('('),
      fields.text,
      glue(' '),
      comparison,
      glue(' ('),
      ...separated(items, ', ', glue),
      glue('))')
    ])
  }
  const tuples = values.map(value => {
    if (value.kind === 'list' && value.items.length === fields.items.length) return value.items
    const found = value.kind === 'list' ? `a list of ${value.items.length}` : 'a text'
    const expected = `expected a list of ${fields.items.length} values, one for each field`
    const place = value.kind === 'list' ? value.place : value.text.placeAt(0)
    throw ruleError(`${expected}, found ${found}`, place, 'LOAD_ERR_VALIDATE')
  })
  const rows = tuples.map(tuple => {
    const tests = fields.items.map((field, index) => {
      const comparison = comps?.kind === 'list' ? textOf(comps.items[index]!) : glue('=')
      return join([textOf(field), glue(' '), comparison, glue(' '), valueText(tuple[index]!, comparison.text, glue)])
    })
    return join([glue('('), ...separated(tests, ' and ', glue), glue(')')])
  })
  return join([glue('('), ...separated(rows, ' or ', glue), glue(')')])
}

function valueText(value: TextTree, comparison: string, glue: (text: string) => SourceText): SourceText {
  if (value.kind === 'list') {
    const items = value.items.map(item => quotedItem(textOf(item)))
    return join([glue('('), ...separated(items, ', ', glue), glue(')')])
  }
  if (!isForList(comparison)) return quotedItem(value.text)
  const { text } = value.text
  if (text.startsWith('(')) return value.text
  // With a comma in it, it is a list without its parentheses.
  return join([glue('('), text.includes(',') ? value.text : quotedItem(value.text), glue(')')])
}

function separated(texts: readonly SourceText[], by: string, glue: (text: string) => SourceText): SourceText[] {
  return texts.flatMap((text, index) => (index === 0 ? [text] : [glue(by), text]))
}

function textOf(tree: TextTree): SourceText {
  if (tree.kind === 'text') return tree.text
  throw ruleError('expected a text here, found a list', tree.place, 'LOAD_ERR_VALIDATE')
}

/**
 * Checks what an exception says of its fields and comparisons, whether it has values or not.
 *
 * @throws TercelError TERCEL_RULES
 */
export function checkException({ name, place, fields, comps }: ExceptionDefinition): void {
  if (fields === undefined) throw ruleError(`the exception ${printableText(name)} has no fields`, place)
  const comparisons = comps === undefined ? [] : comps.kind === 'text' ? [comps.text] : comps.items.map(textOf)
  for (const comparison of comparisons) checkComparison(comparison)
  if (fields.kind === 'text') {
    if (comps?.kind === 'list') throw ruleError('comps is one operator where fields is one field', comps.place)
    const [comparison] = comparisons
    if (comparison !== undefined && !isForList(comparison.text)) {
      const expected = 'expected in, pmatch, intersects, or an operator with oneof, anyof or allof'
      throw ruleError(`${expected}, since fields is one field`, comparison.placeAt(0))
    }
    return
  }
  if (fields.items.length === 0) throw ruleError(`the exception ${printableText(name)} has no fields`, fields.place)
  for (const field of fields.items) textOf(field)
  if (comps === undefined) return
  if (comps.kind === 'text') throw ruleError('comps is a list where fields is one', comps.text.placeAt(0))
  if (comps.items.length !== fields.items.length) {
    const counts = `${fields.items.length} fields and ${comps.items.length} operators`
    throw ruleError(`fields and comps have different lengths: ${counts}`, comps.place)
  }
}

function checkComparison(comparison: SourceText): void {
  const [operator = '', modifier, ...rest] = comparison.text.trim().split(/\s+/)
  if (!operators.includes(operator)) {
    const hint = didYouMean(operator, operators)
    throw ruleError(`unknown operator ${printableText(operator)}${hint}`, comparison.placeAt(0))
  }
  const isModifier = modifier === undefined || listModifiers.some(each => each === modifier)
  if (!isModifier || rest.length > 0) {
    throw ruleError(`expected an operator, found ${printableText(comparison.text)}`, comparison.placeAt(0))
  }
}
