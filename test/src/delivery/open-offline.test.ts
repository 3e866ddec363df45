import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { openOffline } from '../../../src/delivery/open-offline.ts'
import { resolveModule } from '../../../src/paths.ts'
import { everything, MemoryLog, makeAlert, openSpool, temporaryDirectory } from './support.ts'

const log = new MemoryLog()

function refused(pattern: RegExp) {
  return (error: unknown) =>
    error instanceof TercelError && error.code === 'TERCEL_SPOOL' && pattern.test(error.message)
}

test('a spool that nobody uses is opened with all that is in it, and nothing is deleted for a limit', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  spool.settle('a', [{ seq: 1, kind: 'dead', reason: '400', attempts: 1 }])
  await producer.close()
  await spool.close()
  const offline = await openOffline({ directory, log })
  assert.equal(await offline.replayDeadLetters({}), 1)
  assert.equal((await offline.next('a', everything)).length, 1)
  assert.equal((await offline.status()).maxBytes, Number.MAX_SAFE_INTEGER)
  await offline.close()
  assert.deepEqual(log.lines, [])
})

test('a directory that is not there, or has no spool, is named and not made', async t => {
  const missing = join(temporaryDirectory(t), 'no')
  await assert.rejects(
    openOffline({ directory: missing, log }),
    refused(/there is no spool in .*no .*spool\.directory/)
  )
  assert.equal(existsSync(missing), false)
  const empty = temporaryDirectory(t)
  await assert.rejects(openOffline({ directory: empty, log }), refused(/there is no spool in /))
  assert.deepEqual(readdirSync(empty), [])
})

test('a spool that a tercel uses is refused', async t => {
  const { directory } = await openSpool(t)
  await assert.rejects(openOffline({ directory, log }), refused(/is in use by a tercel that runs: ask that one/))
})

test('root opens the spool of another user as that user', {
  skip: process.getuid?.() !== 0 && 'needs root'
}, async t => {
  const owner = 61_998
  const directory = join(temporaryDirectory(t), 'spool')
  mkdirSync(directory)
  chownSync(join(directory, '..'), owner, owner)
  const { spool, producer } = await openSpool(t, { directory })
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  await producer.close()
  await spool.close()
  for (const path of [directory, ...readdirSync(directory).map(name => join(directory, name))]) {
    chownSync(path, owner, owner)
  }
  const program = join(directory, '..', 'program.mjs')
  writeFileSync(
    program,
    `import { readdirSync } from 'node:fs'
    import { openOffline } from ${JSON.stringify(resolveModule('src/delivery/open-offline.ts').href)}
    const spool = await openOffline({ directory: process.argv[2], log: console })
    await spool.append('a', [{ uuid: '2', priority: 'Debug', rule: 'r' }])
    console.log(process.getuid(), process.getgid(), process.getgroups().join(), (await spool.status()).alerts)
    console.log(readdirSync(process.argv[2]).join())
    await spool.close()`
  )
  const output = execFileSync(process.execPath, [program, directory], { encoding: 'utf8' })
  assert.match(output, /^61998 61998 61998 2\n.*spool\.db-wal/)
  for (const name of readdirSync(directory)) assert.equal(statSync(join(directory, name)).uid, owner, name)
})
