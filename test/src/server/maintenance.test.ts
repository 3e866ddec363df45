import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { createApp } from '../../../src/server/app.ts'
import { addMaintenanceRoutes, type SpoolMaintenance } from '../../../src/server/routes/maintenance.ts'
import { MemoryLog, until } from '../delivery/support.ts'
import { ask } from './support.ts'

async function serve(t: TestContext, spool: Partial<SpoolMaintenance>) {
  const log = new MemoryLog()
  const app = createApp(log)
  const unused = () => assert.fail('not asked for')
  addMaintenanceRoutes(app, { verify: unused, compact: unused, export: unused, ...spool }, log)
  t.after(() => {
    app.server.closeAllConnections()
    return app.close()
  })
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  return { host: '127.0.0.1', port: Number(port) }
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))

test('verify tells how far it is and what it found; a second one at the same time is refused', async t => {
  const report = { ok: true, problems: [], alerts: 3, deadLetters: 1, ms: 5 }
  const result = { ok: true, problems: [], alerts: 3, dead_letters: 1, ms: 5 }
  const going = Promise.withResolvers<void>()
  let runs = 0
  const where = await serve(t, {
    async verify(onProgress) {
      runs += 1
      onProgress?.({ step: 'pages', done: 1, total: 2 })
      await going.promise
      return report
    }
  })
  const question = { method: 'POST', path: '/spool/verify' }
  const first = ask(where, question)
  await until('it runs', () => runs === 1)
  for (const path of ['/spool/verify', '/spool/compact']) {
    const { status, text } = await ask(where, { method: 'POST', path })
    assert.deepEqual([status, JSON.parse(text).error], [409, 'busy'])
  }
  going.resolve()
  const { headers, text } = await first
  assert.equal(headers['content-type'], 'application/x-ndjson')
  assert.deepEqual(linesOf(text).at(-1), { result })
  assert.deepEqual(linesOf((await ask(where, question)).text).at(-1), { result })
})

test('when the client goes away the work goes on, and the next one may begin after it', async t => {
  const going = Promise.withResolvers<void>()
  let ended = false
  const where = await serve(t, {
    async compact(onProgress) {
      onProgress?.({ givenBytes: 1, freeBytes: 2 })
      await going.promise
      ended = true
      throw new TercelError('TERCEL_SPOOL', 'the disk is full')
    }
  })
  const socket = connect(where)
  socket.write('POST /spool/compact HTTP/1.1\r\nhost: localhost\r\n\r\n')
  const [chunk] = await once(socket, 'data')
  assert.match(String(chunk), /\{"progress":\{"given_bytes":1,"free_bytes":2\}\}/)
  socket.destroy()
  assert.equal(ended, false)
  going.resolve()
  await until('it has ended', () => ended)
  const { text } = await ask(where, { method: 'POST', path: '/spool/compact' })
  assert.deepEqual(linesOf(text).at(-1), { error: 'unavailable', message: 'the disk is full' })
})

test('an export is sent no faster than it is read, ends when the client goes, and is one of a few', async t => {
  let made = 0
  let open = 0
  const where = await serve(t, {
    async *export() {
      open += 1
      try {
        for (; ; made += 1) yield JSON.stringify({ uuid: made, text: 'x'.repeat(10_000) })
      } finally {
        open -= 1
      }
    }
  })
  const sockets = Array.from({ length: 4 }, () => connect(where).pause())
  for (const socket of sockets) socket.write('GET /spool/export HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await until('all are open', () => open === 4)
  let before = -1
  await until('nothing more is made', async () => {
    const still = made === before
    before = made
    await new Promise(resolve => setTimeout(resolve, 50))
    return still
  })
  assert.ok(made < 10_000)
  assert.equal((await ask(where, { path: '/spool/export' })).status, 409)
  for (const socket of sockets) socket.destroy()
  await until('all have ended', () => open === 0)
})

test('what to export is handed to the spool, in milliseconds', async t => {
  const asked: unknown[] = []
  const where = await serve(t, {
    async *export(options) {
      asked.push(options)
      yield '{"uuid":"1"}'
    }
  })
  const query = 'output=slack&since=2026-01-01T00:00:00Z&priority=Error&limit=5&dead_letters=true'
  const { text } = await ask(where, { path: `/spool/export?${query}` })
  assert.equal(text, '{"uuid":"1"}\n')
  assert.deepEqual(asked, [
    { output: 'slack', limit: 5, maxSeverity: 3, sinceMs: Date.UTC(2026, 0, 1), untilMs: undefined, deadLetters: true }
  ])
  assert.equal((await ask(where, { path: '/spool/export?what=all' })).status, 400)
})
