/** The output of a rule, with what the configuration adds to it. */

import type { Place, Problem } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { RuleDefinition } from './definitions.ts'
import { compileTemplate, type Template } from './format.ts'
import type { ReadingContext } from './operand-reading.ts'
import { collect, type ErrorCode, type Report, ruleError, warn } from './problems.ts'
import type { ExtraField } from './ruleset.ts'
import { join, type SourceText, slice, textAt } from './source-text.ts'
import { wildcardMatcher } from './switches.ts'

/** What is added to the outputs of the rules that it fits; what is not said fits every rule. */
export interface ExtraOutput {
  /** The name of the rule, in which a star stands for any text. */
  readonly rule?: string | undefined
  /** Rules about tercel itself are meant only where their source or their name is said: they have few fields. */
  readonly source?: string | undefined
  /** Tags of which the rule must have all. */
  readonly tags?: readonly string[] | undefined
  /** Added to the text, with a blank before it. */
  readonly output?: PlacedText | undefined
  /** Added to `output_fields`. */
  readonly fields?: readonly ExtraFieldText[] | undefined
  readonly place?: Place | undefined
}

/** A text, and where it stands. */
export interface PlacedText {
  readonly text: string
  readonly place: Place
}

/** A `field` keeps its type, and its text is its name; what a `template` gives is a text. */
export interface ExtraFieldText extends PlacedText {
  readonly kind: 'field' | 'template'
  readonly name: string
}

export interface RuleOutput {
  readonly output: Template
  readonly extraFields: readonly ExtraField[]
}

/** Compiles the output; undefined where its text is wrong, which is in `problems`, as is every field that is wrong. */
export function compileOutput(
  definition: RuleDefinition,
  extraOutputs: readonly ExtraOutput[],
  context: ReadingContext,
  report: Report
): RuleOutput | undefined {
  const extras = extraOutputs.filter(extra => fits(extra, definition))
  const wrong: Problem[] = []
  const compile = (text: SourceText, problems: Problem[]) =>
    collect(problems, () => compileTemplate(text, context), 'LOAD_ERR_COMPILE_OUTPUT')
  const added = extras.flatMap(({ output }) => (output === undefined ? [] : [textAt(` ${output.text}`, output.place)]))
  const sound = added.filter(text => compile(text, wrong) !== undefined)
  const extraFields = extras.flatMap(({ fields = [] }) => fields.flatMap(field => extraField(field, context, wrong)))
  // A field that the configuration names and nobody knows is no reason to leave a rule out.
  report.problems.push(...wrong.map(problem => ({ ...problem, code: 'LOAD_ERR_COMPILE_OUTPUT' satisfies ErrorCode })))
  const text = withoutContainerInfo(join([definition.output, ...sound]), definition, report)
  const output = compile(text, report.problems)
  return output && { output, extraFields }
}

/** Warns of what is added to no rule at all. */
export function warnOfUnfitting(
  extraOutputs: readonly ExtraOutput[],
  definitions: Iterable<RuleDefinition>,
  report: Report
): void {
  const rules = [...definitions]
  const names = rules.map(({ name }) => name)
  for (const extra of extraOutputs) {
    if (rules.some(rule => fits(extra, rule))) continue
    const hint = extra.rule === undefined ? '' : didYouMean(extra.rule, names)
    warn(report, 'LOAD_UNKNOWN_ITEM', `no rule fits, so that nothing is added to any output${hint}`, extra.place)
  }
}

function extraField(field: ExtraFieldText, context: ReadingContext, problems: Problem[]): ExtraField[] {
  const { kind, name, place } = field
  const compile = (): ExtraField => {
    const value = compileTemplate(textAt(kind === 'field' ? `%${field.text}` : field.text, place), context)
    const isField = value.parts.length === 1 && value.readings.length === 1
    if (kind === 'template' || isField) return { kind, name, value }
    throw ruleError(`expected a field such as proc.aname[2], found ${printableText(field.text)}`, place)
  }
  const compiled = collect(problems, compile, 'LOAD_ERR_COMPILE_OUTPUT')
  return compiled === undefined ? [] : [compiled]
}

function fits({ rule, source, tags = [] }: ExtraOutput, definition: RuleDefinition): boolean {
  if (rule === undefined && source === undefined && definition.source === 'internal') return false
  return (
    (rule === undefined || wildcardMatcher(rule)(definition.name)) &&
    (source === undefined || source === definition.source) &&
    tags.every(tag => definition.tags.includes(tag))
  )
}

/** `%container.info` once stood for fields that -p named. Old rules have it; as in Falco, it is nothing. */
function withoutContainerInfo(output: SourceText, { name }: RuleDefinition, report: Report): SourceText {
  const found = [...output.text.matchAll(/%container\.info(?![\w.[])/g)]
  if (found.length === 0) return output
  const message = `%container.info is deprecated and left out of the output of rule ${printableText(name)}`
  warn(report, 'LOAD_DEPRECATED_ITEM', message, output.placeAt(found[0]!.index))
  const ends = [0, ...found.map(({ index, 0: text }) => index + text.length)]
  const starts = [...found.map(({ index }) => index), output.text.length]
  return join(ends.map((end, position) => slice(output, end, starts[position]!)))
}
