import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Alert } from '../../rules/alert.ts'
import { SpoolStore } from '../../src/delivery/spool-store.ts'
import { startSink } from '../../src/sink/sink.ts'
import { alertWith, install, startTercel, temporaryFolder, until, withoutBpf } from './support.ts'

test('each output gets what it wants, and of what is alike the first and how many more there were', {
  skip: withoutBpf
}, async t => {
  const sink = await startSink()
  t.after(() => sink.close())
  const folder = temporaryFolder()
  const marker = `/nonexistent/routing${process.pid}`
  const wanted = `fd.name = /etc/shadow and proc.cmdline contains ${marker}`
  const installation = install(
    folder,
    `  - {name: few, type: webhook, url: ${sink.url}, when: "${wanted}", throttle: {key: [alert.rule], window_seconds: 2}}\n` +
      `  - {name: grave, type: webhook, url: ${sink.url}/grave, when: alert.priority >= critical and ${wanted}}\n`
  )
  const tercel = await startTercel('run', installation, t)
  for (let read = 0; read < 5; read += 1) spawnSync('cat', ['/etc/shadow', marker])
  await alertWith(installation, 'Sensitive file read by untrusted program', marker)

  const alerts = () => sink.requests().map(({ body }) => JSON.parse(body) as Alert)
  const summary = await until(() => alerts().find(alert => 'throttle.count' in alert.output_fields), 'the summary')
  const [first] = alerts()
  assert.equal(first!.output_fields['throttle.count'], undefined)
  assert.equal(summary.output_fields['throttle.count'], 4)
  assert.equal(summary.output_fields['throttle.first_uuid'], first!.uuid)
  assert.match(
    summary.output,
    /Warning 4 more alerts within 2 s \(alert\.rule=Sensitive file read by untrusted program\)/
  )
  assert.equal(sink.summary().taken, 2)

  assert.equal(await tercel.stop(), 0)
  const store = new SpoolStore({ directory: join(folder, 'spool'), maxBytes: 2 ** 30, reserveBytes: 0 })
  t.after(() => store.close())
  const few = store.books('few')
  assert.deepEqual([few.delivered, few.throttled, few.waiting], [2, 4, 0])
  const grave = store.books('grave')
  assert.equal(grave.filtered, grave.accepted)
})
