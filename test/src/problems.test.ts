import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Problem, TercelError } from '../../base/errors.ts'
import { hideSecrets } from '../../src/log.ts'
import { printedProblem, printedProblems } from '../../src/problems.ts'

const problem: Problem = {
  message: 'no',
  place: { file: 'rules.yaml', line: 1, column: 5 },
  code: 'LOAD_ODD',
  line: 'and x'
}

test('a problem of rules is printed with its line, any other on one line', () => {
  const lines = (code: 'TERCEL_RULES' | 'TERCEL_CONFIG') =>
    printedProblems(new TercelError(code, 'wrong', { problems: [problem] }))
  assert.deepEqual(lines('TERCEL_RULES'), ['rules.yaml:1:5: error: no [LOAD_ODD]\n  and x\n      ^'])
  assert.deepEqual(lines('TERCEL_CONFIG'), ['rules.yaml:1:5: no'])
})

test('a line that holds a secret is not printed, nor is a secret elsewhere', () => {
  hideSecrets(['sw0rdfish'])
  const printed = printedProblem(
    {
      message: 'sw0rdfish is none',
      place: { file: '/sw0rdfish.yaml', line: 1, column: 5 },
      line: 'and proc.name = sw0rdfish'
    },
    'warning'
  )
  assert.equal(printed, '/***.yaml:1:5: warning: *** is none')
})
