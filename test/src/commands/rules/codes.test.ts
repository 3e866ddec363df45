import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { errorCodes, warningCodes } from '../../../../rules/engine/problems.ts'
import { resolveData } from '../../../../src/paths.ts'
import { tercel } from '../tercel.ts'

const generate = 'node src/main.ts rules codes --markdown > docs/rule-codes.md'

test('docs/rule-codes.md is what the table of codes says', () => {
  const page = readFileSync(resolveData('docs/rule-codes.md'), 'utf8')
  const { exitCode, stdout } = tercel(['rules', 'codes', '--markdown'])
  assert.equal(exitCode, 0)
  assert.ok(page === stdout, `docs/rule-codes.md is old; make it anew: ${generate}`)
})

test('every code has a line', () => {
  const { stdout } = tercel(['rules', 'codes'])
  for (const code of [...Object.keys(errorCodes), ...Object.keys(warningCodes)]) {
    assert.equal(stdout.split('\n').filter(line => line.trimStart().startsWith(`${code} `)).length, 1, code)
  }
})
