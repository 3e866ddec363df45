/** Results of tests of rules as JUnit XML, which continuous integration reads. */
import { printableText } from '../../base/printable.ts'
import { failuresOf, type SuiteResult } from './report.ts'
import type { TestResult } from './run.ts'

export function junitXml(suites: readonly SuiteResult[]): string {
  const results = suites.flatMap(suite => suite.results)
  const attributes = totals(results, failuresOf(suites))
  const elements = suites.map(suiteElement).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tercel rules test" ${attributes}>\n${elements}</testsuites>\n`
}

function suiteElement(suite: SuiteResult): string {
  const { path, results } = suite
  const cases = results.map(result => caseElement(path, result)).join('')
  return `  <testsuite name=${quoted(path)} ${totals(results, failuresOf([suite]))}>\n${cases}  </testsuite>\n`
}

function caseElement(path: string, { test: { name, place }, ms, failure }: TestResult): string {
  const attributes = `name=${quoted(name)} classname=${quoted(path)} file=${quoted(path)} line="${place.line}" time="${seconds(ms)}"`
  if (failure.length === 0) return `    <testcase ${attributes}/>\n`
  const text = failure.map(escaped).join('\n')
  return `    <testcase ${attributes}>\n      <failure message=${quoted(failure[0]!)}>${text}</failure>\n    </testcase>\n`
}

function totals(results: readonly TestResult[], failures: number): string {
  const ms = results.reduce((sum, result) => sum + result.ms, 0)
  return `tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${seconds(ms)}"`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function quoted(text: string): string {
  return `"${escaped(text)}"`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;'
}

/** Text of one line; what XML 1.0 cannot hold is shown as an escape, as on a terminal. */
function escaped(text: string): string {
  return printableText(text)
    .replace(/[\ufffe\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, character => entities[character]!)
}
