import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { Alert } from '../../../rules/alert.ts'
import { alertCondition, alertField } from '../../../rules/engine/alert-condition.ts'

const place = { file: 'tercel.yaml', line: 7, column: 11 }

const alert: Alert = {
  uuid: '019bf1a0-0000-7000-8000-000000000001',
  time: '2026-01-02T03:04:05.123456789Z',
  priority: 'Warning',
  rule: 'Shell in Größe',
  source: 'syscall',
  hostname: 'node-1',
  tags: ['container', 'mitre_execution'],
  output: '03:04:05.123456789: Warning a shell (proc=sh)',
  output_fields: {
    'evt.time': 1767323045123456800,
    'evt.type': 'execve',
    'evt.arg.flags': 'O_RDONLY',
    'proc.name': 'sh',
    'proc.aname[2]': 'sshd',
    'proc.pid': 4711,
    'proc.tty': 'none',
    'fd.sip': '10.1.2.3',
    'fd.ip': ['10.1.2.3', '192.168.7.7'],
    'fd.name': null,
    'k8s.ns.name': 'prod',
    'user.name': 'jürgen',
    'evt.buffer': 'GET / HTTP/1.1',
    'container.privileged': true,
    team: 'red'
  }
}

const conditions: readonly [condition: string, holds: boolean][] = [
  ['alert.priority = warning', true],
  ['alert.priority = WARNING', true],
  ['alert.priority >= warning', true],
  ['alert.priority > warning', false],
  ['alert.priority >= notice', true],
  ['alert.priority >= error', false],
  ['alert.priority < critical', true],
  ['alert.priority <= debug', false],
  ['alert.priority in (info, Warning)', true],
  ['alert.priority != emergency', true],
  ['alert.rule = "Shell in Größe"', true],
  ['alert.rule glob "Shell in *"', true],
  ['alert.tags intersects (network, container)', true],
  ['alert.tags intersects (network)', false],
  ['alert.tags in (container, mitre_execution, network)', true],
  ['alert.tags in (container)', false],
  ['alert.source = syscall and alert.hostname startswith node-', true],
  ['alert.output contains "a shell"', true],
  ['alert.time startswith 2026-01-02', true],
  ['alert.uuid endswith 0001', true],
  ['alert.field[team] = red', true],
  ['alert.field[proc.pid] = 4711', true],
  ['alert.field[nothing] exists', false],
  ['alert.field[toString] exists', false],
  ['alert.priority >= warning and k8s.ns.name != kube-system', true],
  ['k8s.ns.name in (prod, staging)', true],
  ['proc.name = sh and not proc.pid < 4711', true],
  ['proc.pid = 4711', true],
  ['proc.aname[2] = sshd', true],
  ['proc.aname[3] exists', false],
  ['evt.arg.flags = O_RDONLY', true],
  ['evt.arg[flags] = O_RDONLY', true],
  ['evt.type = execve', true],
  ['evt.type in (open, openat)', false],
  ['fd.sip = 10.0.0.0/8', true],
  ['fd.sip in (10.1.2.3)', true],
  ['fd.ip = 192.168.0.0/16', true],
  ['fd.name exists', false],
  ['fd.name != /etc/shadow', false],
  ['not fd.name = /etc/shadow', true],
  ['user.name = jürgen', true],
  ['evt.buffer startswith GET', true],
  ['container.privileged = true', true],
  // A value that the field cannot have.
  ['proc.tty exists', false],
  ['proc.tty != 0', false]
]

for (const [condition, holds] of conditions) {
  test(`of an alert ${condition} ${holds ? 'holds' : 'does not hold'}`, () => {
    assert.equal(alertCondition(condition, place).holds(alert), holds)
  })
}

test('a condition names the fields that it needs of output_fields, and those of the alert itself not', () => {
  const { fields } = alertCondition('alert.priority >= warning and (proc.name = sh or proc.aname[2] = sshd)', place)
  assert.deepEqual(fields, ['proc.name', 'proc.aname[2]'])
})

const wrong: readonly [condition: string, message: RegExp][] = [
  ['alert.prioriti >= warning', /unknown field alert\.prioriti; did you mean alert\.priority\?/],
  ['alert.priority >= warnign', /expected a priority such as warning .*found warnign; did you mean warning\?/],
  ['alert.priority >= 4', /expected a priority such as warning/],
  ['alert.priority contains war', /contains does not fit alert\.priority, which is PRIORITY/],
  ['alert.field exists', /alert\.field needs an argument/],
  ['proc.nmae = sh', /unknown field proc\.nmae; did you mean proc\.name\?/],
  ['proc.name =', /./],
  ['spawned_process', /spawned_process/]
]

for (const [condition, message] of wrong) {
  test(`the condition ${condition} is refused with its place`, () => {
    assert.throws(
      () => alertCondition(condition, place),
      (error: unknown) => {
        assert(error instanceof TercelError)
        assert.match(error.problems[0]!.message, message)
        assert.deepEqual(error.problems[0]!.place, place)
        return true
      }
    )
  })
}

const fields: readonly [field: string, value: unknown][] = [
  ['alert.rule', 'Shell in Größe'],
  ['alert.priority', 'Warning'],
  ['alert.tags', ['container', 'mitre_execution']],
  ['alert.field[team]', 'red'],
  ['proc.name', 'sh'],
  ['proc.aname[2]', 'sshd'],
  ['proc.pid', 4711],
  ['fd.sip', '10.1.2.3'],
  ['fd.name', null],
  ['container.id', null]
]

for (const [field, value] of fields) {
  test(`the field ${field} of an alert has the value that alerts show`, () => {
    const { name, read } = alertField(field, place)
    assert.equal(name, field)
    assert.deepEqual(read(alert), value)
  })
}

for (const field of ['proc.nmae', 'rule', 'proc.name = sh', '', 'alert.rule]']) {
  test(`${field === '' ? 'nothing' : field} is no field of an alert`, () => {
    assert.throws(() => alertField(field, place), /./)
  })
}
