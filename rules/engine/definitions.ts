/** What the items of rule files say, before lists, macros and exceptions are put into conditions. */

import type { Place } from '../../base/errors.ts'
import type { Priority } from '../alert.ts'
import type { SourceText, TextTree } from './source-text.ts'

export interface ListDefinition {
  readonly kind: 'list'
  readonly name: string
  readonly place: Place
  readonly items: readonly SourceText[]
}

export interface MacroDefinition {
  readonly kind: 'macro'
  readonly name: string
  readonly place: Place
  readonly condition: SourceText
}

export interface ExceptionDefinition {
  readonly name: string
  readonly place: Place
  readonly fields: TextTree | undefined
  readonly comps: TextTree | undefined
  readonly values: readonly TextTree[]
}

/** What of a rule an update may replace. */
export interface RuleBody {
  readonly condition: SourceText
  readonly output: SourceText
  readonly description: string
  readonly priority: Priority
  readonly tags: readonly string[]
  readonly exceptions: readonly ExceptionDefinition[]
  readonly enabled: boolean
  /** Whether to warn when the condition admits every event type. */
  readonly warnAboutEventTypes: boolean
  /** Whether a field or event type that is not known makes the rule be left out instead of being an error. */
  readonly skipUnknown: boolean
}

export interface RuleDefinition extends RuleBody {
  readonly kind: 'rule'
  readonly name: string
  readonly place: Place
  readonly source: string
}

/** `override`, `append`, or `enabled` alone: changes what is defined before. */
export interface RuleUpdate {
  readonly kind: 'rule update'
  readonly name: string
  readonly place: Place
  readonly append: Partial<Pick<RuleBody, 'condition' | 'output' | 'description' | 'tags' | 'exceptions'>>
  readonly replace: Partial<RuleBody>
}

/** Adds to a list or a macro that is defined before. */
export interface Append {
  readonly kind: 'append'
  readonly to: ListDefinition | MacroDefinition
}

export type Item = ListDefinition | MacroDefinition | RuleDefinition | RuleUpdate | Append

/** The latest definition of a name. A redefinition keeps the place of the first, and sees what came before itself. */
export interface Defined<Definition> {
  readonly definition: Definition
  /** The position of the first definition among all. */
  readonly index: number
  /** The position of the latest: it may name what was first defined before. */
  readonly visibility: number
}
