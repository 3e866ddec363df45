/** Tree to condition text, which parses to the same tree. */

import { printableText } from '../../base/printable.ts'
import {
  type Expression,
  fieldText,
  type Operand,
  type RightSide,
  type Test,
  type TransformerArgument,
  takesList,
  type Value
} from './ast.ts'
import { fromBytes, toBytes } from './source-text.ts'

export interface PrintOptions {
  /** Columns of a line; without it all stands on one line. */
  readonly width?: number
  /** Whether macros are shown by what they stand for; by their name otherwise. */
  readonly macros?: 'name' | 'body'
}

const bare = /^[^()"' \t-\r=,]+$/
const printable = /^[\x20-\x7e]*$/
const indent = '  '

/** The condition as rule text: where it is wider than `options.width`, one test on each line, and long lists on several. */
export function printCondition(expression: Expression, options: PrintOptions = {}): string {
  return lines(expression, options, options.width ?? Number.POSITIVE_INFINITY).join('\n')
}

function lines(expression: Expression, options: PrintOptions, width: number): string[] {
  const line = oneLine(expression, options)
  if (line.length <= width) return [line]
  const inner = shown(expression, options)
  switch (inner.kind) {
    case 'not': {
      const operand = shown(inner.operand, options)
      if (operand.kind === 'macro') return [line]
      if (operand.kind === 'test') return prefixed('not ', lines(operand, options, width - 'not '.length))
      return ['not (', ...lines(operand, options, width - indent.length).map(each => indent + each), ')']
    }
    case 'and':
    case 'or':
      return inner.operands.flatMap((each, index) => {
        const operand = shown(each, options)
        const prefix = index === 0 ? '' : `${inner.kind} `
        if (!isConnective(operand)) return prefixed(prefix, lines(operand, options, width - prefix.length))
        const whole = `${prefix}(${oneLine(operand, options)})`
        if (whole.length <= width) return [whole]
        return [`${prefix}(`, ...lines(operand, options, width - indent.length).map(part => indent + part), ')']
      })
    case 'test':
      return testLines(inner, width) ?? [line]
    default:
      return [line]
  }
}

/** The values of a list fill lines of their own; undefined where there is none to break. */
function testLines(test: Test, width: number): string[] | undefined {
  const { right } = test
  if (!hasList(test) || right.kind !== 'values' || right.values.length < 2) return undefined
  const filled: string[] = []
  for (const [index, value] of right.values.entries()) {
    const text = printValue(value) + (index < right.values.length - 1 ? ',' : '')
    const last = filled.at(-1)
    if (last !== undefined && indent.length + last.length + 1 + text.length <= width) {
      filled[filled.length - 1] = `${last} ${text}`
    } else filled.push(text)
  }
  return [`${printStart(test)} (`, ...filled.map(line => indent + line), ')']
}

function prefixed(prefix: string, [first = '', ...rest]: readonly string[]): string[] {
  return [prefix + first, ...rest]
}

function oneLine(expression: Expression, options: PrintOptions): string {
  const inner = shown(expression, options)
  switch (inner.kind) {
    case 'test':
      return printTest(inner)
    case 'macro':
      return inner.name
    case 'not':
      // Nots in a row would take each other away.
      return `not ${grouped(inner.operand, options, ['and', 'or', 'not'])}`
    default:
      return inner.operands.map(each => grouped(each, options)).join(` ${inner.kind} `)
  }
}

/** In parentheses where its parts would else belong to what stands around it. */
function grouped(expression: Expression, options: PrintOptions, kinds: readonly string[] = ['and', 'or']): string {
  const text = oneLine(expression, options)
  return kinds.includes(shown(expression, options).kind) ? `(${text})` : text
}

function isConnective({ kind }: Expression): boolean {
  return kind === 'and' || kind === 'or'
}

function shown(expression: Expression, options: PrintOptions): Expression {
  if (expression.kind !== 'macro' || expression.body === undefined || options.macros !== 'body') return expression
  return shown(expression.body, options)
}

export function printTest(test: Test): string {
  const start = printStart(test)
  return test.operator === 'exists' ? start : `${start} ${printRight(test.right, hasList(test))}`
}

/** A test up to what it compares with. */
function printStart({ left, operator, modifier }: Test): string {
  return `${printOperand(left)} ${operator}${modifier === undefined ? '' : ` ${modifier}`}`
}

/** Whether its values stand in parentheses. */
function hasList({ operator, modifier }: Test): boolean {
  return takesList(operator) || modifier !== undefined
}

function printRight(right: RightSide, isList: boolean): string {
  if (right.kind === 'operand') {
    const text = printOperand(right.operand)
    return right.operand.kind === 'field' ? `val(${text})` : text
  }
  const values = right.values.map(printValue).join(', ')
  return isList ? `(${values})` : values
}

export function printOperand(operand: Operand): string {
  if (operand.kind === 'field') return printField(operand)
  const args = operand.args.map(printArgument).join(', ')
  return `${operand.name}(${args})${operand.index === undefined ? '' : `[${argumentText(operand.index)}]`}`
}

function printField(field: { name: string; argument: string | undefined }): string {
  return field.argument === undefined
    ? field.name
    : fieldText({ name: field.name, argument: argumentText(field.argument) })
}

function argumentText(argument: string): string {
  return /^[^[\]"' \t-\r]+$/.test(argument) && printable.test(argument) ? argument : quoteBytes(argument)
}

function printArgument(argument: TransformerArgument): string {
  switch (argument.kind) {
    case 'value':
      return quoteBytes(argument.text)
    case 'tuple':
      return `(${argument.items.map(printArgument).join(', ')})`
    default:
      return printOperand(argument)
  }
}

/** A constant, in quotes where it needs them. */
export function printValue({ text }: Pick<Value, 'text'>): string {
  return bare.test(text) && printable.test(text) ? text : quoteBytes(text)
}

/** Bytes as a text in quotes; what is no printable UTF-8 is shown byte by byte. */
export function quoteBytes(bytes: string): string {
  const decoded = fromBytes(bytes)
  const isText = toBytes(decoded) === bytes && printableText(decoded) === decoded
  const characters = [...(isText ? decoded : bytes)]
  return `"${characters.map(each => escaped[each] ?? (isText || printable.test(each) ? each : hex(each))).join('')}"`
}

const escaped: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function hex(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
}
