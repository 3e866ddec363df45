import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { until as untilHolds } from '../src/delivery/support.ts'
import { ask, samplesOf } from '../src/server/support.ts'
import { alertWith, install, startTercel, temporaryFolder, withoutBpf } from './support.ts'

test('a running tercel is ready, tells what it does over its socket, and leaves none behind', {
  skip: withoutBpf
}, async t => {
  const installation = install(temporaryFolder(), '', '{listen: "127.0.0.1:0"}')
  const running = await startTercel('run', installation, t)
  const socketPath = join(installation.spool, 'control.sock')
  const { mode, uid } = statSync(socketPath)
  assert.deepEqual([mode & 0o777, uid], [0o600, statSync(installation.spool).uid])
  const ready = await ask({ socketPath }, { path: '/readyz' })
  assert.deepEqual([ready.status, JSON.parse(ready.text)], [200, { ready: true, reasons: [] }])

  spawnSync('cat', ['/etc/shadow'])
  await alertWith(installation, 'Sensitive file read by untrusted program', '/etc/shadow')
  const { text } = await ask({ socketPath }, { path: '/api/v1/status' })
  const { sensor, outputs } = JSON.parse(text)
  assert.equal(sensor.state, 'running')
  const names = outputs.map(({ name, configured }: Record<string, unknown>) => [name, configured])
  assert.deepEqual(names, [
    ['stdout', true],
    ['file', true]
  ])

  const [, port] = /127\.0\.0\.1:(\d+)/.exec(running.stderr)!
  const where = { host: '127.0.0.1', port: Number(port) }
  // The counts of the collector come once a second, what is settled a moment after it was written.
  await untilHolds('the metrics tell of it', async () => {
    const samples = samplesOf((await ask(where, { path: '/metrics' })).text)
    const delivered = samples.get('tercel_output_alerts_total{output="file",result="delivered"}')!
    return samples.get('tercel_collector_events_total')! > 0 && delivered > 0
  })
  assert.equal(await running.stop(), 0)
  assert.equal(existsSync(socketPath), false)
})
