import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holds, sampleCall } from '../../support.ts'

/** Flags of open(2), as asm-generic/fcntl.h numbers them. */
const readOnly = 0o0
const writeOnly = 0o1
const readWrite = 0o2
const create = 0o100
const truncate = 0o1000

const opens: [flags: number | undefined, read: boolean, write: boolean, made: boolean][] = [
  [readOnly, true, false, false],
  [writeOnly, false, true, false],
  [readWrite, true, true, false],
  [writeOnly | create | truncate, false, true, true],
  [undefined, false, false, false]
]

for (const [openFlags, read, write, made] of opens) {
  test(`flags ${openFlags?.toString(8)} open for reading: ${read}, for writing: ${write}, making: ${made}`, () => {
    const event = sampleCall({ openFlags })
    assert.equal(holds('evt.is_open_read = true', event), read)
    assert.equal(holds('evt.is_open_write = true', event), write)
    assert.equal(holds('evt.is_open_create = true', event), made)
  })
}

test('a file is made executable only by a call that can make it, with a mode that says so', () => {
  const made = (openFlags: number, mode: string) =>
    holds('evt.is_open_exec = true', sampleCall({ openFlags, args: [{ name: 'mode', value: mode }] }))
  assert.equal(made(writeOnly | create, '0755'), true)
  assert.equal(made(writeOnly | create, 'S_IXUSR|S_IRUSR'), true)
  assert.equal(made(writeOnly | create, '0644'), false)
  assert.equal(made(writeOnly, '0755'), false)
  assert.equal(holds('evt.is_open_exec = true', sampleCall({ openFlags: create })), false)
})
