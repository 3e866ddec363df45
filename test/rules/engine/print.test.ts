import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCondition } from '../../../rules/engine/parser.ts'
import { printCondition } from '../../../rules/engine/print.ts'
import { wholeText } from '../../../rules/engine/source-text.ts'

/** The lines of the condition, at most 30 wide where that can be. */
function printed(condition: string): string[] {
  return printCondition(parseCondition(wholeText(condition)), { width: 30 }).split('\n')
}

test('what fits stands on one line', () => {
  assert.deepEqual(printed('proc.name in (sh,bash, "a b")'), ['proc.name in (sh, bash, "a b")'])
})

test('tests stand on a line each, and so do those in parentheses', () => {
  assert.deepEqual(printed('evt.type = open and not (proc.name = sh or proc.name = bash or m)'), [
    'evt.type = open',
    'and not (',
    '  proc.name = sh',
    '  or proc.name = bash',
    '  or m',
    ')'
  ])
})

test('the values of a long list fill lines of their own', () => {
  assert.deepEqual(printed('proc.name in (sh, bash, csh, "a b", ksh, tcsh, zsh, dash)'), [
    'proc.name in (',
    '  sh, bash, csh, "a b", ksh,',
    '  tcsh, zsh, dash',
    ')'
  ])
  assert.deepEqual(printed('m and not (fd.name startswith anyof (/etc/, /usr/bin/, /usr/sbin/) or m)'), [
    'm',
    'and not (',
    '  fd.name startswith anyof (',
    '    /etc/, /usr/bin/,',
    '    /usr/sbin/',
    '  )',
    '  or m',
    ')'
  ])
  assert.deepEqual(printed('m and not proc.exepath pmatch (/usr/bin, /usr/sbin)'), [
    'm',
    'and not proc.exepath pmatch (',
    '  /usr/bin, /usr/sbin',
    ')'
  ])
})

test('what cannot be broken is wider', () => {
  const path = `/${'a'.repeat(40)}`
  assert.deepEqual(printed(`fd.name = ${path}`), [`fd.name = ${path}`])
  assert.deepEqual(printed(`fd.name in (${path}, /b)`), ['fd.name in (', `  ${path},`, '  /b', ')'])
})
