import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyscallEvent } from '../../../../collector/event.ts'
import { file, holds, sampleCall, sampleDescriptor, sampleOpen, sampleProcess } from '../../support.ts'
import { connect, failed, host, open, testValues } from './support.ts'

/** A device of 12 bits major and 20 bits minor, as stat(2) gives it: 0x123 and 0x45678. */
const manyBits = '0x45612378'

function openOn(dev: string, ino = '12'): SyscallEvent {
  const args = Object.entries({ dev, ino }).map(([name, value]) => ({ name, value }))
  return sampleOpen('/a', '/a', { args })
}

testValues([
  ['fd.num', open, 3],
  ['fd.num', failed, -1],
  ['fd.num', host, null],
  ['fd.type', open, 'file'],
  ['fd.typechar', open, 'f'],
  ['fd.typechar', failed, 'f'],
  ['fd.name', open, '/etc/shadow'],
  ['fd.name', failed, '/x/y'],
  ['fd.name', connect, 'a->b'],
  ['fd.nameraw', open, '/tmp/link'],
  ['fd.directory', open, '/etc'],
  ['fd.directory', failed, '/x'],
  ['fd.directory', sampleOpen('/'), '/'],
  ['fd.directory', connect, null],
  ['fd.filename', open, 'shadow'],
  ['fd.uid', open, '603'],
  ['fd.containername', open, '0123456789ab:/etc/shadow'],
  ['fd.containername', connect, 'host:a->b'],
  ['fd.containername', sampleOpen('/a', '/a', { process: sampleProcess({ containerId: undefined }) }), null],
  ['fd.containerdirectory', open, '0123456789ab:/etc'],
  ['fd.containerdirectory', connect, null],
  ['fd.ino', open, 9007199],
  ['fd.dev', open, 0x801],
  ['fd.dev.major', open, 8],
  ['fd.dev.minor', open, 1],
  ['fd.dev.major', openOn(manyBits), 0x123],
  ['fd.dev.minor', openOn(manyBits), 0x45678],
  ['fd.dev', openOn('0'), 0],
  ['fd.dev', openOn('0', '0'), null],
  ['fd.ino', openOn('0', '0'), null],
  ['fd.ino', failed, null],
  ['fd.dev', connect, null],
  ['fd.types', open, null],
  ['fd.types[0]', open, null],
  ['fd.l4proto', connect, 'tcp'],
  ['fd.sockfamily', connect, 'ip'],
  ['fd.sip', connect, '2001:db8::1'],
  ['fd.cip', connect, 'fd00::2'],
  ['fd.lip', connect, 'fd00::2'],
  ['fd.rip', connect, '2001:db8::1'],
  ['fd.ip', connect, ['fd00::2', '2001:db8::1']],
  ['fd.ip', open, null],
  ['fd.snet', connect, '2001:db8::1'],
  ['fd.sport', connect, 443],
  ['fd.lport', connect, 5000],
  ['fd.port', connect, [5000, 443]],
  ['fd.proto', connect, [5000, 443]],
  ['fd.cproto', connect, '5000'],
  ['fd.sproto', connect, '443'],
  ['fd.lproto', connect, '5000'],
  ['fd.rproto', connect, '443'],
  ['fd.rproto', open, null],
  ['fd.connected', connect, true],
  ['fd.connected', sampleCall({ type: 'sendto', descriptor: sampleDescriptor({ connected: false }) }), false],
  ['fd.connected', open, null],
  ['fd.name_changed', connect, true],
  ['fd.name_changed', open, null],
  ['fd.is_server', connect, false]
])

test('a type of descriptor that is not known counts as a path', () => {
  const unknown = sampleCall({ descriptor: sampleDescriptor({ type: undefined, name: '/a/b' }) })
  assert.equal(holds('fd.directory = /a', unknown), true)
  assert.equal(
    holds('fd.directory = /a', sampleCall({ descriptor: sampleDescriptor({ type: file, name: '/a/b' }) })),
    true
  )
})

test('a test of the container and the path sees the path asked for as well', () => {
  assert.equal(holds('fd.containername = 0123456789ab:/tmp/link', open), true)
  assert.equal(holds('fd.containername = 0123456789ab:/etc/shadow', open), true)
  assert.equal(holds('fd.containername = host:/etc/shadow', open), false)
})
