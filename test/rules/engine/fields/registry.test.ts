import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../../../collector/event.ts'
import type { OutputValue } from '../../../../rules/alert.ts'
import { fieldClasses, fieldNames } from '../../../../rules/engine/fields/registry.ts'
import {
  alertOf,
  file,
  holds,
  ipv6,
  problemsOf,
  ruleFile,
  sampleCall,
  sampleDescriptor,
  sampleInternal,
  sampleOpen,
  sampleProcess
} from '../../support.ts'

const containerId = `0123456789ab${'c'.repeat(52)}`
const init = sampleProcess({ pid: 1, ppid: 0, name: 'systemd', exe: '/sbin/init', exepath: '/usr/lib/systemd/systemd' })
const shell = sampleProcess({
  pid: 50,
  ppid: 1,
  parent: init,
  name: 'bash',
  exe: '-bash',
  exepath: '/usr/bin/bash',
  args: ['-l'],
  vpid: 7,
  startTime: 1_767_323_043_123_456_789n
})
const process = sampleProcess({
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
const args = [
  { name: 'fd', value: '<f>/etc/shadow' },
  { name: 'flags', value: 'O_RDONLY|O_CLOEXEC' },
  { name: 'mode', value: '0' }
]
const open = sampleOpen('/etc/shadow', '/tmp/link', {
  process,
  args,
  uid: 1000,
  gid: 100,
  tid: 61,
  threadName: 'worker'
})
const failed = sampleCall({
  result: -2,
  openFlags: 0,
  descriptor: sampleDescriptor({ number: undefined, type: undefined, nameAsked: '/x/y' })
})
const host = sampleCall()
const server = { address: '\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01', port: 443 }
const client = { address: '\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02', port: 5000 }
const socket = sampleDescriptor({
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
const connect = sampleCall({ type: 'connect', result: 0, descriptor: socket })
const drop = sampleInternal('drop', { ring_full: 3, no_collector: 5 })

const values: [field: string, event: Event, value: OutputValue][] = [
  ['evt.num', open, 1],
  ['evt.type', open, 'openat'],
  ['evt.source', open, 'syscall'],
  ['evt.hostname', open, 'node-1'],
  ['evt.count', open, 1],
  ['evt.cpu', open, 2],
  ['evt.time', open, '03:04:05.123456789'],
  ['evt.time.s', open, '03:04:05'],
  ['evt.time.iso8601', open, '2026-01-02T03:04:05.123456789Z'],
  ['evt.datetime', open, '2026-01-02 03:04:05.123456789'],
  ['evt.datetime.s', open, '2026-01-02 03:04:05'],
  ['evt.rawtime', open, Number(open.time)],
  ['evt.rawtime.s', open, 1767323045],
  ['evt.rawtime.ns', open, 123456789],
  ['evt.args', open, 'fd=<f>/etc/shadow flags=O_RDONLY|O_CLOEXEC mode=0'],
  ['evt.arg.flags', open, 'O_RDONLY|O_CLOEXEC'],
  ['evt.arg[flags]', open, 'O_RDONLY|O_CLOEXEC'],
  ['evt.arg[0]', open, '<f>/etc/shadow'],
  ['evt.arg[3]', open, null],
  ['evt.arg.nothing', open, null],
  ['evt.res', open, 'SUCCESS'],
  ['evt.res', failed, 'ENOENT'],
  ['evt.res', sampleCall({ result: -115 }), 'EINPROGRESS'],
  ['evt.res', sampleCall({ result: -4095 }), '4095'],
  ['evt.rawres', failed, -2],
  ['evt.failed', failed, true],
  ['evt.dir', open, '<'],
  ['proc.name', open, 'python3'],
  ['proc.exe', open, 'python'],
  ['proc.exepath', open, '/usr/bin/python3.13'],
  ['proc.args', open, '-c print(1)'],
  ['proc.args', host, ''],
  ['proc.cmdline', open, 'python3 -c print(1)'],
  ['proc.cmdline', host, 'cat'],
  ['proc.exeline', open, 'python -c print(1)'],
  ['proc.cmdnargs', open, 2],
  ['proc.cwd', open, '/root'],
  ['proc.pid', open, 60],
  ['proc.ppid', open, 50],
  ['proc.pvpid', open, 7],
  ['proc.vpid', open, 17],
  ['proc.sid', open, 50],
  ['proc.vsid', open, 7],
  ['proc.pgid', open, 60],
  ['proc.vpgid', open, 17],
  ['proc.is_vpgid_leader', open, true],
  ['proc.is_sid_leader', open, false],
  ['proc.tty', open, 34816],
  ['proc.duration', open, 1_000_000_000],
  ['proc.ppid.duration', open, 2_000_000_000],
  ['proc.ppid.duration', host, null],
  ['proc.pname', open, 'bash'],
  ['proc.pexe', open, '-bash'],
  ['proc.pexepath', open, '/usr/bin/bash'],
  ['proc.pcmdline', open, 'bash -l'],
  ['proc.pname', host, null],
  ['proc.aname[0]', open, 'python3'],
  ['proc.aname[2]', open, 'systemd'],
  ['proc.aname[3]', open, null],
  ['proc.aname', open, ['bash', 'systemd']],
  ['proc.aexe[2]', open, '/sbin/init'],
  ['proc.aexepath[1]', open, '/usr/bin/bash'],
  ['proc.acmdline[1]', open, 'bash -l'],
  ['proc.apid[2]', open, 1],
  ['proc.apid', open, [50, 1]],
  ['proc.sname', open, 'bash'],
  ['proc.sexe', open, '-bash'],
  ['proc.sexepath', open, '/usr/bin/bash'],
  ['thread.tid', open, 61],
  ['thread.name', open, 'worker'],
  ['user.uid', open, 1000],
  ['user.name', open, 'ada'],
  ['user.name', sampleCall({ uid: 12 }), null],
  ['user.loginuid', open, 1000],
  ['user.loginname', open, 'ada'],
  ['user.loginuid', host, -1],
  ['user.loginname', host, '<NA>'],
  ['group.gid', open, 100],
  ['group.name', open, 'users'],
  ['container.id', open, '0123456789ab'],
  ['container.id', host, 'host'],
  ['container.full_id', open, containerId],
  ['container.id', sampleCall({ process: sampleProcess({ containerId: undefined }) }), null],
  ['container.full_id', sampleCall({ process: sampleProcess({ containerId: undefined }) }), null],
  ['container.full_id', host, 'host'],
  ['container.image.repository', open, null],
  ['container.mount.dest[/proc*]', open, null],
  ['k8s.ns.name', open, null],
  ['fd.num', open, 3],
  ['fd.num', failed, -1],
  ['fd.typechar', failed, 'f'],
  ['fd.directory', failed, '/x'],
  ['fd.num', host, null],
  ['fd.type', open, 'file'],
  ['fd.typechar', open, 'f'],
  ['fd.name', open, '/etc/shadow'],
  ['fd.nameraw', open, '/tmp/link'],
  ['fd.name', failed, '/x/y'],
  ['fd.directory', open, '/etc'],
  ['fd.filename', open, 'shadow'],
  ['fd.directory', sampleOpen('/'), '/'],
  ['fd.directory', connect, null],
  ['fd.name', connect, 'a->b'],
  ['fd.l4proto', connect, 'tcp'],
  ['fd.sockfamily', connect, 'ip'],
  ['fd.sip', connect, '2001:db8::1'],
  ['fd.cip', connect, 'fd00::2'],
  ['fd.lip', connect, 'fd00::2'],
  ['fd.rip', connect, '2001:db8::1'],
  ['fd.ip', connect, ['fd00::2', '2001:db8::1']],
  ['fd.ip', open, null],
  ['fd.sport', connect, 443],
  ['fd.lport', connect, 5000],
  ['fd.port', connect, [5000, 443]],
  ['fd.snet', connect, '2001:db8::1'],
  ['fd.connected', connect, true],
  ['fd.connected', sampleCall({ type: 'sendto', descriptor: sampleDescriptor({ connected: false }) }), false],
  ['fd.connected', open, null],
  ['fd.name_changed', connect, true],
  ['fd.name_changed', open, null],
  ['fd.is_server', connect, false],
  ['internal.total', drop, 8],
  ['internal.counter[ring_full]', drop, 3],
  ['internal.counter[constructor]', drop, null],
  ['internal.counters', drop, 'ring_full=3 no_collector=5'],
  ['internal.reasons', drop, ['ring_full', 'no_collector']],
  ['evt.type', drop, 'drop']
]

const names = {
  user: (uid: number) => (uid === 1000 ? 'ada' : undefined),
  group: (gid: number) => (gid === 100 ? 'users' : undefined)
}

for (const [field, event, value] of values) {
  test(`${field} of ${event.type} is ${JSON.stringify(value)}`, () => {
    const alert = alertOf(`%${field} %evt.count`, event, { names })
    const text = value === null ? '<NA>' : Array.isArray(value) ? `(${value.join(',')})` : String(value)
    assert.equal(alert.output, `03:04:05.123456789: Notice ${text} 1`)
    if (field !== 'evt.time') assert.deepEqual(alert.output_fields[field], value)
  })
}

test('without a lookup only the names of id 0 are known', () => {
  const { output } = alertOf('%user.name %group.name', host)
  assert.match(output, /root root$/)
  assert.match(alertOf('%user.name %group.name', open).output, /<NA> <NA>$/)
})

test('every field has one name, a description that is a sentence, and stands in a class', () => {
  const all = fieldClasses.flatMap(({ fields }) => fields)
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length)
  for (const { name, description } of all) {
    assert.match(name, /^[a-z0-9]+(\.[a-z0-9_]+)+$/)
    assert.match(description, /^[A-Z].*\.$/, name)
  }
})

test('every field can be named in a condition and in an output of each source that has it', () => {
  for (const source of ['syscall', 'internal']) {
    const uses = fieldNames(source).map(name => {
      const rule = fieldClasses.flatMap(({ fields }) => fields).find(each => each.name === name)!.argument
      return rule === undefined ? name : `${name}[1]`
    })
    const condition = uses.map(use => `${use} exists`).join(' or ')
    const output = uses.map(use => `%${use}`).join(' ')
    assert.deepEqual(problemsOf(ruleFile(condition, output, source)), [])
    assert.ok(alertOf(output, source === 'syscall' ? open : drop))
    assert.ok(alertOf(output, source === 'syscall' ? host : drop))
  }
})

test('a type of descriptor that is not known counts as a path', () => {
  const unknown = sampleCall({ descriptor: sampleDescriptor({ type: undefined, name: '/a/b' }) })
  assert.equal(holds('fd.directory = /a', unknown), true)
  assert.equal(
    holds('fd.directory = /a', sampleCall({ descriptor: sampleDescriptor({ type: file, name: '/a/b' }) })),
    true
  )
})
