import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { openRecording, RecordingFile } from '../../../collector/recording/files.ts'
import { temporaryDirectory } from '../support.ts'
import { header, recordingOf } from './support.ts'

function refused(act: () => unknown, code: string, message: RegExp): void {
  assert.throws(act, (error: unknown) => {
    assert.ok(error instanceof TercelError)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  })
}

test('a recording is a file that nobody else can read, and can be opened again', t => {
  const path = join(temporaryDirectory(t), 'a.rec')
  const umask = process.umask(0)
  try {
    const file = new RecordingFile(path, false)
    file.write(recordingOf([]))
    file.close()
  } finally {
    process.umask(umask)
  }
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const { reader, size, close } = openRecording(path)
  assert.deepEqual(reader.header, header)
  assert.equal(size, statSync(path).size)
  assert.equal(reader.next().kind, 'end')
  close()
})

test('a file that is there is replaced only when that is asked for', t => {
  const path = join(temporaryDirectory(t), 'a.rec')
  writeFileSync(path, 'mine', { mode: 0o644 })
  refused(() => new RecordingFile(path, false), 'TERCEL_RECORDING', /a\.rec is there already: --force replaces it$/)
  assert.equal(readFileSync(path, 'utf8'), 'mine')
  new RecordingFile(path, true).close()
  assert.equal(readFileSync(path, 'utf8'), '')
  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('what is no file is never replaced', t => {
  const folder = temporaryDirectory(t)
  const target = join(folder, 'target')
  writeFileSync(target, 'mine')
  mkdirSync(join(folder, 'folder'))
  symlinkSync(target, join(folder, 'link'))
  for (const name of ['folder', 'link', '/dev/null']) {
    const path = name.startsWith('/') ? name : join(folder, name)
    refused(() => new RecordingFile(path, true), 'TERCEL_RECORDING', /is there already, and is not a file/)
  }
  assert.equal(readFileSync(target, 'utf8'), 'mine')
})

test('a file that cannot be made is told of with the reason', t => {
  const path = join(temporaryDirectory(t), 'missing', 'a.rec')
  refused(() => new RecordingFile(path, false), 'TERCEL_WRITE', /^cannot write .*a\.rec: the folder .* does not exist$/)
})

test('what nothing was recorded to is taken away again', t => {
  const path = join(temporaryDirectory(t), 'a.rec')
  new RecordingFile(path, false).discard()
  assert.equal(statSync(path, { throwIfNoEntry: false }), undefined)
})

test('what cannot be opened as a recording is told of with the reason, and nothing is waited for', t => {
  const folder = temporaryDirectory(t)
  const fifo = join(folder, 'fifo')
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0)
  refused(() => openRecording(join(folder, 'none')), 'TERCEL_RECORDING', /^cannot read .*none: it does not exist$/)
  refused(() => openRecording(folder), 'TERCEL_RECORDING', / is not a file: a recording was expected$/)
  refused(() => openRecording(fifo), 'TERCEL_RECORDING', / is not a file: a recording was expected$/)
})
