import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatProblem, messageOf, TercelError } from '../../base/errors.ts'

test('the code of an error decides its exit code and who can mend it', () => {
  const wrong = new TercelError('TERCEL_CONFIG', 'wrong')
  assert.deepEqual([wrong.exitCode, wrong.operator, wrong.problems], [78, true, []])
  const defect = new TercelError('TERCEL_DEFECT', 'ours', { cause: wrong })
  assert.deepEqual([defect.exitCode, defect.operator, defect.cause], [70, false, wrong])
})

test('a problem is written file:line:column: message, or alone when it has no place', () => {
  assert.equal(formatProblem({ message: 'no', place: { file: 'a.yaml', line: 2, column: 3 } }), 'a.yaml:2:3: no')
  assert.equal(formatProblem({ message: 'no' }), 'no')
})

test('anything that was thrown has a message', () => {
  assert.deepEqual([messageOf(new Error('a')), messageOf('b'), messageOf(null)], ['a', 'b', 'null'])
})
