/**
 * Rule files to a ruleset. This folder is the rule language: text (lexer, parser, ast), files (rule-file, definitions),
 * substitution (resolve), compilation (compile, operators, event-types, format) and evaluation (ruleset, engine).
 * Everything here is pure but loadRuleFiles; where events come from and where alerts go lives elsewhere.
 */

import { readFile } from 'node:fs/promises'
import { type Problem, TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { didYouMean, nearestName } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import type { Test, Value } from './ast.ts'
import { compileCondition } from './compile.ts'
import type { Definition, ListDefinition, MacroDefinition, RuleDefinition, RuleSwitch } from './definitions.ts'
import { eventNames } from './event-names.ts'
import { admittedTypes } from './event-types.ts'
import type { FieldUse } from './fields/registry.ts'
import { compileTemplate } from './format.ts'
import { collect, type Report } from './problems.ts'
import { type Defined, Resolver } from './resolve.ts'
import { type RuleFile, readRuleFile } from './rule-file.ts'
import { createRuleset, type Rule, type Ruleset } from './ruleset.ts'
import { toBytes } from './source-text.ts'

export interface LoadOptions {
  /** Items that replace those of the lists of these names, as the configuration gives them. */
  readonly lists?: Readonly<Record<string, readonly string[]>>
}

/** All definitions by name; a name keeps the place of its first definition. */
interface Definitions {
  readonly lists: Map<string, Defined<ListDefinition>>
  readonly macros: Map<string, Defined<MacroDefinition>>
  readonly rules: Map<string, RuleDefinition>
}

/**
 * Compiles rule files. Later files may redefine what earlier ones define.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file
 */
export function parseRuleFiles(files: readonly RuleFile[], options: LoadOptions = {}): Ruleset {
  return build(files, options, [])
}

/**
 * Reads rule files from disk and compiles them.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file; a file that cannot be read is one
 */
export async function loadRuleFiles(paths: readonly string[], options: LoadOptions = {}): Promise<Ruleset> {
  const problems: Problem[] = []
  const files: RuleFile[] = []
  for (const path of paths) {
    try {
      files.push({ path, text: await readFile(path, 'utf8') })
    } catch (error) {
      problems.push({ message: `cannot read ${path}: ${readFailure(error)}` })
    }
  }
  return build(files, options, problems)
}

function build(files: readonly RuleFile[], options: LoadOptions, problems: Problem[]): Ruleset {
  const report: Report = { problems, warnings: [] }
  const definitions = define(
    files.flatMap(file => readRuleFile(file, report)),
    report
  )
  overrideLists(definitions, options.lists ?? {}, report)
  const resolver = new Resolver(definitions.lists, definitions.macros)
  for (const name of definitions.macros.keys()) collect(problems, () => resolver.checkMacro(name))
  const unfilled = new Map<string, { test: Test; rules: string[] }>()
  const rules = [...definitions.rules.values()].map(rule => compileRule(rule, resolver, report, unfilled))
  warnOfUnused(definitions, resolver, report)
  for (const [field, { test, rules }] of unfilled) {
    const message = `no sensor delivers ${field} yet: it is missing in every event (${rules.join(', ')})`
    report.warnings.push({ message, place: test.field.place })
  }
  if (problems.length > 0) throw rulesError(distinct(problems))
  return createRuleset(
    rules.filter(rule => rule !== undefined),
    distinct(report.warnings)
  )
}

function define(items: readonly Definition[], { problems }: Report): Definitions {
  const definitions: Definitions = { lists: new Map(), macros: new Map(), rules: new Map() }
  for (const [position, item] of items.entries()) {
    switch (item.kind) {
      case 'list':
        defineNamed(definitions.lists, item, position)
        break
      case 'macro':
        defineNamed(definitions.macros, item, position)
        break
      case 'rule':
        definitions.rules.set(item.name, item)
        break
      case 'switch':
        switchRule(definitions.rules, item, problems)
    }
  }
  return definitions
}

function switchRule(
  rules: Map<string, RuleDefinition>,
  { name, enabled, place }: RuleSwitch,
  problems: Problem[]
): void {
  const rule = rules.get(name)
  const hint = didYouMean(name, rules.keys())
  if (rule === undefined) problems.push({ message: `no rule ${printableText(name)} is defined before${hint}`, place })
  else rules.set(name, { ...rule, enabled })
}

function defineNamed<Kind extends { name: string }>(
  known: Map<string, Defined<Kind>>,
  definition: Kind,
  position: number
): void {
  const index = known.get(definition.name)?.index ?? position
  known.set(definition.name, { definition, index, visibility: position })
}

function overrideLists(
  { lists }: Definitions,
  overrides: NonNullable<LoadOptions['lists']>,
  { problems }: Report
): void {
  for (const [name, items] of Object.entries(overrides)) {
    const list = lists.get(name)
    if (list === undefined) {
      problems.push({ message: `unknown list ${printableText(name)}${didYouMean(name, lists.keys())}` })
      continue
    }
    const { place } = list.definition
    const values = items.map((text): Value => ({ text: toBytes(text), quoted: true, place }))
    lists.set(name, { ...list, definition: { ...list.definition, items: values } })
  }
}

function compileRule(
  definition: RuleDefinition,
  resolver: Resolver,
  { problems, warnings }: Report,
  unfilled: Map<string, { test: Test; rules: string[] }>
): Rule | undefined {
  const { name, source, place, enabled } = definition
  const condition = collect(problems, () => resolver.resolve(definition.condition))
  if (!eventNames.has(source)) {
    const message = `unknown source ${printableText(source)} of rule ${printableText(name)}`
    const mistyped = nearestName(source, eventNames.keys()) !== undefined
    if (mistyped) problems.push({ message: `${message}${didYouMean(source, eventNames.keys())}`, place })
    else warnings.push({ message: `${message}: the rule is skipped`, place })
    return undefined
  }
  const output = collect(problems, () => compileTemplate(definition.output, source))
  if (condition === undefined) return undefined
  const before = problems.length
  const onField = ({ field }: FieldUse, test: Test) => {
    if (field.extraction !== undefined || !enabled) return
    const known = unfilled.get(field.name)
    if (known === undefined) unfilled.set(field.name, { test, rules: [name] })
    else if (!known.rules.includes(name)) known.rules.push(name)
  }
  const matches = compileCondition(condition, { source, problems, onField })
  if (problems.length > before || output === undefined) return undefined
  const eventTypes = admittedTypes(condition, source)
  if (eventTypes === undefined && definition.warnAboutEventTypes && enabled) {
    const message = `the rule ${printableText(name)} admits every event type, which is slow; add a test of evt.type`
    warnings.push({ message, place })
  }
  const { description, priority, tags } = definition
  return { name, description, priority, source, enabled, tags, eventTypes, matches, output }
}

function warnOfUnused({ lists, macros }: Definitions, resolver: Resolver, { warnings }: Report): void {
  for (const { definition } of [...lists.values(), ...macros.values()]) {
    if (resolver.isUsed(definition)) continue
    warnings.push({ message: `the ${definition.kind} ${definition.name} is not used`, place: definition.place })
  }
}

/** A macro that several rules use is wrong only once. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()]
}

function rulesError(problems: readonly Problem[]): TercelError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new TercelError('TERCEL_RULES', `The rules were not loaded: ${count}.`, { problems })
}
