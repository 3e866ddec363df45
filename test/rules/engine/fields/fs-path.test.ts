import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyscallEvent } from '../../../../collector/event.ts'
import { cutMark } from '../../../../collector/paths.ts'
import { holds, sampleCall, sampleDescriptor, sampleOpen } from '../../support.ts'
import { connect, failed, open, testValues } from './support.ts'

function call(type: string, args: Readonly<Record<string, string>>, result = 0): SyscallEvent {
  return sampleCall({ type, result, args: Object.entries(args).map(([name, value]) => ({ name, value })) })
}

const link = call('link', { oldpath: '/etc/shadow', newpath: '/tmp/s' })
const symlink = call('symlink', { target: '../etc/shadow', linkpath: '/tmp/s' })
const duplicated = sampleCall({ type: 'dup', descriptor: sampleDescriptor({ name: '/a' }) })

testValues([
  ['fs.path.name', open, '/etc/shadow'],
  ['fs.path.name', failed, null],
  ['fs.path.name', connect, null],
  ['fs.path.name', duplicated, null],
  ['fs.path.name', link, null],
  ['fs.path.name', call('unlinkat', { dirfd: '3', name: '/a/b' }), '/a/b'],
  ['fs.path.name', call('unlinkat', { dirfd: '3', name: '/a/b' }, -2), null],
  ['fs.path.name', call('mkdir', { path: '/a' }), '/a'],
  ['fs.path.name', call('chmod', { filename: '<NA>' }), null],
  ['fs.path.name', sampleCall({ type: 'fchmod', result: 0, descriptor: sampleDescriptor({ name: '/a' }) }), '/a'],
  ['fs.path.nameraw', open, '/tmp/link'],
  ['fs.path.nameraw', failed, null],
  ['fs.path.source', link, '/tmp/s'],
  ['fs.path.target', link, '/etc/shadow'],
  ['fs.path.source', call('rename', { oldpath: '/a', newpath: '/b' }), '/a'],
  ['fs.path.target', call('rename', { oldpath: '/a', newpath: '/b' }), '/b'],
  ['fs.path.target', call('rename', { oldpath: '/a', newpath: '/b' }, -2), null],
  ['fs.path.source', symlink, '/tmp/s'],
  ['fs.path.target', symlink, '/etc/shadow'],
  ['fs.path.targetraw', symlink, '../etc/shadow'],
  ['fs.path.target', call('symlinkat', { target: '/x//y', linkpath: '/tmp/s' }), '/x/y'],
  ['fs.path.target', call('symlink', { target: 'x', linkpath: `/tmp/s${cutMark}` }), null],
  ['fs.path.target', call('symlink', { target: 'x', linkpath: '<NA>' }), null],
  ['fs.path.targetraw', link, null],
  ['fs.path.source', open, null],
  ['fs.path.sourceraw', link, null]
])

test('a test of the path of an open sees the one asked for and the one that the kernel found', () => {
  const followed = sampleOpen('/etc/shadow', '/tmp/link')
  assert.equal(holds('fs.path.name = /tmp/link', followed), true)
  assert.equal(holds('fs.path.name = /etc/shadow', followed), true)
  assert.equal(holds('fs.path.name = /etc/passwd', followed), false)
})
