import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { resolveData } from '../../../src/paths.ts'
import { tercel } from './tercel.ts'

const { version } = JSON.parse(readFileSync(resolveData('package.json'), 'utf8')) as { version: string }

test('version prints the version of tercel and what it runs on', () => {
  const { exitCode, stdout } = tercel(['version'])
  assert.equal(stdout, `tercel ${version} (node ${process.versions.node}, ${process.platform} ${process.arch})\n`)
  assert.equal(exitCode, 0)
})

test('--version prints the number alone', () => {
  assert.deepEqual(tercel(['--version']), { exitCode: 0, stdout: `${version}\n`, stderr: '' })
})

test('--help lists the commands', () => {
  const { exitCode, stdout } = tercel(['--help'])
  assert.match(stdout, /validate [\s\S]*version /)
  assert.equal(exitCode, 0)
})

const misuse: readonly [name: string, args: string[], message: RegExp][] = [
  ['no command', [], /Usage: tercel/],
  ['an unknown command', ['valdate'], /unknown command 'valdate'[\s\S]*validate/],
  ['an unknown option', ['validate', '--confg', 'x'], /unknown option '--confg'[\s\S]*--config/],
  ['an option without its value', ['validate', '--config'], /argument missing/],
  ['too many arguments', ['version', 'x'], /too many arguments/]
]

for (const [name, args, message] of misuse) {
  test(`${name} is wrong usage: exit code 64, nothing on standard output`, () => {
    const { exitCode, stdout, stderr } = tercel(args)
    assert.match(stderr, message)
    assert.deepEqual([exitCode, stdout], [64, ''])
  })
}
