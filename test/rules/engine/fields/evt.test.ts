import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calls } from '../../../../collector/calls.ts'
import type { Argument } from '../../../../collector/event.ts'
import { categoryOf } from '../../../../rules/engine/fields/call-kinds.ts'
import { file, holds, sampleCall, sampleDescriptor } from '../../support.ts'
import { connect, drop, failed, host, open, socket, testValues } from './support.ts'

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

const argument = (name: string, value: string): Argument => ({ name, value })
const send = sampleCall({ type: 'sendto', result: 5, descriptor: socket, args: [argument('data', 'GET /')] })
const log = sampleCall({
  type: 'sendmsg',
  result: 9,
  descriptor: sampleDescriptor({ type: { char: 'u', name: 'unix' }, name: '/run/systemd/journal/dev/log' })
})
const read = sampleCall({
  type: 'read',
  result: 7,
  descriptor: sampleDescriptor({ type: file, name: '/a' }),
  args: [argument('data', '<NA>')]
})
const sendFailed = sampleCall({ type: 'sendto', result: -11, descriptor: socket })
const connectFailed = sampleCall({ type: 'connect', result: -111 })
const linkFailed = sampleCall({ type: 'link', result: -17 })
const duplicated = sampleCall({ type: 'dup', descriptor: sampleDescriptor({ type: { char: 'p', name: 'pipe' } }) })
const link = sampleCall({ type: 'linkat', args: [argument('oldpath', '/a'), argument('newpath', '/b')] })
const symlink = sampleCall({ type: 'symlinkat', args: [argument('target', '../a'), argument('linkpath', '/b')] })

testValues([
  ['evt.num', open, 1],
  ['evt.type', open, 'openat'],
  ['evt.type', drop, 'drop'],
  ['evt.source', open, 'syscall'],
  ['evt.hostname', open, 'node-1'],
  ['evt.count', open, 1],
  ['evt.cpu', open, 2],
  ['evt.time', open, '03:04:05.123456789'],
  ['evt.time.s', open, '03:04:05'],
  ['evt.time.iso8601', open, '2026-01-02T03:04:05.123456789Z'],
  ['evt.datetime', open, '2026-01-02 03:04:05.123456789'],
  ['evt.datetime.s', open, '2026-01-02 03:04:05'],
  ['evt.outputtime', open, '03:04:05.123456789'],
  ['evt.rawtime', open, Number(open.time)],
  ['evt.rawtime.s', open, 1767323045],
  ['evt.rawtime.ns', open, 123456789],
  ['evt.is_async', open, false],
  ['evt.reltime', open, null],
  ['evt.args', link, 'oldpath=/a newpath=/b'],
  ['evt.info', link, 'oldpath=/a newpath=/b'],
  ['evt.arg.flags', open, 'O_RDONLY|O_CLOEXEC'],
  ['evt.arg[flags]', open, 'O_RDONLY|O_CLOEXEC'],
  ['evt.arg[0]', open, '<f>/etc/shadow'],
  ['evt.arg[6]', open, null],
  ['evt.arg.nothing', open, null],
  ['evt.rawarg.flags', open, null],
  ['evt.abspath', open, '/tmp/link'],
  ['evt.abspath.dst', open, null],
  ['evt.abspath', link, '/a'],
  ['evt.abspath.src', link, '/a'],
  ['evt.abspath.dst', link, '/b'],
  ['evt.abspath', symlink, '/b'],
  ['evt.abspath', sampleCall({ args: [argument('name', '<NA>')] }), null],
  ['evt.abspath', connect, null],
  ['evt.res', open, 'SUCCESS'],
  ['evt.res', failed, 'ENOENT'],
  ['evt.res', sampleCall({ result: -115 }), 'EINPROGRESS'],
  ['evt.res', sampleCall({ result: -4095 }), '4095'],
  ['evt.rawres', failed, -2],
  ['evt.failed', failed, true],
  ['evt.dir', open, '<'],
  ['evt.type.is.openat', open, 1],
  ['evt.type.is.open', open, 0],
  ['evt.type.is[openat]', open, 1],
  ['syscall.type', open, 'openat'],
  ['evt.category', open, 'file'],
  ['evt.category', connect, 'net'],
  ['evt.category', send, 'net'],
  ['evt.category', duplicated, 'ipc'],
  ['evt.category', read, 'file'],
  ['evt.category', sampleCall({ type: 'dup' }), 'unknown'],
  ['evt.category', sampleCall({ type: 'ptrace' }), 'process'],
  ['evt.category', sampleCall({ type: 'getrandom' }), null],
  ['evt.is_wait', sampleCall({ type: 'poll' }), true],
  ['evt.is_wait', sampleCall({ type: 'nanosleep' }), true],
  ['evt.is_wait', open, false],
  ['evt.buffer', send, 'GET /'],
  ['evt.buffer', read, null],
  ['evt.buffer', sampleCall({ type: 'ptrace', args: [argument('data', '0x1')] }), null],
  ['evt.buflen', send, 5],
  ['evt.buflen', sendFailed, null],
  ['evt.buflen', open, null],
  ['evt.buflen.in', send, null],
  ['evt.buflen.in', read, 7],
  ['evt.buflen.out', send, 5],
  ['evt.buflen.out', read, null],
  ['evt.buflen.file', read, 7],
  ['evt.buflen.file', send, null],
  ['evt.buflen.file.in', read, 7],
  ['evt.buflen.file.out', read, null],
  ['evt.buflen.net', send, 5],
  ['evt.buflen.net', log, null],
  ['evt.buflen.net.in', send, null],
  ['evt.buflen.net.out', send, 5],
  ['evt.is_io', send, true],
  ['evt.is_io', open, false],
  ['evt.is_io_read', read, true],
  ['evt.is_io_read', send, false],
  ['evt.is_io_write', send, true],
  ['evt.is_io_write', read, false],
  ['evt.io_dir', send, 'write'],
  ['evt.io_dir', read, 'read'],
  ['evt.io_dir', open, null],
  ['evt.is_syslog', log, true],
  ['evt.is_syslog', send, false],
  ['evt.count.error', failed, 1],
  ['evt.count.error', open, 0],
  ['evt.count.error.file', failed, 1],
  ['evt.count.error.file', sampleCall({ type: 'openat', result: -2 }), 1],
  ['evt.count.error.file', open, 0],
  ['evt.count.error.file', sendFailed, null],
  ['evt.count.error.net', sendFailed, 1],
  ['evt.count.error.net', connectFailed, 1],
  ['evt.count.error.net', connect, 0],
  ['evt.count.error.memory', sampleCall({ type: 'mmap', result: -12 }), 1],
  ['evt.count.error.other', linkFailed, 1],
  ['evt.count.error.other', sendFailed, null],
  ['evt.count.error.other', sampleCall({ type: 'mmap', result: -12 }), null],
  ['evt.count.error.other', duplicated, 0],
  ['evt.count.exit', open, 1],
  ['evt.count.procinfo', open, 0],
  ['evt.count.threadinfo', open, 0]
])

test('every call that is traced has a category', () => {
  const without = calls.filter(({ name }) => categoryOf(sampleCall({ type: name })) === undefined)
  assert.deepEqual(
    without.map(({ name }) => name),
    [],
    'give them a kind in rules/engine/fields/call-kinds.ts'
  )
})

test('the times of an event compare as whole nanoseconds', () => {
  assert.equal(holds('evt.rawtime.s = 1767323045 and evt.rawtime.ns = 123456789', host), true)
  assert.equal(holds('evt.rawtime.ns = 123456788', host), false)
})
