import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { ControlClient } from '../../../src/control/client.ts'
import { HttpTransport } from '../../../src/control/transport.ts'

/** A client of a server that answers like this. */
async function ask(t: TestContext, listener: RequestListener, token?: string) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new ControlClient(new HttpTransport(new URL(url), token))
  t.after(() => client.close())
  return { client, url }
}

const answer =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

async function linesOf(client: ControlClient): Promise<string[]> {
  const all: string[] = []
  for await (const lines of client.lines('GET', '/spool/export')) all.push(...lines)
  return all
}

test('a request has the prefix of the API, its parameters, and the token', async t => {
  const { client } = await ask(
    t,
    (request, response) => response.end(JSON.stringify([request.method, request.url, request.headers.authorization])),
    'token-of-a-test'
  )
  const query = { output: 'a&b', id: [1, 2], rule: undefined, limit: 3 }
  assert.deepEqual(await client.get('/dead-letters', { query }), [
    'GET',
    '/api/v1/dead-letters?output=a%26b&id=1&id=2&limit=3',
    'Bearer token-of-a-test'
  ])
})

const failures: readonly [what: string, listener: RequestListener, message: RegExp][] = [
  [
    'a wrong token',
    answer(401, { error: 'unauthorized', message: 'this is not the token' }),
    /^http:\S+ does not let us: this is not the token; put the token of server\.token into the environment variable TERCEL_TOKEN$/
  ],
  ['what is refused', answer(409, { error: 'busy', message: 'try\u001b again' }), /^try\\x1b again$/],
  [
    'an older tercel',
    answer(404, { error: 'not_found', message: 'nothing' }),
    /^the tercel at http:\S+ does not know what it is asked for; it is another version than this command/
  ],
  ['another server', (_, response) => response.end('<html>'), /is not the API of tercel: check the address$/],
  ['another server that refuses', (_, response) => response.writeHead(404).end('no'), /is not the API of tercel/],
  ['a connection that ends', request => request.socket.destroy(), /the connection was closed before it answered/]
]

for (const [what, listener, message] of failures) {
  test(`${what} is told with what to do`, async t => {
    const { client } = await ask(t, listener)
    await assert.rejects(client.get('/status'), error => {
      assert.ok(error instanceof TercelError && error.code === 'TERCEL_CONTROL')
      assert.match(error.message, message)
      return true
    })
  })
}

test('that one thing is not there is said as the server says it', async t => {
  const { client } = await ask(t, answer(404, { error: 'not_found', message: 'there is no dead letter 5' }))
  await assert.rejects(client.get('/dead-letters/5', { one: true }), /^TercelError: there is no dead letter 5$/)
})

test('that nobody listens is told', async t => {
  const client = new ControlClient(new HttpTransport(new URL('http://127.0.0.1:1')))
  t.after(() => client.close())
  await assert.rejects(client.get('/status'), /http:\/\/127\.0\.0\.1:1: it refuses the connection: is it running/)
})

test('lines come whole, whatever the pieces in which they arrive', async t => {
  const { client } = await ask(t, async (_, response) => {
    for (const piece of ['{"a', '":1}\n{"b":"\u2028"}', '\n{"c":3}\n']) {
      await new Promise<void>(resolve => response.write(piece, () => resolve()))
    }
    response.end()
  })
  assert.deepEqual(await linesOf(client), ['{"a":1}', '{"b":"\u2028"}', '{"c":3}'])
})

test('an error behind some lines is thrown, and the lines before it are given', async t => {
  const { client } = await ask(t, (_, response) => {
    response.end('{"a":1}\n{"error":"unavailable","message":"the disk is gone"}\n')
  })
  const got: string[] = []
  await assert.rejects(async () => {
    for await (const lines of client.lines('GET', '/spool/export')) got.push(...lines)
  }, /^TercelError: the disk is gone$/)
  assert.deepEqual(got, ['{"a":1}'])
})

test('an answer that breaks off is no whole one', async t => {
  const { client } = await ask(t, (_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"a":1}\n', () => response.destroy())
  })
  await assert.rejects(linesOf(client), /the connection was closed/)
})
