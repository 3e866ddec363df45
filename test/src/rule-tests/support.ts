/** What the tests of the tests of rules share. */
import type { Problem } from '../../../base/errors.ts'
import { givenExtraction } from '../../../rules/engine/field-event.ts'
import { parseRuleFiles } from '../../../rules/engine/load.ts'
import { runSuite, type TestResult } from '../../../src/rule-tests/run.ts'
import { readTestFile, type TestFile } from '../../../src/rule-tests/test-file.ts'

export function read(text: string): { file: TestFile | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = []
  return { file: readTestFile('t.yaml', text, { problems, warnings: [] }), problems }
}

/** The rules of the text, and tests of them: what stands under `tests`. */
export function run(rules: string, tests: string, matching: 'first' | 'all' = 'first'): readonly TestResult[] {
  const { file, problems } = read(`rules: [x]\ntests:\n${tests}`)
  if (file === undefined || problems.length > 0) throw new Error(JSON.stringify(problems))
  const extractionOf = givenExtraction
  const ruleset = parseRuleFiles([{ path: 'r.yaml', text: rules }], { matching, extractionOf })
  return runSuite({ path: 't.yaml', tests: file.tests, ruleset, matching })
}
