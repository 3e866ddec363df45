import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { alertWith, install, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

const sensitiveRead = 'Sensitive file read by untrusted program'

/** Reads /etc/shadow by a program whose command line has `marker`. */
function readShadow(marker: string): void {
  spawnSync('sh', ['-c', 'cat /etc/shadow', marker])
  spawnSync('cat', ['/etc/shadow', `/nonexistent/${marker}`])
}

test('with the disk of the spool full tercel goes on, says so, and delivers all when there is room again', {
  skip: withoutBpf
}, async t => {
  const folder = temporaryFolder()
  const installation = install(folder)
  mkdirSync(installation.spool)
  // 61999 is the collector's user.
  const options = 'size=64m,mode=0700,uid=61999,gid=61999'
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'none', installation.spool])
  assert.equal(mounted.status, 0, String(mounted.stderr))
  const running = await startTercel('run', installation, t)
  t.after(() => void spawnSync('umount', ['--lazy', installation.spool]))
  readShadow('before')
  await alertWith(installation, sensitiveRead, '/nonexistent/before')

  const filler = join(installation.spool, 'filler')
  let round = 0
  await until(() => {
    // Whatever tercel frees for itself is taken again.
    spawnSync('sh', ['-c', 'cat /dev/zero >> "$0"', filler])
    readShadow(`during${round++}`)
    return running.stderr.includes('the disk of the spool is full')
  }, 'word of the full disk in the log')
  assert.equal(running.child.exitCode, null)
  const uncertain = `during${round - 1}`

  rmSync(filler)
  await until(() => running.stderr.includes('the spool takes alerts again'), 'word of the recovery in the log')
  readShadow('after')
  await alertWith(installation, sensitiveRead, '/nonexistent/after')
  await alertWith(installation, sensitiveRead, `/nonexistent/${uncertain}`)
})
