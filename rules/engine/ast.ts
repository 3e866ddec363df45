/** The tree of a condition. Nodes are never changed: each phase builds new ones. */

import type { Place } from '../../base/errors.ts'

export const symbolOperators = ['<=', '>=', '!=', '==', '=', '<', '>'] as const
export const wordOperators = [
  'exists',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'glob',
  'iglob',
  'regex',
  'in',
  'intersects',
  'pmatch'
] as const

export type Operator = (typeof symbolOperators)[number] | (typeof wordOperators)[number]

/** How the values of a list in parentheses count: exactly one of them must satisfy the operator, any, or all. */
export const listModifiers = ['oneof', 'anyof', 'allof'] as const
export type ListModifier = (typeof listModifiers)[number]

export const transformerNames = ['tolower', 'toupper', 'b64', 'basename', 'len', 'join', 'concat', 'getopt'] as const
export type TransformerName = (typeof transformerNames)[number]

/** A field as rule text names it: `proc.name`, `proc.aname[2]`. */
export interface FieldReference {
  readonly kind: 'field'
  readonly name: string
  readonly argument: string | undefined
  readonly place: Place
}

/** A constant: bytes, one character a byte. */
export interface Value {
  readonly kind: 'value'
  readonly text: string
  readonly place: Place
}

/** Several arguments of a transformer in parentheses, which stand for a list. */
export interface Tuple {
  readonly kind: 'tuple'
  readonly items: readonly TransformerArgument[]
  readonly place: Place
}

export type TransformerArgument = Operand | Value | Tuple

/** `tolower(proc.name)`; `index` is what stands in brackets behind it: `getopt(proc.args, "o:")[o]`. */
export interface TransformerCall {
  readonly kind: 'transformer'
  readonly name: TransformerName
  readonly args: readonly TransformerArgument[]
  readonly index: string | undefined
  readonly place: Place
}

/** What a test looks at. */
export type Operand = FieldReference | TransformerCall

/** What a test compares with: constants, or another field (`val(proc.pname)`, `tolower(proc.pname)`). */
export type RightSide =
  | { readonly kind: 'values'; readonly values: readonly Value[] }
  | { readonly kind: 'operand'; readonly operand: Operand }

export interface Test {
  readonly kind: 'test'
  readonly place: Place
  readonly left: Operand
  readonly operator: Operator
  readonly operatorPlace: Place
  readonly modifier: ListModifier | undefined
  readonly right: RightSide
}

export interface Connective {
  readonly kind: 'and' | 'or'
  readonly place: Place
  readonly operands: readonly Expression[]
}

export interface Negation {
  readonly kind: 'not'
  readonly place: Place
  readonly operand: Expression
}

/** The use of a macro; `body` is undefined until macros are substituted. */
export interface MacroUse {
  readonly kind: 'macro'
  readonly place: Place
  readonly name: string
  readonly body: Expression | undefined
}

export type Expression = Test | Connective | Negation | MacroUse

/** The tests of a condition, also those of its macros; a macro that has no body yet stands for itself. */
export function leavesOf(expression: Expression): readonly (Test | MacroUse)[] {
  switch (expression.kind) {
    case 'test':
      return [expression]
    case 'not':
      return leavesOf(expression.operand)
    case 'macro':
      return expression.body === undefined ? [expression] : leavesOf(expression.body)
    default:
      return expression.operands.flatMap(leavesOf)
  }
}

/** Operators whose right side is a list in parentheses. */
export function takesList(operator: Operator): boolean {
  return operator === 'in' || operator === 'intersects' || operator === 'pmatch'
}

/** Operators that list modifiers may follow: those that compare text, or bytes, with one constant. */
export function takesModifier(operator: Operator): boolean {
  return !takesList(operator) && !['exists', '<', '<=', '>', '>='].includes(operator)
}

/** How a field is written in rule text, and the key under which an alert shows it. */
export function fieldText({ name, argument }: Pick<FieldReference, 'name' | 'argument'>): string {
  return argument === undefined ? name : `${name}[${argument}]`
}
