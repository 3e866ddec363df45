import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { alertsIn, install, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

test('an output that is down sheds beyond its backlog, says so, and holds up no other', {
  skip: withoutBpf
}, async t => {
  const webhook = '  - name: down\n    type: webhook\n    url: http://127.0.0.1:9\n    backlog: {max_bytes: 1MiB}\n'
  const installation = install(temporaryFolder(), webhook)
  const running = await startTercel('run', installation, t)
  // Each round of the loop is an open of /etc/shadow by a program that may not read it: an alert of about 1 KB.
  const load = spawn('sh', ['-c', 'while :; do : < /etc/shadow; done'], { stdio: 'ignore' })
  t.after(() => void load.kill('SIGKILL'))
  const report = await until(
    () => alertsIn(installation).find(({ rule }) => rule === 'Internal: alerts shed'),
    'the report of what was shed'
  )
  assert.match(report.output, /down:Warning=[1-9]/)
  assert.match(running.stderr, /"output":"down"/)
  const before = alertsIn(installation).length
  await until(() => alertsIn(installation).length > before, 'the other output to go on')
})
