/**
 * Plans: what a condition tests, checked, with its operands read and its constants in their types. From a plan comes code
 * (program.ts), and the event types that it admits (event-types.ts).
 */

import type { Event } from '../../collector/event.ts'
import type { Context } from './fields/field.ts'
import type { LookupKind } from './operators.ts'
import type { Reading } from './reading.ts'

/** Names what generated code refers to. */
export interface CodeScope {
  /** The name of a constant. */
  param(constant: unknown): string
  /**
   * A value that is computed at most once an event, however often it is asked for: `get` is an expression that computes it
   * where that has not happened yet, and `value` one for the value afterwards.
   */
  cell(key: string, compute: () => string): { readonly get: string; readonly value: string }
}

/** One test. */
export interface Leaf {
  readonly kind: 'leaf'
  /** Tests of the same key hold for the same events. */
  readonly key: string
  readonly cost: number
  readonly likelihood: number
  /** An expression over `event` and `context`. */
  readonly code: (scope: CodeScope) => string
  /** What alternatives of the same kind are tested at once by. */
  readonly alternatives?: Alternatives
}

/** A test of a text that holds where it is one of some values, begins or ends with one, or has one: a look-up decides it. */
export interface Alternatives {
  readonly kind: LookupKind
  readonly reading: Reading
  readonly values: readonly string[]
  /** The same test of other values. */
  readonly of: (values: readonly string[]) => Plan
}

/** A test of the event's type, of which nothing is left in code that is made for one type. */
export interface TypeLeaf {
  readonly kind: 'type'
  readonly key: string
  readonly admits: (type: string) => boolean
}

export interface Group {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Plan[]
}

export interface Not {
  readonly kind: 'not'
  readonly part: Plan
}

export interface Constant {
  readonly kind: 'constant'
  readonly value: boolean
}

/** A test of what nothing delivers yet: false now, and not for ever. */
export interface Unfilled {
  readonly kind: 'unfilled'
}

export type Plan = Leaf | TypeLeaf | Group | Not | Constant | Unfilled

export const never: Constant = { kind: 'constant', value: false }
export const unfilled: Unfilled = { kind: 'unfilled' }
export const always: Constant = { kind: 'constant', value: true }

/** A test that is a function, called with the event. */
export type Predicate = (event: Event, context: Context) => boolean
