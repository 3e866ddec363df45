/** `tercel rules test`: runs tests of rules, which docs/rule-tests.md describes. */
import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { writeFailure } from '../../../base/file-failure.ts'
import { printableJson } from '../../../base/printable.ts'
import { print } from '../../print.ts'
import { junitXml } from '../../rule-tests/junit.ts'
import { loadSuites } from '../../rule-tests/load.ts'
import { failuresOf, resultJson, resultText, type SuiteResult } from '../../rule-tests/report.ts'
import { runSuite } from '../../rule-tests/run.ts'

interface TestOptions {
  readonly rules?: readonly string[]
  readonly junit?: string
  readonly json?: true
}

/** As test runners have it. */
const exitCodeOfFailure = 1

export const testCommand = new Command('test')
  .description('run tests of rules: events, and the alerts that are expected of them')
  .argument('<file...>', 'test files: see docs/rule-tests.md')
  .option('-r, --rules <files...>', 'rule files, in place of those that the test files name')
  .option('--junit <file>', 'also write a report as JUnit XML')
  .option('--json', 'as JSON: one object')
  .addHelpText(
    'after',
    '\nExit codes: 0 all tests passed; 1 a test failed; 78 a test file or a rule is wrong, and no test was run.'
  )
  .action(async (paths: readonly string[], { rules, junit, json }: TestOptions) => {
    const suites = await loadSuites(paths, rules)
    const results = suites.map((suite): SuiteResult => ({ path: suite.path, results: runSuite(suite) }))
    await print(json ? `${printableJson(resultJson(results))}\n` : resultText(results))
    if (junit !== undefined) await writeReport(junit, junitXml(results))
    if (failuresOf(results) > 0) process.exitCode = exitCodeOfFailure
  })

/** @throws TercelError TERCEL_WRITE when it cannot be written */
async function writeReport(path: string, xml: string): Promise<void> {
  try {
    await writeFile(path, xml)
  } catch (error) {
    throw new TercelError('TERCEL_WRITE', `cannot write ${path}: ${writeFailure(path, error)}`, { cause: error })
  }
}
