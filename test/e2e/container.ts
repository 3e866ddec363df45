/** A container without an engine: runc on a folder with busybox. */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Running } from './support.ts'

interface RuntimeSpec {
  process: { args: string[] }
  linux: { namespaces: { type: string }[] }
}

/** A bundle in `folder` that runs `args` on a terminal; gives the id that the container will have. */
export function makeBundle(folder: string, args: readonly string[]): string {
  const bin = join(folder, 'rootfs', 'bin')
  mkdirSync(bin, { recursive: true })
  copyFileSync('/bin/busybox', join(bin, 'busybox'))
  for (const name of ['sh', 'cat', 'true']) symlinkSync('busybox', join(bin, name))
  const made = spawnSync('runc', ['spec', '--bundle', folder], { encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)
  const file = join(folder, 'config.json')
  const spec = JSON.parse(readFileSync(file, 'utf8')) as RuntimeSpec
  spec.process.args = [...args]
  // The machine's own network: there is no one here to set up another.
  spec.linux.namespaces = spec.linux.namespaces.filter(({ type }) => type !== 'network')
  writeFileSync(file, JSON.stringify(spec))
  return randomBytes(32).toString('hex')
}

/** Runs the bundle on a terminal, as a person would. */
export function runOnTerminal(folder: string, id: string): Running {
  return new Running('script', ['-qec', `runc run --bundle ${folder} ${id}`, '/dev/null'])
}
