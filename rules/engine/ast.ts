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

/** A field as rule text names it: `proc.name`, `proc.aname[2]`. */
export interface FieldReference {
  readonly name: string
  readonly argument: string | undefined
  readonly place: Place
}

/** A constant on the right of an operator. */
export interface Value {
  /** Bytes, one character a byte. */
  readonly text: string
  /** A quoted value never names a list. */
  readonly quoted: boolean
  readonly place: Place
}

export interface Test {
  readonly kind: 'test'
  readonly place: Place
  readonly field: FieldReference
  readonly operator: Operator
  readonly operatorPlace: Place
  readonly values: readonly Value[]
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

/** Operators whose right side is a list in parentheses. */
export function takesList(operator: Operator): boolean {
  return operator === 'in' || operator === 'intersects' || operator === 'pmatch'
}

/** How a field is written in rule text, and the key under which an alert shows it. */
export function fieldText({ name, argument }: Pick<FieldReference, 'name' | 'argument'>): string {
  return argument === undefined ? name : `${name}[${argument}]`
}
