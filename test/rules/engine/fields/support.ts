/** Events whose fields the tests beside this file read, and how they do. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../../../collector/event.ts'
import type { OutputValue } from '../../../../rules/alert.ts'
import {
  alertOf,
  ipv6,
  sampleCall,
  sampleDescriptor,
  sampleInternal,
  sampleOpen,
  sampleProcess
} from '../../support.ts'

export const containerId = `0123456789ab${'c'.repeat(52)}`

export const init = sampleProcess({
  pid: 1,
  ppid: 0,
  name: 'systemd',
  exe: '/sbin/init',
  exepath: '/usr/lib/systemd/systemd',
  sid: 1,
  pgid: 1
})
export const shell = sampleProcess({
  pid: 50,
  ppid: 1,
  parent: init,
  name: 'bash',
  exe: '-bash',
  exepath: '/usr/bin/bash',
  args: ['-l'],
  sid: 50,
  pgid: 50,
  vpid: 7,
  startTime: 1_767_323_043_123_456_789n
})
export const python = sampleProcess({
  pid: 60,
  ppid: 50,
  parent: shell,
  sessionLeader: shell,
  name: 'python3',
  exe: 'python',
  exepath: '/usr/bin/python3.13',
  args: ['-c', 'print(1)'],
  cwd: '/root',
  sid: 50,
  pgid: 60,
  vpid: 17,
  vsid: 7,
  vpgid: 17,
  tty: 34816,
  loginUid: 1000,
  containerId,
  startTime: 1_767_323_044_123_456_789n
})

/** An open in a container, by a process with a parent and a grandparent. */
export const open = sampleOpen('/etc/shadow', '/tmp/link', {
  process: python,
  args: [
    { name: 'fd', value: '<f>/etc/shadow' },
    { name: 'name', value: '/tmp/link' },
    { name: 'flags', value: 'O_RDONLY|O_CLOEXEC' },
    { name: 'mode', value: '0' },
    { name: 'dev', value: '0x801' },
    { name: 'ino', value: '9007199' }
  ],
  uid: 1000,
  gid: 100,
  tid: 61,
  threadName: 'worker'
})

/** An open that failed. */
export const failed = sampleCall({
  result: -2,
  openFlags: 0,
  descriptor: sampleDescriptor({ number: undefined, type: undefined, nameAsked: '/x/y' })
})

/** A call on the host without a descriptor, by a process that nothing more is known of. */
export const host = sampleCall()

const server = { address: '\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01', port: 443 }
const client = { address: '\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02', port: 5000 }

export const socket = sampleDescriptor({
  type: ipv6,
  name: 'a->b',
  l4proto: 'tcp',
  client,
  server,
  local: client,
  remote: server,
  connected: true,
  nameChanged: true
})

export const connect = sampleCall({ type: 'connect', result: 0, descriptor: socket })

export const drop = sampleInternal('drop', { ring_full: 3, no_collector: 5 })

export type Row = readonly [field: string, event: Event, value: OutputValue]

const names = {
  user: (uid: number) => (uid === 1000 ? 'ada' : undefined),
  group: (gid: number) => (gid === 100 ? 'users' : undefined)
}

/** A test for each row: what an alert shows of the field, in its text and beside it. */
export function testValues(rows: readonly Row[]): void {
  for (const [field, event, value] of rows) {
    test(`${field} of ${event.type} is ${JSON.stringify(value)}`, () => {
      const alert = alertOf(`%${field} %evt.count`, event, { names })
      const text = value === null ? '<NA>' : Array.isArray(value) ? `(${value.join(',')})` : String(value)
      assert.equal(alert.output, `03:04:05.123456789: Notice ${text} 1`)
      if (field !== 'evt.time') assert.deepEqual(alert.output_fields[field], value)
    })
  }
}
