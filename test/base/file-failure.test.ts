import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readFailure, writeFailure } from '../../base/file-failure.ts'

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: said by the system`), { code })
}

test('a code of the file system is said in words, and another error in its own', () => {
  assert.equal(readFailure(failure('ENOENT')), 'it does not exist')
  assert.equal(readFailure(failure('EIO')), 'EIO: said by the system')
  assert.equal(readFailure(failure('constructor')), 'constructor: said by the system')
  assert.equal(readFailure('a text'), 'a text')
})

test('a file that cannot be made because its folder is missing names the folder', () => {
  assert.equal(writeFailure('none/a.rec', failure('ENOENT')), 'the folder none does not exist')
  assert.equal(writeFailure('none/a.rec', failure('ENOSPC')), 'the disk is full')
})
