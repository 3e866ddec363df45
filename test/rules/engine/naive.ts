/**
 * What a condition means, evaluated by walking its tree over a plain map of fields: slow and obvious, and written from the
 * semantics of the language alone, so that the engine can be compared with it. Of the engine it knows the tree and the
 * types of the fields.
 */

import {
  type Expression,
  type FieldReference,
  fieldText,
  type Operand,
  type Test,
  type TransformerArgument
} from '../../../rules/engine/ast.ts'
import { useField } from '../../../rules/engine/fields/registry.ts'
import { globMatches, isBelow, regexMatches } from '../fidelity/naive-patterns.ts'
import { type Argument, transformed } from '../fidelity/naive-transformers.ts'
import { constantOf, fromHex, givenValue, textValue, type Value } from '../fidelity/naive-values.ts'

type Fields = Readonly<Record<string, unknown>>

export function naiveHolds(expression: Expression, fields: Fields, source = 'syscall'): boolean {
  const holds = (each: Expression) => naiveHolds(each, fields, source)
  switch (expression.kind) {
    case 'and':
      return expression.operands.every(holds)
    case 'or':
      return expression.operands.some(holds)
    case 'not':
      return !holds(expression.operand)
    case 'macro':
      return holds(expression.body!)
    case 'test':
      return new Naive(fields, source).holds(expression)
  }
}

class Naive {
  readonly #fields: Fields
  readonly #source: string

  constructor(fields: Fields, source: string) {
    this.#fields = fields
    this.#source = source
  }

  holds(test: Test): boolean {
    const { left, operator, right } = test
    const found = this.#values(left)
    if (found.length === 0) return false
    if (operator === 'exists') return true
    const other = right.kind === 'operand' ? this.#value(right.operand) : undefined
    if (right.kind === 'operand' && other === undefined) return false
    const passes = (value: Value) =>
      valueHolds(test, value, right.kind === 'values' ? right.values.map(({ text }) => text) : [other!])
    return this.#shape(left) === 'ends' && operator === '!=' ? found.every(passes) : found.some(passes)
  }

  /** All that stand for the operand: several for either end of a connection, and for all ancestors. */
  #values(operand: Operand): Value[] {
    const given = operand.kind === 'field' ? this.#given(operand) : undefined
    const shape = this.#shape(operand)
    if (operand.kind === 'field' && Array.isArray(given) && (shape === 'ends' || shape === 'ancestors')) {
      return given.map(item => givenValue(item, this.#use(operand).field.type)!)
    }
    const value = this.#value(operand)
    return value === undefined || (value.kind === 'list' && value.items.length === 0) ? [] : [value]
  }

  #value(operand: Operand): Value | undefined {
    if (operand.kind === 'transformer') {
      return transformed(
        operand,
        operand.args.map(argument => this.#argument(argument))
      )
    }
    if (operand.name === 'evt.dir') return textValue('<')
    const given = this.#given(operand)
    const { type, shape } = this.#use(operand).field
    if (shape !== 'list' || given === undefined || given === null) return givenValue(given, type)
    return { kind: 'list', items: (given as readonly unknown[]).map(item => givenValue(item, type)!) }
  }

  /** Of all ancestors the parent comes first, which has the index 1. */
  #given(field: FieldReference): unknown {
    const name = Buffer.from(fieldText(field), 'latin1').toString('utf8')
    const spellings = [
      name,
      name.replace(/^evt\.arg\[(.*)\]$/, 'evt.arg.$1'),
      name.replace(/^evt\.arg\.(.*)$/, 'evt.arg[$1]')
    ]
    const given = spellings.map(spelling => this.#fields[spelling] ?? undefined).find(value => value !== undefined)
    const all = this.#fields[field.name]
    if (given !== undefined || field.argument === undefined || !Array.isArray(all)) return given
    return this.#shape(field) === 'ancestors' ? all[Number(field.argument) - 1] : undefined
  }

  #argument(argument: TransformerArgument): Argument {
    switch (argument.kind) {
      case 'value':
        return { kind: 'text', bytes: argument.text }
      case 'tuple':
        return argument.items.map(item => this.#argument(item) as Value | undefined)
      default:
        return this.#value(argument)
    }
  }

  #shape(operand: Operand): string {
    return operand.kind === 'field' ? this.#use(operand).field.shape : 'one'
  }

  #use(operand: FieldReference) {
    return useField(operand, this.#source)
  }
}

function valueHolds({ operator, modifier }: Test, value: Value, constants: readonly (string | Value)[]): boolean {
  if (value.kind === 'list') {
    const isMember = (item: Value) => constants.some(constant => compare(item, '=', constant))
    return operator === 'in' ? value.items.every(isMember) : value.items.some(isMember)
  }
  if (operator === 'in' || operator === 'intersects') return constants.some(each => compare(value, '=', each))
  if (operator === 'pmatch') return constants.some(each => compare(value, operator, each))
  const hits = constants.filter(each => compare(value, operator, each)).length
  switch (modifier) {
    case 'oneof':
      return hits === 1
    case 'allof':
      return constants.length > 0 && hits === constants.length
    default:
      return hits > 0
  }
}

/** One value with one constant; a text stands for the constant that it writes. */
function compare(value: Value, operator: Test['operator'], constant: string | Value): boolean {
  if (operator === 'bcontains' || operator === 'bstartswith') {
    const bytes = fromHex(String(constant))
    return (
      value.kind === 'buffer' &&
      (operator === 'bcontains' ? value.bytes.includes(bytes) : value.bytes.startsWith(bytes))
    )
  }
  const other = typeof constant === 'string' ? constantOf(constant, value.kind) : constant
  if (value.kind === 'number' && other.kind === 'number') return ordered(operator, value.number, other.number)
  if (value.kind === 'truth' && other.kind === 'truth') return ordered(operator, value.truth, other.truth)
  if (value.kind === 'address' && other.kind === 'address') {
    return (value.size === other.size && value.bits.startsWith(other.bits)) === (operator !== '!=')
  }
  if ('bytes' in value && 'bytes' in other) return compareBytes(operator, value.bytes, other.bytes)
  throw new Error(`a ${value.kind} cannot be compared with a ${other.kind}`)
}

function compareBytes(operator: Test['operator'], bytes: string, other: string): boolean {
  switch (operator) {
    case 'contains':
      return bytes.includes(other)
    case 'icontains':
      return folded(bytes).includes(folded(other))
    case 'startswith':
      return bytes.startsWith(other)
    case 'endswith':
      return bytes.endsWith(other)
    case 'glob':
      return globMatches(other, bytes)
    case 'iglob':
      return globMatches(folded(other), folded(bytes))
    case 'regex':
      return regexMatches(other, bytes)
    case 'pmatch':
      return isBelow(other, bytes)
    default:
      return ordered(operator, bytes, other)
  }
}

/** Strings of bytes are ordered as strcmp orders them. */
function ordered<Type extends string | bigint | boolean>(operator: Test['operator'], a: Type, b: Type): boolean {
  switch (operator) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '<=':
      return a <= b
    case '>':
      return a > b
    case '>=':
      return a >= b
    default:
      throw new Error(`${operator} does not order`)
  }
}

function folded(bytes: string): string {
  return bytes.replace(/[A-Z]/g, letter => letter.toLowerCase())
}
