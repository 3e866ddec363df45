/** Test files with the rules under test, ready to be run. */
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { type Problem, TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { didYouMean } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { decodeText } from '../../config/files.ts'
import { givenExtraction } from '../../rules/engine/field-event.ts'
import { distinct, linesOf, loadRuleFiles } from '../../rules/engine/load.ts'
import { printable } from '../../rules/engine/printable.ts'
import type { Report } from '../../rules/engine/problems.ts'
import type { Matching } from '../../rules/engine/program.ts'
import type { Rule, Ruleset } from '../../rules/engine/ruleset.ts'
import type { ExpectedAlert } from './expected-alert.ts'
import { type RuleTest, readTestFile, type TestFile } from './test-file.ts'

/** The tests of one file, and what they test. */
export interface Suite {
  readonly path: string
  readonly tests: readonly RuleTest[]
  readonly ruleset: Ruleset
  readonly matching: Matching
}

/**
 * Reads test files and the rules that they name.
 *
 * @param rules rule files in place of those that the test files name
 * @throws TercelError TERCEL_RULES with every problem of every test file and rule file
 */
export async function loadSuites(paths: readonly string[], rules: readonly string[] | undefined): Promise<Suite[]> {
  const suites: Suite[] = []
  const problems: Problem[] = []
  for (const path of paths) {
    const found: Problem[] = []
    const suite = await loadSuite(path, rules, found)
    if (suite !== undefined && found.length === 0) suites.push(suite)
    problems.push(...found)
  }
  if (problems.length === 0) return suites
  // Several test files may name the same rules.
  const all = distinct(problems)
  const count = all.length === 1 ? 'one problem' : `${all.length} problems`
  throw new TercelError('TERCEL_RULES', `The tests were not run: ${count}.`, { problems: all })
}

async function loadSuite(
  path: string,
  rules: readonly string[] | undefined,
  problems: Problem[]
): Promise<Suite | undefined> {
  const text = await readText(path, problems)
  if (text === undefined) return undefined
  const report: Report = { problems: [], warnings: [] }
  const file = readTestFile(path, text, report)
  const ruleset = file && (await loadRules(file, rules, report.problems))
  if (file !== undefined && ruleset !== undefined) {
    for (const alert of file.tests.flatMap(({ alerts }) => alerts)) checkAlert(alert, ruleset, report.problems)
  }
  const own = report.problems.filter(({ place }) => place?.file === path).toSorted(byPlace)
  const others = report.problems.filter(({ place }) => place?.file !== path)
  problems.push(...[...own, ...others].map(linesOf([{ path, text }])))
  return file && ruleset && { path, tests: file.tests, ruleset, matching: file.matching }
}

function byPlace({ place: a }: Problem, { place: b }: Problem): number {
  return a!.line - b!.line || a!.column - b!.column
}

async function readText(path: string, problems: Problem[]): Promise<string | undefined> {
  try {
    const decoded = decodeText(await readFile(path))
    if ('text' in decoded) return decoded.text
    problems.push({ message: 'expected UTF-8 text', place: { file: path, ...decoded }, code: 'LOAD_NOT_UTF8' })
  } catch (error) {
    problems.push({ message: `cannot read ${path}: ${readFailure(error)}`, code: 'LOAD_ERR_FILE_READ' })
  }
  return undefined
}

/** The rules under test; what is wrong with them goes to `problems`. */
async function loadRules(
  file: TestFile,
  override: readonly string[] | undefined,
  problems: Problem[]
): Promise<Ruleset | undefined> {
  const named = file.rules.map(each => (isAbsolute(each) ? each : join(dirname(file.path), each)))
  if (override === undefined && named.length === 0) {
    const message = 'expected a list of rule files for rules, or rule files behind --rules'
    problems.push({ message, place: file.placeOf('rules'), code: 'LOAD_ERR_YAML_VALIDATE' })
    return undefined
  }
  const extractionOf = givenExtraction
  try {
    return await loadRuleFiles(override ?? named, { lists: file.lists, matching: file.matching, extractionOf })
  } catch (error) {
    if (!(error instanceof TercelError)) throw error
    for (const problem of error.problems) problems.push({ ...problem, place: problem.place ?? placeIn(file, problem) })
    return undefined
  }
}

/** Without a place are files that cannot be read, and lists that are not there: the test file names both. */
function placeIn(file: TestFile, { code }: Problem): Problem['place'] {
  return file.placeOf(code === 'LOAD_ERR_FILE_READ' ? 'rules' : 'lists')
}

/** A test that expects what cannot be is wrong, whatever the rules do. */
function checkAlert({ rule: name, place, fields }: ExpectedAlert, { rules }: Ruleset, problems: Problem[]): void {
  const rule = rules.find(each => each.name === name)
  if (rule === undefined) {
    const hint = didYouMean(
      name,
      rules.map(each => each.name)
    )
    problems.push({ message: `unknown rule ${printableText(name)}${hint}`, place, code: 'LOAD_ERR_VALIDATE' })
    return
  }
  const known = outputFieldsOf(rule)
  for (const field of fields) {
    if (known.includes(field.name)) continue
    const hint = didYouMean(field.name, known)
    const message = `the output of ${printableText(name)} has no field ${printableText(field.name)}${hint}`
    problems.push({ message, place: field.place, code: 'LOAD_ERR_VALIDATE' })
  }
}

/** The names that its alerts have in `output_fields`. */
function outputFieldsOf({ output, extraFields }: Rule): string[] {
  return ['evt.time', ...output.readings.map(({ text }) => printable(text)), ...extraFields.map(({ name }) => name)]
}
