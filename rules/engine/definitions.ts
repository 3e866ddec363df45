/** What a rule file defines, before lists and macros are substituted. */

import type { Place } from '../../base/errors.ts'
import type { Priority } from '../alert.ts'
import type { Expression, Value } from './ast.ts'
import type { SourceText } from './source-text.ts'

export interface ListDefinition {
  readonly kind: 'list'
  readonly name: string
  readonly place: Place
  readonly items: readonly Value[]
}

export interface MacroDefinition {
  readonly kind: 'macro'
  readonly name: string
  readonly place: Place
  /** Undefined when the condition could not be read; that is reported already. */
  readonly condition: Expression | undefined
}

export interface RuleDefinition {
  readonly kind: 'rule'
  readonly name: string
  readonly place: Place
  readonly condition: Expression
  readonly output: SourceText
  readonly description: string
  readonly priority: Priority
  readonly source: string
  readonly enabled: boolean
  readonly tags: readonly string[]
  /** Whether to warn when the condition admits every event type. */
  readonly warnAboutEventTypes: boolean
}

/** `rule` and `enabled` alone: switches a rule that is defined before. */
export interface RuleSwitch {
  readonly kind: 'switch'
  readonly name: string
  readonly place: Place
  readonly enabled: boolean
}

export type Definition = ListDefinition | MacroDefinition | RuleDefinition | RuleSwitch
