import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ask } from '../src/server/support.ts'
import { alertWith, install, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

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

  const marker = 'tercel-e2e-server'
  spawnSync('sh', ['-c', `cat /etc/shadow > /dev/null # ${marker}`])
  await alertWith(installation, 'Read sensitive file untrusted', 'shadow')
  const { text } = await ask({ socketPath }, { path: '/api/v1/status' })
  const { sensor, outputs } = JSON.parse(text)
  assert.equal(sensor.state, 'running')
  const file = outputs.find(({ type }: { type: string }) => type === 'file')
  assert.ok(file.books.delivered > 0, text)

  const [, port] = /127\.0\.0\.1:(\d+)/.exec(running.stderr)!
  const metrics = () => ask({ host: '127.0.0.1', port: Number(port) }, { path: '/metrics' })
  let page = ''
  const events = () => Number(/^tercel_collector_events_total (\d+)$/m.exec(page)?.[1])
  for (let asked = 0; asked < 100 && !(events() > 0); asked += 1) page = (await metrics()).text
  assert.match(page, /^tercel_sensor_state\{state="running"\} 1$/m)
  await until(() => readFileSync(installation.alertFile, 'utf8') !== '', 'the alert')
  assert.equal(await running.stop(), 0)
  assert.equal(existsSync(socketPath), false)
})
