/** Results of tests of rules, for people and for programs. Names and alerts are hostile: what is printed is printable. */
import { printableText } from '../../base/printable.ts'
import { count } from '../count.ts'
import type { TestResult } from './run.ts'

export interface SuiteResult {
  readonly path: string
  readonly results: readonly TestResult[]
}

const indent = '          '

/** A line for each test, why it failed below it, and a line that sums up. */
export function resultText(suites: readonly SuiteResult[]): string {
  const lines = suites.flatMap(({ path, results }) => [printableText(path), ...results.flatMap(testLines)])
  const failed = failuresOf(suites)
  const total = suites.reduce((sum, { results }) => sum + results.length, 0)
  return `${[...lines, `${count(total, 'test')} in ${count(suites.length, 'file')}: ${failed === 0 ? 'all passed' : `${failed} failed`}`].join('\n')}\n`
}

function testLines({ test: { name, place }, failure }: TestResult): string[] {
  if (failure.length === 0) return [`  ok      ${printableText(name)}`]
  const head = printableText(`  FAILED  ${name} (${place.file}:${place.line})`)
  return [head, ...failure.map(line => indent + printableText(line))]
}

export function failuresOf(suites: readonly SuiteResult[]): number {
  return suites.flatMap(({ results }) => results).filter(({ failure }) => failure.length > 0).length
}

/** The form that programs read; it stays as it is. */
export function resultJson(suites: readonly SuiteResult[]): object {
  const failed = failuresOf(suites)
  const files = suites.map(({ path: file, results }) => ({
    file,
    tests: results.map(({ test: { name, place }, failure }) => ({
      name,
      line: place.line,
      ok: failure.length === 0,
      failure: failure.length === 0 ? null : failure.join('\n')
    }))
  }))
  const tests = files.reduce((sum, each) => sum + each.tests.length, 0)
  return { ok: failed === 0, tests, failed, files }
}
