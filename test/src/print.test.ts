import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { mainPath } from './commands/tercel.ts'

const answers: readonly (readonly string[])[] = [['version'], ['--help'], ['--version'], ['validate', '--help']]

for (const args of answers) {
  test(`tercel ${args.join(' ')} into a full disk says so, without a stack trace`, () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = spawnSync(process.execPath, [mainPath, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', full, 'pipe']
    })
    closeSync(full)
    assert.equal(stderr, 'tercel: cannot write to standard output: the disk is full\n')
    assert.equal(status, 74)
  })

  test(`tercel ${args.join(' ')} into a pipe that nobody reads ends in silence`, async () => {
    const child = spawn(process.execPath, [mainPath, ...args])
    child.stdout.destroy()
    const said = text(child.stderr)
    const [exitCode] = await once(child, 'exit')
    assert.deepEqual([exitCode, await said], [0, ''])
  })
}
