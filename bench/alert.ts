/** The alert that the benchmarks of delivery send: what the rule for sensitive files makes, about 0.9 KB as JSON. */
import type { Alert } from '../rules/alert.ts'

export const alert: Alert = {
  uuid: '019b7a5e-7c3f-7d0a-9a4e-3f2b1c0d9e8f',
  time: '2026-01-02T03:04:05.123456789Z',
  priority: 'Warning',
  rule: 'Sensitive file read by untrusted program',
  source: 'syscall',
  hostname: 'node-1.example.org',
  tags: ['host', 'container', 'filesystem', 'mitre_credential_access', 'T1003.008', 'T1555'],
  output: `03:04:05.123456789: Warning Sensitive file read by untrusted program (file=/etc/shadow ${'x'.repeat(190)})`,
  output_fields: {
    'evt.time': 1767323045123456800,
    'fd.name': '/etc/shadow',
    'proc.cmdline': `cat /etc/shadow ${'y'.repeat(150)}`,
    'container.id': 'host',
    'user.name': 'root'
  }
}

/** The same alert under another uuid. */
export function numbered(number: number): Alert {
  return { ...alert, uuid: `019b7a5e-7c3f-7d0a-9a4e-${number.toString(16).padStart(12, '0')}` }
}
