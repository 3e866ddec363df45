import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createApp } from '../../../src/server/app.ts'
import { MemoryLog, temporaryDirectory, until } from '../delivery/support.ts'
import { ask, startServer } from './support.ts'

async function occupy(where: { port: number; host: string } | { path: string }): Promise<HttpServer> {
  const server = createServer((_, response) => response.end('somebody else'))
  server.listen(where)
  await once(server, 'listening')
  return server
}

async function release(server: HttpServer): Promise<void> {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
}

test('a port that is taken is waited for, which is said once', async t => {
  const other = await occupy({ host: '127.0.0.1', port: 0 })
  const { port } = other.address() as AddressInfo
  const { server, lines } = await startServer(t, { server: { listen: { host: '127.0.0.1', port } }, retryMs: 5 })
  assert.equal(server.address, undefined)
  const warnings = () => lines.filter(({ level }) => level === 'warn')
  await new Promise(resolve => setTimeout(resolve, 50))
  assert.deepEqual(
    warnings().map(({ message, reason, address }) => [message, reason, address]),
    [['the HTTP server cannot listen; it tries again', 'another program listens there', `127.0.0.1:${port}`]]
  )
  await release(other)
  await until('it listens', () => server.address !== undefined)
  assert.equal((await ask(server.address!, { path: '/healthz' })).status, 200)
  assert.equal(warnings().length, 1)
})

test('an address that this machine does not have stops nothing', async t => {
  const { server, lines, socket } = await startServer(t, { server: { listen: { host: '192.0.2.1', port: 1 } } })
  assert.equal(server.address, undefined)
  assert.match(String(lines.find(({ level }) => level === 'warn')?.reason), /this machine does not have that address/)
  assert.equal((await ask({ socketPath: socket }, { path: '/healthz' })).status, 200)
})

test('the control socket is its owner’s alone, the mask is as before, and it is gone at the end', async t => {
  const mask = process.umask(0o022)
  t.after(() => process.umask(mask))
  const { server, socket } = await startServer(t)
  assert.equal(statSync(socket).mode & 0o777, 0o600)
  assert.equal(process.umask(), 0o022)
  await server.close()
  assert.equal(existsSync(socket), false)
})

test('a control socket that was left behind is replaced', async t => {
  const directory = temporaryDirectory(t)
  const socket = join(directory, 'control.sock')
  // A process that is killed leaves its socket.
  const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 9))`
  await once(spawn(process.execPath, ['-e', script]), 'exit')
  assert.ok(statSync(socket).isSocket())
  const { lines } = await startServer(t, { server: { socket } })
  assert.equal((await ask({ socketPath: socket }, { path: '/healthz' })).status, 200)
  assert.deepEqual(
    lines.filter(({ level }) => level === 'warn'),
    []
  )
})

test('a control socket on which somebody answers is left alone, and had once it is free', async t => {
  const socket = join(temporaryDirectory(t), 'control.sock')
  const other = await occupy({ path: socket })
  const { lines } = await startServer(t, { server: { socket }, retryMs: 5 })
  assert.equal((await ask({ socketPath: socket }, { path: '/healthz' })).text, 'somebody else')
  assert.match(String(lines.find(({ level }) => level === 'warn')?.reason), /another tercel listens there/)
  await release(other)
  await until('it listens', () => existsSync(socket))
  assert.equal((await ask({ socketPath: socket }, { path: '/healthz' })).text, '{"healthy":true}')
})

test('what is no socket is not removed', async t => {
  const directory = temporaryDirectory(t)
  const file = join(directory, 'file')
  const link = join(directory, 'link')
  writeFileSync(file, 'precious')
  symlinkSync(file, link)
  for (const socket of [file, link]) {
    const { lines } = await startServer(t, { server: { socket } })
    assert.match(String(lines.find(({ level }) => level === 'warn')?.reason), /something else has that name/)
    assert.ok(existsSync(socket))
  }
})

const withoutRoot = process.getuid?.() === 0 ? false : 'needs root, to be another user'

test('the kernel refuses the control socket to other users', { skip: withoutRoot }, async t => {
  const directory = temporaryDirectory(t)
  chmodSync(directory, 0o755)
  // In a folder that is open to all: the mode of the socket alone has to keep them out.
  const { socket } = await startServer(t, { server: { socket: join(directory, 'control.sock') } })
  const script = `require('net').connect(${JSON.stringify(socket)})
    .on('connect', () => console.log('connected'))
    .on('error', error => console.log(error.code))`
  const connectAs = async (uid: number): Promise<string> => {
    const child = spawn(process.execPath, ['-e', script], { uid, gid: uid, cwd: '/' })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      child.kill()
    })
    await once(child, 'close')
    return said.trim()
  }
  assert.equal(await connectAs(0), 'connected')
  assert.equal(await connectAs(61_998), 'EACCES')
})

test('a crowd of silent clients keeps no probe out', async t => {
  const { server } = await startServer(t)
  const { host, port } = server.address!
  const crowd = Array.from({ length: 300 }, () => connect({ host, port }).on('error', () => {}))
  t.after(() => crowd.forEach(socket => void socket.destroy()))
  await Promise.all(crowd.map(socket => new Promise(resolve => socket.once('connect', resolve).once('close', resolve))))
  for (const socket of crowd) if (!socket.destroyed) socket.write('GET /healthz HTTP/1.1\r\nhost: ')
  assert.equal((await ask(server.address!, { path: '/healthz' })).status, 200)
  await until('the longest idle are gone', () => crowd.filter(({ destroyed }) => destroyed).length >= 200)
})

test('a crowd of clients that ask a thousand times at once keeps no probe out either', async t => {
  const { server } = await startServer(t)
  const { host, port } = server.address!
  const question = 'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'
  const crowd = Array.from({ length: 120 }, () => connect({ host, port }).on('error', () => {}))
  t.after(() => {
    for (const socket of crowd) socket.destroy()
  })
  for (const socket of crowd) socket.write(question.repeat(1_000))
  assert.equal((await ask(server.address!, { path: '/healthz' })).status, 200)
  await until('those that did not wait for their answer are gone', () => crowd.every(({ destroyed }) => destroyed))
})

test('an error of the server while it listens is logged, and no more than that', async t => {
  const log = new MemoryLog()
  const app = createApp(log)
  t.after(() => app.close())
  await app.listen({ port: 0, host: '127.0.0.1' })
  for (let i = 0; i < 3; i += 1) app.server.emit('error', new Error('accept EMFILE'))
  assert.deepEqual(log.messages, ['the server could not take a connection'])
})

test('what is no HTTP, and headers without end, are answered with JSON', async t => {
  const { server } = await startServer(t)
  const { host, port } = server.address!
  const cases: [sent: string, line: string][] = [
    ['\0\0\0\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    [`GET / HTTP/1.1\r\nx: ${'x'.repeat(9_000)}\r\n\r\n`, 'HTTP/1.1 431 Request Header Fields Too Large']
  ]
  for (const [sent, line] of cases) {
    const socket = connect({ host, port })
    socket.write(sent)
    const answer = Buffer.concat(await socket.toArray()).toString()
    assert.equal(answer.split('\r\n')[0], line)
    assert.equal(JSON.parse(answer.split('\r\n\r\n')[1]!).error, 'bad_request')
  }
})
