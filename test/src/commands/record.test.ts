/** What `tercel record` refuses; that it records is in test/e2e/recording.test.ts. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { tercel } from './tercel.ts'

const directory = mkdtempSync(join(tmpdir(), 'tercel-record-test-'))
after(() => rmSync(directory, { recursive: true }))
const file = join(directory, 'a.rec')
const isRoot = process.getuid?.() === 0

const misuse: readonly [name: string, args: string[], message: RegExp][] = [
  ['no file', [], /missing required argument 'file'/],
  ['a duration without a unit', [file, '--duration', '30'], /expected a time such as 30s, 5m or 1h30m/],
  ['a duration of nothing', [file, '--duration', '0s'], /expected a time such as 30s/],
  ['a duration of a year', [file, '--duration', '365d'], /expected at most 24d/],
  ['two files', [file, `${file}2`], /too many arguments/],
  ['an unknown option', [file, '--everything'], /unknown option '--everything'/]
]
for (const [name, args, message] of misuse) {
  test(`${name} is wrong usage, and no file is made`, () => {
    const { exitCode, stdout, stderr } = tercel(['record', ...args])
    assert.match(stderr, message)
    assert.deepEqual([exitCode, stdout, existsSync(file)], [64, '', false])
  })
}

test('who is not root is told what it needs', { skip: isRoot && 'runs as root' }, () => {
  const { exitCode, stderr } = tercel(['record', file])
  assert.match(stderr, /^tercel: recording system calls needs root/)
  assert.equal(exitCode, 78)
})

test('a file that is there stays as it is', { skip: !isRoot && 'needs root' }, () => {
  const there = join(directory, 'there.rec')
  writeFileSync(there, 'mine')
  const { exitCode, stdout, stderr } = tercel(['record', there])
  assert.equal(stderr, `tercel: ${there} is there already: --force replaces it\n`)
  assert.deepEqual([exitCode, stdout, readFileSync(there, 'utf8')], [78, '', 'mine'])
})

test('a folder, or a file in no folder, cannot be recorded to', { skip: !isRoot && 'needs root' }, () => {
  assert.match(tercel(['record', directory, '--force']).stderr, /is there already, and is not a file: name a new one/)
  const { exitCode, stderr } = tercel(['record', join(directory, 'none', 'a.rec')])
  assert.match(stderr, /^tercel: cannot write .*: the folder .*\/none does not exist\n$/)
  assert.equal(exitCode, 74)
})
