import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import type { Config } from '../../config/schema.ts'
import type { Alert } from '../../rules/alert.ts'
import type { FromCollector, ToCollector } from '../../src/collector.ts'
import { Spool } from '../../src/delivery/spool.ts'
import { resolveModule } from '../../src/paths.ts'
import { MemoryLog, temporaryDirectory } from './delivery/support.ts'

test('an alert is raised for what the main thread reports, such as what an output lost', async t => {
  const directory = temporaryDirectory(t)
  const spool = await Spool.open({ directory: join(directory, 'spool'), log: new MemoryLog() })
  t.after(() => spool.close())
  await spool.register('a')
  const workerData: Config = {
    file: join(directory, 'tercel.yaml'),
    baseDirectory: directory,
    sensor: { enabled: false, socket: '', processes: 1 },
    rules: { files: [], lists: {}, matching: 'first', switches: [], rateLimits: [], appendOutput: [] },
    spool: { directory: join(directory, 'spool'), maxBytes: 2 ** 24 },
    outputs: [],
    server: {
      enabled: false,
      listen: { host: '127.0.0.1', port: 0 },
      token: undefined,
      socket: join(directory, 'control.sock'),
      outputFailingSeconds: 300
    },
    presets: [],
    user: undefined,
    shutdownSeconds: 1,
    log: { level: 'info' },
    secrets: []
  }
  const collector = new Worker(resolveModule('src/collector.ts'), { workerData })
  t.after(() => collector.terminate())
  const tell = (message: ToCollector) => collector.postMessage(message)
  const [ready] = (await once(collector, 'message')) as [FromCollector]
  assert.equal(ready.kind, 'ready')
  // What was lost while the spool was opened comes before the start.
  tell({ kind: 'report', type: 'shed', counters: { 'slack:Notice': 4 } })
  const connection = spool.connectProducer()
  collector.postMessage({ kind: 'start', connection } satisfies ToCollector, [connection.port])
  tell({ kind: 'report', type: 'shed', counters: { 'slack:Notice': 3 } })
  tell({ kind: 'report', type: 'shed', counters: { 'slack:Notice': 2, 'slack:Error': 1 } })
  const [spooled] = await spool.next('a', { after: 0, maxCount: 1, maxBytes: 1_000_000 })
  const alert = JSON.parse(spooled!.json) as Alert
  assert.equal(alert.rule, 'Internal: alerts shed')
  assert.match(alert.output, /total=10 .*slack:Notice.*9/)
  const exited = once(collector, 'exit')
  tell({ kind: 'stop' })
  await exited
})
