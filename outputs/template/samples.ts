/** Alerts with which templates are tried before an alert meets them: an ordinary one, and what an attacker would send. */
import type { Alert } from '../../rules/alert.ts'

/** What a template may name of an alert. */
export const alertNames = {
  alert: {
    uuid: true,
    time: true,
    priority: true,
    rule: true,
    source: true,
    hostname: true,
    tags: true,
    output: true,
    output_fields: true
  }
} as const

const ordinary: Alert = {
  uuid: '0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b',
  time: '2026-01-02T03:04:05.123456789Z',
  priority: 'Warning',
  rule: 'Sensitive file read by untrusted program',
  source: 'syscall',
  hostname: 'node-1',
  tags: ['filesystem', 'T1555'],
  output: '03:04:05.123456789: Warning file read (file=/etc/shadow process=cat)',
  output_fields: { 'fd.name': '/etc/shadow', 'proc.name': 'cat', 'proc.pid': 4711, 'container.id': null }
}

/** Quotes, line ends, control characters, bidirectional marks, halves of a pair, and the syntax of what may be below. */
const evil =
  '"\'`\\\r\n\t\u0000\u001b[31m\u202e\u2028\ud800🦅ünï漢 {{ alert.uuid }} {% raw %} ${env:HOME} </script><!channel> @everyone ' +
  '<users/all> [click](https://evil.example.org) *b* _i_ ~s~ ```x``` &amp; ]]> | # $ %0d%0a'

const hostile: Alert = {
  uuid: evil,
  time: evil,
  priority: evil as Alert['priority'],
  rule: evil,
  source: evil,
  hostname: evil,
  tags: [evil, ''],
  output: evil.repeat(200),
  output_fields: { [evil]: evil, __proto__constructor: evil, list: [evil, 1], 'proc.name': '', 'fd.name': null }
}

/** As another sensor may send it, with nothing in it. */
const bare = { ...hostile, tags: [], output: '', output_fields: {} } satisfies Alert

export const sampleAlerts: readonly Alert[] = [ordinary, hostile, bare]
