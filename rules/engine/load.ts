/**
 * Rule files to a ruleset. This folder is the rule language: files (rule-file, rule-item, definition-table), text (lists,
 * exceptions, lexer, parser, ast, print), trees with their macros (resolve), checked plans (check, reading, operators, leaf),
 * code (plan-graph, program), outputs (format) and evaluation (ruleset, engine).
 * Everything here is pure but loadRuleFiles; where events come from and where alerts go lives elsewhere.
 */

import { readFile } from 'node:fs/promises'
import { type Problem, TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { decodeText } from '../../config/files.ts'
import { RuleCompiler } from './compile-rule.ts'
import { DefinitionTable } from './definition-table.ts'
import type { Extraction } from './fields/field.ts'
import type { FieldUse } from './fields/registry.ts'
import { quoteBytes } from './print.ts'
import { collect, type Report, warn } from './problems.ts'
import type { Matching } from './program.ts'
import { Resolver } from './resolve.ts'
import { type RuleFile, readRuleFile } from './rule-file.ts'
import { limitRules, type RuleLimit } from './rule-limits.ts'
import { type ExtraOutput, warnOfUnfitting } from './rule-output.ts'
import { createRuleset, type Rule, type Ruleset } from './ruleset.ts'
import { type SourceText, toBytes, wholeText } from './source-text.ts'
import { type RuleSwitch, switchRules } from './switches.ts'

export interface LoadOptions {
  /** Items that replace those of the lists of these names, as the configuration gives them. */
  readonly lists?: Readonly<Record<string, readonly string[]>> | undefined
  /** Whether an event goes to the first rule that matches (the default), or to all. */
  readonly matching?: Matching | undefined
  /** Rules that are switched on and off, in this order, after all files are loaded. */
  readonly switches?: readonly RuleSwitch[] | undefined
  /** How many alerts rules may raise, where that is not what every rule may. */
  readonly rateLimits?: readonly RuleLimit[] | undefined
  /** What is added to the outputs of rules. */
  readonly extraOutputs?: readonly ExtraOutput[] | undefined
  /** How the value of a field is found; by default as the events of the collector have it. */
  readonly extractionOf?: ((use: FieldUse) => Extraction | undefined) | undefined
  /** What else there is to warn of in a rule, once the switches are set. */
  readonly warningsOf?: ((rule: Rule) => readonly Problem[]) | undefined
}

/** What there is to say of rule files, whether or not they can be used. */
export interface CheckedRules {
  /** The rules without those that are wrong. */
  readonly rules: readonly Rule[]
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/**
 * Compiles rule files. Each is compiled as it is loaded, with what is defined so far; later files may redefine what earlier
 * ones define.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file
 */
export function parseRuleFiles(files: readonly RuleFile[], options: LoadOptions = {}): Ruleset {
  return usable(build(files, options, { problems: [], warnings: [] }))
}

/**
 * Reads rule files from disk and compiles them.
 *
 * @throws TercelError TERCEL_RULES with every problem of every file; a file that cannot be read is one
 */
export async function loadRuleFiles(paths: readonly string[], options: LoadOptions = {}): Promise<Ruleset> {
  return usable(await readAndBuild(paths, options))
}

/** Does all that loadRuleFiles does, and gives every problem and every warning instead of throwing. */
export async function checkRuleFiles(paths: readonly string[], options: LoadOptions = {}): Promise<CheckedRules> {
  return readAndBuild(paths, options)
}

async function readAndBuild(paths: readonly string[], options: LoadOptions): Promise<Built> {
  const report: Report = { problems: [], warnings: [] }
  const files: RuleFile[] = []
  for (const path of paths) {
    try {
      files.push({ path, text: textOf(path, await readFile(path), report) })
    } catch (error) {
      report.problems.push({ message: `cannot read ${path}: ${readFailure(error)}`, code: 'LOAD_ERR_FILE_READ' })
    }
  }
  return build(files, options, report)
}

/** Bytes that are not UTF-8 are no reason to refuse the file: most often they stand in a comment. */
function textOf(path: string, bytes: Uint8Array, report: Report): string {
  const decoded = decodeText(bytes)
  if ('text' in decoded) return decoded.text
  const message =
    'this is not UTF-8, and a text that it stands in matches nothing; write such a byte as \\xHH in quotes'
  warn(report, 'LOAD_NOT_UTF8', message, { file: path, ...decoded })
  return new TextDecoder().decode(bytes)
}

interface Built extends CheckedRules {
  readonly matching: Matching
}

/** @throws TercelError TERCEL_RULES with every problem, if there is one */
function usable({ problems, ...parts }: Built): Ruleset {
  if (problems.length > 0) throw rulesError(problems)
  return createRuleset(parts)
}

function build(files: readonly RuleFile[], options: LoadOptions, report: Report): Built {
  const { problems } = report
  const table = new DefinitionTable(listItems(options.lists ?? {}))
  let compiler = compile(table, options, report)
  for (const [index, file] of files.entries()) {
    const before = problems.length
    table.add(readRuleFile(file, report), report)
    const isLast = index === files.length - 1
    // What only the whole of the files can tell, such as a list that nothing uses, is told once.
    const warnings: Problem[] = []
    if (!isLast && problems.length === before) compile(table, options, { problems, warnings })
    if (isLast) compiler = compile(table, options, report)
  }
  // What is wrong may be what uses them.
  if (problems.length === 0) warnOfUnused(table, compiler, report)
  for (const name of Object.keys(options.lists ?? {})) {
    if (table.lists.has(name)) continue
    const message = `unknown list ${printableText(name)}${didYouMean(name, table.lists.keys())}`
    problems.push({ message, code: 'LOAD_ERR_VALIDATE' })
  }
  warnOfUnfitting(options.extraOutputs ?? [], table.rules.values(), report)
  const switched = switchRules(compiler.rules, options.switches ?? [], report)
  const rules = limitRules(switched, options.rateLimits ?? [], report)
  compiler.warnOfUnfilled(new Set(rules.filter(({ enabled }) => enabled).map(({ name }) => name)))
  for (const rule of rules) report.warnings.push(...(options.warningsOf?.(rule) ?? []))
  const lines = linesOf(files)
  return {
    rules,
    problems: distinct(problems).map(lines),
    warnings: distinct(report.warnings).map(lines),
    matching: options.matching ?? 'first'
  }
}

function compile(table: DefinitionTable, options: LoadOptions, report: Report): RuleCompiler {
  const resolver = new Resolver(table.lists, table.macros)
  for (const name of table.macros.keys()) {
    collect(report.problems, () => resolver.checkMacro(name), 'LOAD_ERR_COMPILE_CONDITION')
  }
  return new RuleCompiler(table.rules.values(), resolver, options, report)
}

/** Items of the configuration stand for themselves, whatever is in them. */
function listItems(lists: Readonly<Record<string, readonly string[]>>): Record<string, readonly SourceText[]> {
  const items = (texts: readonly string[]) => texts.map(text => wholeText(quoteBytes(toBytes(text))))
  return Object.fromEntries(Object.entries(lists).map(([name, texts]) => [name, items(texts)]))
}

function warnOfUnused({ lists, macros }: DefinitionTable, { resolver }: RuleCompiler, report: Report): void {
  for (const { definition } of lists.values()) {
    if (resolver.lists.isUsed(definition)) continue
    warn(report, 'LOAD_UNUSED_LIST', `the list ${printableText(definition.name)} is not used`, definition.place)
  }
  for (const { definition } of macros.values()) {
    if (resolver.isUsed(definition)) continue
    warn(report, 'LOAD_UNUSED_MACRO', `the macro ${definition.name} is not used`, definition.place)
  }
}

/** A macro that several rules use is wrong only once, and so is what several compilations find. */
export function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map(problem => [JSON.stringify(problem), problem])).values()]
}

/** Adds the line that a problem stands in. */
export function linesOf(files: readonly RuleFile[]): (problem: Problem) => Problem {
  const lines = new Map<string, readonly string[]>()
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  return problem => {
    const { place } = problem
    const text = place === undefined ? undefined : texts.get(place.file)
    if (place === undefined || text === undefined) return problem
    const found = lines.get(place.file) ?? text.split(/\r?\n/)
    lines.set(place.file, found)
    return { ...problem, line: found[place.line - 1] }
  }
}

function rulesError(problems: readonly Problem[]): TercelError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
  return new TercelError('TERCEL_RULES', `The rules were not loaded: ${count}.`, { problems })
}
