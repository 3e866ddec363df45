import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { TercelError } from '../../base/errors.ts'
import { prepareFolders } from '../../src/folders.ts'

const user = { uid: 61_999, gid: 61_998 }

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tercel-folders-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

function prepare(folder: string, collector = user): void {
  const sensor = { enabled: true, socket: join(folder, 'run', 'tercel', 'reader.sock'), processes: 1024 }
  prepareFolders({ sensor, spool: { directory: join(folder, 'lib', 'spool'), maxBytes: 2 ** 24 } }, collector)
}

suite('the folders of tercel run', { skip: process.getuid?.() === 0 ? false : 'needs root' }, () => {
  test('a new spool belongs to the collector alone, and the folders above it to root', t => {
    const folder = makeFolder(t)
    prepare(folder)
    const { uid, gid, mode } = statSync(join(folder, 'lib', 'spool'))
    assert.deepEqual([uid, gid, mode & 0o777], [user.uid, user.gid, 0o700])
    for (const above of [join(folder, 'lib'), join(folder, 'run', 'tercel')]) assert.equal(statSync(above).uid, 0)
    prepare(folder) // the second start finds it as the first one left it
  })

  test('a spool of somebody else is refused with the command that hands it over', t => {
    const folder = makeFolder(t)
    const spool = join(folder, 'lib', 'spool')
    mkdirSync(spool, { recursive: true })
    const message =
      'the folder of the spool belongs to uid 0, and the collector runs as uid 61999: ' +
      `if it holds nothing but a spool, type: chown -R 61999:61998 ${spool}`
    assert.throws(() => prepare(folder), new TercelError('TERCEL_SPOOL', message))
    assert.equal(statSync(spool).uid, 0)
  })

  test('a spool of somebody else is refused as well when the collector is uid 0', t => {
    const folder = makeFolder(t)
    prepare(folder)
    assert.throws(() => prepare(folder, { uid: 0, gid: 0 }), /type: chown -R 0:0 /)
  })

  test('a link in the place of the spool is refused, and what it leads to stays as it is', t => {
    const folder = makeFolder(t)
    const precious = join(folder, 'precious')
    mkdirSync(precious)
    mkdirSync(join(folder, 'lib'))
    symlinkSync(precious, join(folder, 'lib', 'spool'))
    assert.throws(() => prepare(folder), /lib\/spool is a link or a file/)
    assert.equal(statSync(precious).uid, 0)
  })

  test('a link to nothing is refused, and nothing is made where it leads to', t => {
    const folder = makeFolder(t)
    mkdirSync(join(folder, 'lib'))
    symlinkSync(join(folder, 'nothing'), join(folder, 'lib', 'spool'))
    assert.throws(() => prepare(folder), /lib\/spool is a link or a file/)
    assert.equal(existsSync(join(folder, 'nothing')), false)
  })
})
