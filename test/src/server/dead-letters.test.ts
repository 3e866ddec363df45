import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { DeadLetter } from '../../../src/delivery/records.ts'
import type { ApiParts, ApiSpool } from '../../../src/server/api.ts'
import { createApp } from '../../../src/server/app.ts'
import { addDeadLetterRoutes } from '../../../src/server/routes/dead-letters.ts'
import { MemoryLog, until } from '../delivery/support.ts'
import { ask } from './support.ts'

async function serve(t: TestContext, spool: Partial<ApiSpool>) {
  const log = new MemoryLog()
  const app = createApp(log)
  addDeadLetterRoutes(app, { log, spool } as unknown as ApiParts)
  t.after(() => {
    app.server.closeAllConnections()
    return app.close()
  })
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  return { host: '127.0.0.1', port: Number(port) }
}

const letter = { id: 1, output: 'a', reason: '400', attempts: 1, deadMs: 0, rule: 'R', priority: 'Error', json: '{}' }

test('dead letters are listed and counted for two at a time, the others are told to try again', async t => {
  const going = Promise.withResolvers<void>()
  let asked = 0
  const where = await serve(t, {
    async deadLetters() {
      asked += 1
      await going.promise
      return [letter as DeadLetter]
    },
    async countDeadLetters() {
      asked += 1
      await going.promise
      return []
    }
  })
  const first = [ask(where, { path: '/dead-letters' }), ask(where, { path: '/dead-letters/count' })]
  await until('both are asked', () => asked === 2)
  for (const path of ['/dead-letters', '/dead-letters/count', '/dead-letters/1']) {
    const { status, text } = await ask(where, { path })
    assert.deepEqual([status, JSON.parse(text).error], [503, 'busy'], path)
  }
  assert.equal(asked, 2)
  going.resolve()
  for (const { status } of await Promise.all(first)) assert.equal(status, 200)
  for (let time = 0; time < 5; time += 1) assert.equal((await ask(where, { path: '/dead-letters' })).status, 200)
})

test('a client that does not read its dead letters keeps its place until it is gone', async t => {
  // More than the kernel takes for a client that does not read.
  const large = { ...letter, json: JSON.stringify('x'.repeat(32 << 20)) } as DeadLetter
  let asked = 0
  const where = await serve(t, {
    async deadLetters(_, limit) {
      asked += 1
      return limit === 1 ? [large] : []
    }
  })
  const silent = Array.from({ length: 2 }, () => connect(where).pause())
  for (const socket of silent) socket.write('GET /dead-letters?limit=1 HTTP/1.1\r\nhost: localhost\r\n\r\n')
  await until('both are asked', () => asked === 2)
  assert.equal((await ask(where, { path: '/dead-letters' })).status, 503)
  for (const socket of silent) socket.destroy()
  await until('there is room', async () => (await ask(where, { path: '/dead-letters' })).status === 200)
})
