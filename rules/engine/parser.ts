/** Condition text to tree. */

import {
  type Expression,
  fieldText,
  type ListModifier,
  listModifiers,
  type Operator,
  type RightSide,
  takesList,
  takesModifier,
  type Value
} from './ast.ts'
import { Lexer, type Token } from './lexer.ts'
import { parseField, parseOperand, parseTransformer } from './operand-parser.ts'
import { ruleError } from './problems.ts'
import type { SourceText } from './source-text.ts'

/** Parentheses and nots within each other. */
export const nestingLimit = 100

/**
 * Parses a condition. Lists must be in their places; names of fields and macros are not looked up here.
 *
 * @throws TercelError TERCEL_RULES with the place of the first thing that cannot be read
 */
export function parseCondition(source: SourceText): Expression {
  const lexer = new Lexer(source)
  const expression = parseOr(lexer, 0)
  lexer.skipBlanks()
  if (lexer.atEnd) return expression
  throw ruleError(`expected and, or or the end of the condition, found ${lexer.nextWord()}`, lexer.place)
}

function parseOr(lexer: Lexer, depth: number): Expression {
  return parseChain(lexer, 'or', () => parseChain(lexer, 'and', () => parseNot(lexer, depth)))
}

function parseChain(lexer: Lexer, kind: 'and' | 'or', parseOne: () => Expression): Expression {
  const first = parseOne()
  const operands = [first]
  lexer.skipBlanks()
  while (lexer.takeKeyword(kind)) {
    operands.push(parseOne())
    lexer.skipBlanks()
  }
  return operands.length === 1 ? first : { kind, place: first.place, operands }
}

function parseNot(lexer: Lexer, depth: number): Expression {
  lexer.skipBlanks()
  const { place } = lexer
  if (depth > nestingLimit) throw ruleError(`the condition is nested more than ${nestingLimit} levels deep`, place)
  let isNegated = false
  while (lexer.takeKeyword('not')) {
    isNegated = !isNegated
    lexer.skipBlanks()
  }
  const operand = parseOperandOfNot(lexer, depth)
  return isNegated ? { kind: 'not', place, operand } : operand
}

function parseOperandOfNot(lexer: Lexer, depth: number): Expression {
  const { place } = lexer
  if (lexer.take('(')) {
    const inner = parseOr(lexer, depth + 1)
    lexer.skipBlanks()
    if (lexer.take(')')) return inner
    if (lexer.atEnd) throw ruleError('this parenthesis is never closed', place)
    throw ruleError(`expected and, or or ), found ${lexer.nextWord()}`, lexer.place)
  }
  const name = lexer.name()
  if (name === undefined) {
    throw ruleError(`expected a field, a macro, not or (, found ${lexer.nextWord()}`, place)
  }
  return parseNamed(lexer, name, depth)
}

/** A test if the name has a dot or is that of a transformer, the use of a macro otherwise. */
function parseNamed(lexer: Lexer, name: Token, depth: number): Expression {
  const { text, place } = name
  const transformer = parseTransformer(lexer, name, depth)
  if (transformer === undefined && !text.includes('.')) return { kind: 'macro', place, name: text, body: undefined }
  const left = transformer ?? parseField(lexer, name)
  lexer.skipBlanks()
  const { operator, place: operatorPlace } = lexer.operator(left.kind === 'field' ? fieldText(left) : `${left.name}()`)
  const test = { kind: 'test', place, left, operator, operatorPlace } as const
  if (operator === 'exists') return { ...test, modifier: undefined, right: { kind: 'values', values: [] } }
  lexer.skipBlanks()
  const modifier = parseModifier(lexer)
  if (modifier !== undefined && !takesModifier(operator)) {
    throw ruleError(`${modifier} does not go with ${operator}`, operatorPlace)
  }
  const right =
    takesList(operator) || modifier !== undefined
      ? parseListSide(lexer, modifier ?? operator, depth)
      : parseScalarSide(lexer, depth)
  lexer.skipBlanks()
  if (lexer.ahead(',')) {
    const message = takesList(operator)
      ? `the list after ${operator} stands in parentheses`
      : `${operator} compares with one value; a list stands after in (…)`
    throw ruleError(message, operatorPlace)
  }
  return { ...test, modifier, right }
}

function parseModifier(lexer: Lexer): ListModifier | undefined {
  return listModifiers.find(modifier => lexer.takeCall(modifier))
}

function parseScalarSide(lexer: Lexer, depth: number): RightSide {
  const operand = parseRightOperand(lexer, depth)
  if (operand !== undefined) return operand
  const { place } = lexer
  const value = lexer.value()
  if (value === undefined) throw ruleError(`expected a value, found ${lexer.nextWord()}`, place)
  return { kind: 'values', values: [value] }
}

/** A list in parentheses, or one word. */
function parseListSide(lexer: Lexer, after: Operator | ListModifier, depth: number): RightSide {
  const { place } = lexer
  if (lexer.take('(')) return { kind: 'values', values: parseItems(lexer, place) }
  const operand = parseRightOperand(lexer, depth)
  if (operand !== undefined) return operand
  const word = lexer.value()
  if (word === undefined) {
    throw ruleError(`expected a list in parentheses after ${after}, found ${lexer.nextWord()}`, place)
  }
  return { kind: 'values', values: [word] }
}

/** `val(field)`, or a transformer. */
function parseRightOperand(lexer: Lexer, depth: number): RightSide | undefined {
  const { place } = lexer
  if (!lexer.takeCall('val')) {
    const operand = parseOperand(lexer, depth, 'transformer')
    return operand && { kind: 'operand', operand }
  }
  lexer.take('(')
  lexer.skipBlanks()
  const name = lexer.name()
  if (name === undefined || !name.text.includes('.')) {
    throw ruleError('expected a field between the parentheses of val()', name?.place ?? lexer.place)
  }
  const operand = parseField(lexer, name)
  lexer.skipBlanks()
  if (!lexer.take(')')) throw ruleError('the parenthesis of val( is never closed', place)
  return { kind: 'operand', operand }
}

function parseItems(lexer: Lexer, opened: Value['place']): Value[] {
  const values: Value[] = []
  lexer.skipBlanks()
  if (lexer.take(')')) return values
  for (;;) {
    lexer.skipBlanks()
    const value = lexer.value()
    if (value === undefined) throw ruleError(`expected a value, found ${lexer.nextWord()}`, lexer.place)
    values.push(value)
    lexer.skipBlanks()
    if (lexer.take(')')) return values
    if (lexer.atEnd) throw ruleError('the parenthesis that opens this list is never closed', opened)
    if (!lexer.take(',')) throw ruleError(`expected a comma or ), found ${lexer.nextWord()}`, lexer.place)
  }
}
