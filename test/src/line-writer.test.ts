import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { LineWriter } from '../../src/line-writer.ts'

test('lines of one turn are one write, and each waits for it', async () => {
  const writes: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      writes.push(String(chunk))
      setImmediate(done)
    }
  })
  const lines = new LineWriter(stream)
  await Promise.all([lines.add('a'), lines.add('b')])
  await lines.add('c')
  assert.deepEqual(writes, ['a\nb\n', 'c\n'])
})

test('a stream that fails fails the lines, and nothing else', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  const lines = new LineWriter(stream)
  await assert.rejects(lines.add('a'), /EPIPE/)
})
