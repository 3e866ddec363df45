/** Condition text to tree. */

import { type Expression, fieldText, type Operator, takesList, type Value } from './ast.ts'
import { Lexer, type Token } from './lexer.ts'
import { ruleError } from './problems.ts'
import { type SourceText, toBytes } from './source-text.ts'

/** Parentheses and nots within each other. */
export const nestingLimit = 100

const transformers = new Set(['tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt', 'val'])
const listModifiers = new Set(['oneof', 'anyof', 'allof'])

/**
 * Parses a condition. Names of fields, macros and lists are not looked up here.
 *
 * @throws TercelError TERCEL_RULES with the place of the first thing that cannot be read
 */
export function parseCondition(source: SourceText): Expression {
  const lexer = new Lexer(source)
  const expression = parseOr(lexer, 0)
  lexer.skipBlanks()
  if (!lexer.atEnd) {
    throw ruleError(`expected and, or or the end of the condition, found ${lexer.nextWord()}`, lexer.place)
  }
  return expression
}

/** Reads an item of a list: a string in quotes, or the text as it stands. */
export function parseListItem(source: SourceText): Value {
  const lexer = new Lexer(source)
  const value = lexer.value()
  if (value?.quoted && lexer.atEnd) return value
  if (value?.quoted) throw ruleError('the item goes on after its closing quote', lexer.place)
  return { text: toBytes(source.text), quoted: false, place: source.placeAt(0) }
}

function parseOr(lexer: Lexer, depth: number): Expression {
  return parseChain(lexer, 'or', () => parseChain(lexer, 'and', () => parseNot(lexer, depth)))
}

function parseChain(lexer: Lexer, kind: 'and' | 'or', parseOperand: () => Expression): Expression {
  const first = parseOperand()
  const operands = [first]
  lexer.skipBlanks()
  while (lexer.takeKeyword(kind)) {
    operands.push(parseOperand())
    lexer.skipBlanks()
  }
  return operands.length === 1 ? first : { kind, place: first.place, operands }
}

function parseNot(lexer: Lexer, depth: number): Expression {
  lexer.skipBlanks()
  const { place } = lexer
  if (depth > nestingLimit) throw ruleError(`the condition is nested more than ${nestingLimit} levels deep`, place)
  if (lexer.takeKeyword('not')) return { kind: 'not', place, operand: parseNot(lexer, depth + 1) }
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
  return parseNamed(lexer, name)
}

/** A test if the name has a dot, the use of a macro otherwise. */
function parseNamed(lexer: Lexer, { text: name, place }: Token): Expression {
  if (name.includes('.')) return parseTest(lexer, { text: name, place })
  if (transformers.has(name) && lexer.take('(')) {
    throw ruleError(`the transformer ${name}() is not supported yet`, place)
  }
  return { kind: 'macro', place, name, body: undefined }
}

function parseTest(lexer: Lexer, { text: name, place }: Token): Expression {
  const argument = lexer.take('[') ? lexer.argument() : undefined
  const field = { name, argument, place }
  lexer.skipBlanks()
  const { operator, place: operatorPlace } = lexer.operator(fieldText(field))
  const values = operator === 'exists' ? [] : takesList(operator) ? parseList(lexer, operator) : [parseValue(lexer)]
  return { kind: 'test', place, field, operator, operatorPlace, values }
}

function parseValue(lexer: Lexer): Value {
  lexer.skipBlanks()
  const { place } = lexer
  const value = lexer.value()
  if (value === undefined) throw ruleError(`expected a value, found ${lexer.nextWord()}`, place)
  if (value.quoted) return value
  lexer.skipBlanks()
  if (listModifiers.has(value.text) && lexer.take('(')) {
    throw ruleError(`the list modifier ${value.text} is not supported yet`, place)
  }
  if (value.text === 'val' && lexer.take('(')) throw ruleError('val() is not supported yet', place)
  return value
}

function parseList(lexer: Lexer, operator: Operator): Value[] {
  lexer.skipBlanks()
  const { place } = lexer
  if (!lexer.take('(')) {
    throw ruleError(`expected a list in parentheses after ${operator}, found ${lexer.nextWord()}`, place)
  }
  const values: Value[] = []
  lexer.skipBlanks()
  if (lexer.take(')')) return values
  for (;;) {
    values.push(parseValue(lexer))
    lexer.skipBlanks()
    if (lexer.take(')')) return values
    if (lexer.atEnd) throw ruleError('the parenthesis that opens this list is never closed', place)
    if (!lexer.take(',')) throw ruleError(`expected a comma or ), found ${lexer.nextWord()}`, lexer.place)
  }
}
