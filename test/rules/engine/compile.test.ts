import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '../../../collector/event.ts'
import {
  descendantOf,
  holds,
  ipv4,
  sampleCall,
  sampleDescriptor,
  sampleInternal,
  sampleOpen,
  sampleProcess
} from '../support.ts'

const bytesOf = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const cat = sampleCall({ process: sampleProcess({ name: 'cat', args: ['-n', '/etc/Passwd'] }) })
const orphan = sampleCall({ process: sampleProcess({ exepath: undefined }) })
const nested = sampleCall({ process: descendantOf('bash', 'sshd', 'systemd') })
const umlaut = sampleCall({ process: sampleProcess({ name: bytesOf('grüße') }) })
const connect = sampleCall({
  type: 'connect',
  descriptor: sampleDescriptor({
    type: ipv4,
    l4proto: 'tcp',
    client: { address: '\x0a\0\0\x05', port: 40000 },
    server: { address: '\xc0\xa8\x01\x01', port: 443 },
    local: { address: '\x0a\0\0\x05', port: 40000 },
    remote: { address: '\xc0\xa8\x01\x01', port: 443 },
    connected: true
  })
})
const drop = sampleInternal('drop', { ring_full: 3, no_collector: 5, idle: 0 })

const cases: [condition: string, event: Event, expected: boolean][] = [
  ['proc.name = cat', cat, true],
  ['proc.name == "cat"', cat, true],
  ['proc.name = ca', cat, false],
  ['proc.name != dog', cat, true],
  ['proc.name != cat', cat, false],
  ['proc.name contains a', cat, true],
  ['proc.name startswith ca', cat, true],
  ['proc.name endswith at', cat, true],
  ['proc.args contains /etc/passwd', cat, false],
  ['proc.args icontains /etc/PASSWD', cat, true],
  ['proc.args glob */Passwd', cat, true],
  ['proc.args glob */passwd', cat, false],
  ['proc.args iglob */pass?D', cat, true],
  ['proc.name in (dog, cat)', cat, true],
  ['proc.name in (cat)', cat, true],
  ['proc.name in ()', cat, false],
  ['not proc.name in ()', cat, true],
  ['proc.name intersects (dog, cat)', cat, true],
  ['proc.cmdline = "cat -n /etc/Passwd"', cat, true],
  ['proc.exepath pmatch (/usr, /opt)', cat, true],
  ['proc.exepath pmatch (/us)', cat, false],
  ['proc.name < dog and proc.name >= cat and proc.name > Cat', cat, true],
  ['proc.name = grüße', umlaut, true],
  ['proc.name contains ü', umlaut, true],
  ['proc.name icontains GRüßE', umlaut, true],
  ['proc.name contains "\\xc3"', umlaut, true],
  // A missing value makes every comparison false.
  ['proc.exepath = x', orphan, false],
  ['proc.exepath != x', orphan, false],
  ['not proc.exepath = x', orphan, true],
  ['proc.exepath exists', orphan, false],
  ['not proc.exepath exists', orphan, true],
  ['proc.exepath in ()', orphan, false],
  ['container.name != x', cat, false],
  ['container.name exists', cat, false],
  // Numbers.
  ['evt.rawres >= 0 and evt.rawres < 0x4 and evt.rawres = 3', cat, true],
  ['evt.rawres in (1, 2)', cat, false],
  ['evt.rawres in (1, 3)', cat, true],
  ['proc.duration > 5000000000', cat, true],
  ['proc.duration <= 5000000000', cat, false],
  ['evt.rawtime = 1767323045123456789', cat, true],
  ['evt.rawtime = 1767323045123456788', cat, false],
  ['evt.failed = false', cat, true],
  ['evt.is_open_read = true', cat, false],
  ['evt.is_open_read = false', cat, false],
  // evt.dir is always the way out.
  ['evt.dir = <', cat, true],
  ['evt.dir = >', cat, false],
  // Ancestors.
  ['proc.aname = sshd', nested, true],
  ['proc.aname = cat', nested, false],
  ['proc.aname[0] = cat', nested, true],
  ['proc.aname[1] = bash', nested, true],
  ['proc.aname[3] = systemd', nested, true],
  ['proc.aname[4] exists', nested, false],
  ['proc.aname in (foo, systemd)', nested, true],
  ['proc.aname startswith ssh', nested, true],
  ['proc.aname exists', nested, true],
  ['proc.aname exists', cat, false],
  // Addresses; fd.ip, fd.net and fd.port stand for either end.
  ['fd.sip = 192.168.1.1', connect, true],
  ['fd.sip != 192.168.1.1', connect, false],
  ['fd.sip = ::1', connect, false],
  ['fd.sip != ::1', connect, true],
  ['fd.sip in (10.0.0.1, 192.168.0.0/16)', connect, true],
  ['fd.snet in (10.0.0.0/8, 172.16.0.0/12)', connect, false],
  ['fd.cnet = 10.0.0.0/8', connect, true],
  ['fd.ip = 10.0.0.5', connect, true],
  ['fd.ip = 192.168.1.1', connect, true],
  ['fd.ip != 10.0.0.5', connect, false],
  ['fd.ip != 10.0.0.6', connect, true],
  ['fd.net != 127.0.0.0/8', connect, true],
  ['fd.net != 10.0.0.0/8', connect, false],
  ['fd.port = 443', connect, true],
  ['fd.port in (1, 40000)', connect, true],
  ['fd.port != 443', connect, false],
  ['fd.sport >= 443 and fd.sport <= 443', connect, true],
  ['fd.connected = true', connect, true],
  ['fd.ip exists', cat, false],
  ['fd.ip != 1.2.3.4', cat, false],
  // Lists.
  ['internal.reasons intersects (ring_full, other)', drop, true],
  ['internal.reasons intersects (idle)', drop, false],
  ['internal.reasons in (ring_full, other)', drop, false],
  ['internal.reasons in (ring_full, no_collector, other)', drop, true],
  ['internal.reasons exists', drop, true],
  ['internal.reasons exists', sampleInternal('drop', {}), false],
  ['internal.reasons in (a)', sampleInternal('drop', {}), false]
]

for (const [condition, event, expected] of cases) {
  test(`${condition} is ${expected} for ${event.source === 'syscall' ? 'the call' : 'the happening'} ${event.type}`, () => {
    assert.equal(holds(condition, event), expected)
  })
}

test('chains of any length are evaluated, whatever stands in them', () => {
  for (const length of [2, 3, 4, 7]) {
    const names = Array.from({ length }, (_, index) => `proc.name = n${index}`)
    assert.equal(holds(names.join(' or '), cat), false)
    assert.equal(holds([...names.slice(1), 'proc.name = cat'].join(' or '), cat), true)
    assert.equal(holds(names.map(each => `not ${each}`).join(' and '), cat), true)
    assert.equal(holds([...names.map(each => `not ${each}`), 'proc.name != cat'].join(' and '), cat), false)
  }
})

/** The kernel found one of these where the process asked for the other. */
const shadow = '/etc/shadow'
const link = '/tmp/notes'
const found = sampleOpen(shadow, link)
const asked = sampleOpen(link, shadow)
const both = sampleOpen(shadow)
const other = sampleOpen(link)

/** For the four ways in which the two paths can agree or not with a test. */
const twoPaths: [condition: string, expected: { found: boolean; asked: boolean; both: boolean; other: boolean }][] = [
  [`fd.name = ${shadow}`, { found: true, asked: true, both: true, other: false }],
  [`not fd.name = ${shadow}`, { found: true, asked: true, both: false, other: true }],
  [`fd.name != ${shadow}`, { found: true, asked: true, both: false, other: true }],
  [`not fd.name != ${shadow}`, { found: true, asked: true, both: true, other: false }],
  [`not not fd.name = ${shadow}`, { found: true, asked: true, both: true, other: false }],
  [`not (not fd.name != ${shadow})`, { found: true, asked: true, both: false, other: true }],
  [`fd.name startswith /etc/`, { found: true, asked: true, both: true, other: false }],
  [`not (fd.name startswith /etc/ or proc.name = dog)`, { found: true, asked: true, both: false, other: true }],
  [`not (proc.name = cat and fd.name pmatch (/etc))`, { found: true, asked: true, both: false, other: true }],
  [`fd.directory = /etc`, { found: true, asked: true, both: true, other: false }],
  [`not fd.directory in (/etc, /root)`, { found: true, asked: true, both: false, other: true }],
  [`fd.filename = shadow`, { found: true, asked: true, both: true, other: false }],
  [`not fd.filename glob sh*`, { found: true, asked: true, both: false, other: true }],
  [`fd.name startswith /etc and not fd.name startswith /tmp`, { found: true, asked: true, both: true, other: false }]
]

for (const [condition, expected] of twoPaths) {
  test(`${condition}: either path satisfies it, and only both exclude`, () => {
    const actual = {
      found: holds(condition, found),
      asked: holds(condition, asked),
      both: holds(condition, both),
      other: holds(condition, other)
    }
    assert.deepEqual(actual, expected)
  })
}

test('where only one path is known it stands for both', () => {
  const failed = sampleCall({ descriptor: sampleDescriptor({ name: undefined, nameAsked: shadow }) })
  const unasked = sampleCall({ descriptor: sampleDescriptor({ name: shadow, nameAsked: undefined }) })
  for (const event of [failed, unasked]) {
    assert.equal(holds(`fd.name = ${shadow}`, event), true)
    assert.equal(holds(`not fd.name = ${shadow}`, event), false)
    assert.equal(holds('fd.name exists', event), true)
  }
  assert.equal(holds('fd.name exists', sampleCall({ descriptor: sampleDescriptor() })), false)
})

test('a loop in the process table does not hang a test of all ancestors', () => {
  const process: { parent: unknown } = { ...sampleProcess(), parent: undefined }
  process.parent = process
  assert.equal(holds('proc.aname = sshd', sampleCall({ process: process as ReturnType<typeof sampleProcess> })), false)
})
