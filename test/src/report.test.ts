import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommanderError } from 'commander'
import { TercelError } from '../../base/errors.ts'
import { hideSecrets } from '../../src/log.ts'
import { report } from '../../src/report.ts'

test('what the operator can mend is said without a stack trace, one line for each problem', () => {
  const problems = [{ message: 'no', place: { file: 'a.yaml', line: 1, column: 2 } }, { message: 'also no' }]
  assert.deepEqual(report(new TercelError('TERCEL_CONFIG', 'a.yaml has 2 problems', { problems })), {
    text: 'tercel: a.yaml has 2 problems\na.yaml:1:2: no\nalso no\n',
    exitCode: 78
  })
})

test('a defect has a stack trace, its cause and exit code 70', () => {
  for (const error of [
    new Error('odd', { cause: new Error('deeper') }),
    new TercelError('TERCEL_DEFECT', 'odd', { cause: 'deeper' })
  ]) {
    const { text, exitCode } = report(error)
    assert.match(text, /^tercel: this is a defect of tercel\n.*odd\n\s+at [\s\S]*caused by: deeper\n$/)
    assert.equal(exitCode, 70)
  }
  assert.deepEqual(report('thrown text'), { text: 'tercel: this is a defect of tercel\nthrown text\n', exitCode: 70 })
})

test('wrong usage is 64, and asking for help is none', () => {
  assert.equal(report(new CommanderError(1, 'commander.unknownOption', 'no')).exitCode, 64)
  assert.equal(report(new CommanderError(0, 'commander.helpDisplayed', '')).exitCode, 0)
})

test('secrets and control characters are left out', () => {
  hideSecrets(['sw0rdfish'])
  assert.equal(report(new TercelError('TERCEL_SPOOL', 'sw0rdfish\u001b[2J')).text, 'tercel: ***\\x1b[2J\n')
  assert.doesNotMatch(report(new Error('sw0rdfish')).text, /sw0rdfish/)
})
