import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Event, Process } from '../../collector/event.ts'
import { cutMark } from '../../collector/paths.ts'
import { Engine } from '../../rules/engine/engine.ts'
import { loadRuleFiles } from '../../rules/engine/load.ts'
import {
  alertFrom,
  descendantOf,
  ipv4,
  sampleCall,
  sampleDescriptor,
  sampleInternal,
  sampleOpen,
  sampleProcess
} from './support.ts'

const paths = ['tercel_rules.yaml', 'internal_rules.yaml'].map(name =>
  fileURLToPath(new URL(`../../rules/${name}`, import.meta.url))
)
const ruleset = await loadRuleFiles(paths)

function ruleFor(event: Event): string | undefined {
  return alertFrom(new Engine(ruleset, { hostname: 'h', newUuid: () => '' }), event)?.rule
}

const containerId = 'a'.repeat(64)
const shim = sampleProcess({ name: 'containerd-shim' })

function started(process: Partial<Process>): Event {
  const members = { containerId, parent: shim, exepath: `/usr/bin/${process.name}`, ...process }
  return sampleCall({ type: 'execve', result: 0, process: sampleProcess(members) })
}

function connected(address: string, members: Partial<Process> = {}, l4proto: 'tcp' | 'udp' = 'tcp', result = 0): Event {
  const descriptor = sampleDescriptor({ type: ipv4, l4proto, server: { address, port: 443 } })
  return sampleCall({ type: 'connect', result, descriptor, process: sampleProcess({ containerId, ...members }) })
}

function joined(process: Partial<Process>, threadName = process.name ?? '', result = 0): Event {
  return sampleCall({ type: 'setns', result, threadName, process: sampleProcess(process) })
}

const shell = 'Terminal shell in container'
const contact = 'Contact Kubernetes API server from container'
const client = 'Kubernetes or Docker client run in container'
const namespace = 'Namespace change by unexpected program'
const sensitive = 'Sensitive file read by untrusted program'
const service = '\x0a\x60\0\x01'

const cases: [what: string, event: Event, rule: string | undefined][] = [
  ['a shell with a terminal that a runtime starts in a container', started({ name: 'bash', tty: 34816 }), shell],
  ['a shell whose parent is not known', started({ name: 'sh', tty: 34816, parent: undefined }), shell],
  [
    'a shell for which a program made a terminal',
    started({ name: 'sh', tty: 34817, parent: sampleProcess({ name: 'python3' }) }),
    shell
  ],
  ['a shell without a terminal', started({ name: 'bash', tty: 0 }), undefined],
  [
    'a shell that a shell starts',
    started({ name: 'sh', tty: 34816, parent: sampleProcess({ name: 'bash' }) }),
    undefined
  ],
  ['a shell on the host', started({ name: 'bash', tty: 34816, containerId: '' }), undefined],
  ['another program with a terminal', started({ name: 'ls', tty: 34816 }), undefined],
  ['a connection from a container to the address of the API server', connected(service), contact],
  [
    'the same from a process of which nobody knows where it runs',
    connected(service, { containerId: undefined }),
    contact
  ],
  ['an attempt that fails', connected(service, {}, 'tcp', -111), contact],
  ['a connection to another address', connected('\x0a\x60\0\x02'), undefined],
  ['a question to that address by UDP', connected(service, {}, 'udp'), undefined],
  ['the same connection from the host', connected(service, { containerId: '' }), undefined],
  ['kubectl in a container', started({ name: 'kubectl' }), client],
  ['docker in a container', started({ name: 'docker' }), client],
  ['kubectl under another name', started({ name: 'k', exepath: '/usr/local/bin/kubectl' }), client],
  ['kubectl on the host', started({ name: 'kubectl', containerId: '' }), undefined],
  ['nsenter', joined({ name: 'nsenter' }), namespace],
  ['a program in a container that joins another namespace', joined({ name: 'exploit', containerId }), namespace],
  ['an attempt to join that fails', joined({ name: 'nsenter' }, 'nsenter', -1), undefined],
  ['runc', joined({ name: 'runc' }), undefined],
  ['a stage of runc, by the name of its process', joined({ name: 'runc:[1:CHILD]' }), undefined],
  ['a stage of runc, by the name of its thread', joined({ name: 'exe' }, 'runc:[2:INIT]'), undefined],
  ['dockerd, started anew', joined({ name: 'exe', parent: sampleProcess({ name: 'dockerd' }) }), undefined],
  [
    'a program of another parent that calls itself exe',
    joined({ name: 'exe', parent: sampleProcess({ name: 'bash' }) }),
    namespace
  ],
  ['a shim', joined({ name: 'containerd-shim' }), undefined],
  ['a network plugin', joined({ name: 'bridge' }), undefined],
  ['systemd', joined({ name: 'systemd' }), undefined],
  ['cat reads shadow', sampleOpen('/etc/shadow'), sensitive],
  ['cat reads shadow through a symbolic link', sampleOpen('/etc/shadow', '/tmp/notes'), sensitive],
  [
    'cat asks for shadow and another file is there by the time it is seen',
    sampleOpen('/tmp/notes', '/etc/shadow'),
    sensitive
  ],
  [
    'cat reads shadow, and the file was gone before it was seen',
    sampleCall({ openFlags: 0, descriptor: sampleDescriptor({ type: undefined, nameAsked: '/etc/shadow' }) }),
    sensitive
  ],
  ['cat reads a file of sudoers.d', sampleOpen('/etc/sudoers.d/admins'), sensitive],
  ['cat reads a file of pam.d', sampleOpen('/etc/pam.d/sshd'), sensitive],
  ['cat reads and writes shadow', sampleOpen('/etc/shadow', '/etc/shadow', { openFlags: 2 }), sensitive],
  ['cat reads passwd', sampleOpen('/etc/passwd'), undefined],
  ['cat writes shadow', sampleOpen('/etc/shadow', '/etc/shadow', { openFlags: 1 }), undefined],
  [
    'cat may not read shadow',
    sampleCall({
      openFlags: 0,
      result: -13,
      descriptor: sampleDescriptor({ number: undefined, type: undefined, nameAsked: '/etc/shadow' })
    }),
    undefined
  ],
  [
    'sshd reads shadow',
    sampleOpen('/etc/shadow', '/etc/shadow', { process: sampleProcess({ name: 'sshd', exepath: '/usr/sbin/sshd' }) }),
    undefined
  ],
  [
    'a program that calls itself sshd reads shadow',
    sampleOpen('/etc/shadow', '/etc/shadow', { process: sampleProcess({ name: 'sshd', exepath: '/tmp/sshd' }) }),
    sensitive
  ],
  [
    'a program whose path is too long to be known whole, and ends like a trusted one',
    sampleOpen('/etc/shadow', '/etc/shadow', {
      process: sampleProcess({ name: 'sshd', exepath: `${cutMark}/usr/sbin/sshd` })
    }),
    sensitive
  ],
  [
    'a service manager between names reads pam.d',
    sampleOpen('/etc/pam.d/login', '/etc/pam.d/login', {
      process: sampleProcess({ name: '(systemd)', exepath: '/usr/lib/systemd/systemd' })
    }),
    undefined
  ],
  ['events were lost', sampleInternal('drop', { ring_full: 3 }), 'Internal: syscall event drop'],
  ['alerts were shed', sampleInternal('shed', { debug: 3 }), 'Internal: alerts shed'],
  ['a rule was too noisy', sampleInternal('rate_limit', { 'a rule': 3 }), 'Internal: rule rate limit'],
  ['the sensor was away', sampleInternal('gap', { reader: 1 }), 'Internal: sensor gap']
]

for (const [what, event, rule] of cases) {
  test(`${what}: ${rule ?? 'no alert'}`, () => assert.equal(ruleFor(event), rule))
}

test('the rules that ship give no warnings', () => assert.deepEqual(ruleset.warnings, []))

test('the rules that ship ask the sensor for these calls and no others', () => {
  const calls = ['connect', 'execve', 'execveat', 'open', 'openat', 'openat2', 'setns']
  assert.deepEqual([...ruleset.eventTypes('syscall')].sort(), calls)
  assert.deepEqual([...ruleset.eventTypes('internal')].sort(), ['drop', 'gap', 'rate_limit', 'shed'])
})

test('users can set the addresses of the API server', async () => {
  const own = await loadRuleFiles(paths, { lists: { kubernetes_api_server_addresses: ['192.0.2.0/24'] } })
  const engine = new Engine(own, { hostname: 'h', newUuid: () => '' })
  assert.equal(alertFrom(engine, connected('\xc0\0\x02\x09'))?.rule, contact)
  assert.equal(alertFrom(engine, connected(service)), undefined)
})

test('an alert names the user, the process, its ancestors and what it touched', () => {
  const process = { ...descendantOf('bash', 'sshd', 'systemd'), tty: 34816, args: ['/tmp/notes'] }
  const engine = new Engine(ruleset, { hostname: 'h', newUuid: () => '' })
  const alert = alertFrom(engine, sampleOpen('/etc/shadow', '/tmp/notes', { process }))
  assert.equal(
    alert?.output,
    '03:04:05.123456789: Warning Sensitive file read by untrusted program (file=/etc/shadow file_asked=/tmp/notes ' +
      'user=root user_uid=0 user_loginuid=-1 user_loginname=<NA> process=cat proc_exepath=/usr/bin/cat ' +
      'command=cat /tmp/notes terminal=34816 cwd=/ parent=bash parent_command=bash gparent=sshd ggparent=systemd ' +
      'gggparent=<NA> pid=100 vpid=100 container_id=host)'
  )
})
