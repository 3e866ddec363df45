/** Definitions of rules to rules: conditions and outputs are resolved, checked and compiled. */

import type { Place, Problem } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { Expression } from './ast.ts'
import { checkCondition } from './check.ts'
import type { RuleDefinition } from './definitions.ts'
import { eventNames } from './event-names.ts'
import { admittedTypes } from './event-types.ts'
import { checkExceptionFields } from './exception-fields.ts'
import { withExceptions } from './exceptions.ts'
import type { Extraction } from './fields/field.ts'
import type { FieldUse } from './fields/registry.ts'
import { misusedFields } from './misused-fields.ts'
import type { ReadingContext } from './operand-reading.ts'
import { collect, type Report, warn } from './problems.ts'
import type { Resolver } from './resolve.ts'
import { compileOutput, type ExtraOutput } from './rule-output.ts'
import type { Rule } from './ruleset.ts'

export interface CompileOptions {
  readonly extractionOf?: ((use: FieldUse) => Extraction | undefined) | undefined
  readonly extraOutputs?: readonly ExtraOutput[] | undefined
}

interface Unfilled {
  readonly place: Place
  readonly rules: Set<string>
}

export class RuleCompiler {
  readonly resolver: Resolver
  /** In the order of loading, without those that are wrong. */
  readonly rules: readonly Rule[]
  readonly #options: CompileOptions
  readonly #report: Report
  /** Fields of conditions that nothing delivers. */
  readonly #unfilled = new Map<string, Unfilled>()

  constructor(definitions: Iterable<RuleDefinition>, resolver: Resolver, options: CompileOptions, report: Report) {
    this.resolver = resolver
    this.#options = options
    this.#report = report
    this.rules = [...definitions].map(rule => this.#compile(rule)).filter(rule => rule !== undefined)
  }

  /** Warns of fields that nothing delivers and that any of these rules waits for. */
  warnOfUnfilled(enabled: ReadonlySet<string>): void {
    for (const [field, { place, rules }] of this.#unfilled) {
      const waiting = [...rules].filter(rule => enabled.has(rule)).map(printableText)
      if (waiting.length === 0) continue
      const message = `no sensor delivers ${field} yet: it is missing in every event (${waiting.join(', ')})`
      warn(this.#report, 'LOAD_FIELD_NOT_FILLED', message, place)
    }
  }

  #compile(definition: RuleDefinition): Rule | undefined {
    const { name, source, place } = definition
    const { problems } = this.#report
    if (!eventNames.has(source)) {
      const hint = didYouMean(source, eventNames.keys())
      const message = `unknown source ${printableText(source)} of rule ${printableText(name)}: the rule is left out${hint}`
      warn(this.#report, 'LOAD_UNKNOWN_SOURCE', message, place)
      // Its lists and macros are used all the same.
      collect([], () => this.#resolve(definition), 'LOAD_ERR_COMPILE_CONDITION')
      return undefined
    }
    const found: Problem[] = []
    const rule = this.#compiled(definition, found)
    if (found.length === 0) return rule
    if (definition.skipUnknown && found.every(({ code }) => code === 'LOAD_ERR_UNKNOWN_FILTER')) {
      for (const { message, place: at } of found) {
        warn(this.#report, 'LOAD_UNKNOWN_FILTER', `${message}: the rule ${printableText(name)} is left out`, at)
      }
      return undefined
    }
    problems.push(...found)
    return undefined
  }

  #resolve({ condition, exceptions }: RuleDefinition) {
    return this.resolver.resolve(withExceptions(condition, exceptions))
  }

  #compiled(definition: RuleDefinition, problems: Problem[]): Rule | undefined {
    const { name, source, place, description, priority, enabled } = definition
    const condition = collect(problems, () => this.#resolve(definition), 'LOAD_ERR_COMPILE_CONDITION')
    const reads = new Set<string>()
    const context = this.#readingContext(source)
    const report: Report = { problems, warnings: this.#report.warnings }
    const output = compileOutput(definition, this.#options.extraOutputs ?? [], context, report)
    checkExceptionFields(definition.exceptions, context, problems)
    if (condition === undefined) return undefined
    const onField = (use: FieldUse, at: Place) => {
      reads.add(use.text)
      context.onField(use, at)
      if (context.extractionOf(use) === undefined) this.#addUnfilled(use.field.name, name, at)
    }
    this.#warnOfMisused(condition, source)
    const plan = checkCondition(condition, { ...context, onField, problems })
    const eventTypes = admittedTypes(plan, source)
    if (eventTypes === undefined && definition.warnAboutEventTypes && enabled && problems.length === 0) {
      const message = `the rule ${printableText(name)} admits every event type, which is slow; add a test of evt.type`
      warn(this.#report, 'LOAD_NO_EVTTYPE', message, place)
    }
    if (output === undefined) return undefined
    const fields = [...reads]
    const tags = [...new Set(definition.tags)].sort()
    return { name, description, priority, source, enabled, tags, place, condition, fields, eventTypes, plan, ...output }
  }

  #readingContext(source: string): ReadingContext {
    const { extractionOf = ({ field }) => field.extraction } = this.#options
    const onField = ({ field, text }: FieldUse, place: Place) => {
      if (field.deprecated === undefined) return
      warn(this.#report, 'LOAD_DEPRECATED_FIELD', `${text} is deprecated: ${field.deprecated}`, place)
    }
    return { source, extractionOf, onField }
  }

  #warnOfMisused(condition: Expression, source: string): void {
    for (const { value, meant } of misusedFields(condition, source)) {
      const shown = printableText(value.text)
      const instead =
        meant === 'field' ? `write val(${shown}) to compare with the field` : 'write it without quotes and blanks'
      warn(this.#report, 'LOAD_COMPILE_CONDITION', `${shown} is compared as a text; ${instead}`, value.place)
    }
  }

  #addUnfilled(field: string, rule: string, place: Place): void {
    const known = this.#unfilled.get(field) ?? { place, rules: new Set<string>() }
    known.rules.add(rule)
    this.#unfilled.set(field, known)
  }
}
