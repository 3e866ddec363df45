import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { compile, type Seen, startSensor } from './sensor-support.ts'
import { entries } from './sockets-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const ECONNREFUSED = -111
const EFAULT = -14
const ENOENT = -2

const compat = process.arch === 'x64' ? false : 'this machine has no 32-bit entry'

async function listen(context: TestContext, where: object): Promise<Server> {
  const server = createServer(socket => socket.on('error', () => {})).listen(where)
  await once(server, 'listening')
  context.after(() => void server.close())
  return server
}

interface Case {
  readonly what: string
  /** KIND ADDRESS PORT HOW of the program `connects`. */
  readonly call: readonly [kind: string, address: string, port: number, how: string]
  readonly result?: number
  readonly char: string
  /** The far end, or the path; undefined where only the socket tells what it is. */
  readonly to: string | undefined
  /** The near end without its port; undefined where the socket has none. */
  readonly from?: string
  readonly protocol?: string
  readonly skip?: string | false
}

test('connects are what the program asked for and what its socket has', { skip: withoutBpf }, async t => {
  const program = compile('connects')
  const sensor = await startSensor(t, ['connect'], { keep: ({ process }) => process.name === 'connects' })
  const path = join(temporaryFolder(), 'socket')
  const server = await listen(t, { host: '127.0.0.1', port: 0 })
  const server6 = await listen(t, { host: '::1', port: 0 })
  await listen(t, { path })
  const { port } = server.address() as AddressInfo
  const { port: port6 } = server6.address() as AddressInfo
  const closed = 1

  const ipv4 = { char: '4', to: `127.0.0.1:${port}`, from: '127.0.0.1', protocol: 'tcp', result: 0 }
  const unix = { char: 'u', to: path, result: 0 }
  const cases: readonly Case[] = [
    { what: 'TCP over IPv4', call: ['tcp4', '127.0.0.1', port, 'plain'], ...ipv4 },
    {
      what: 'TCP over IPv6',
      call: ['tcp6', '::1', port6, 'plain'],
      ...ipv4,
      char: '6',
      to: `[::1]:${port6}`,
      from: '[::1]'
    },
    {
      what: 'IPv4 as IPv6 writes it',
      call: ['tcp6', '::ffff:127.0.0.1', port, 'plain'],
      ...ipv4
    },
    { what: 'UDP', call: ['udp4', '127.0.0.1', 53, 'plain'], ...ipv4, to: '127.0.0.1:53', protocol: 'udp' },
    { what: 'a Unix socket', call: ['unix', path, 0, 'plain'], ...unix },
    {
      what: 'a Unix socket that is not there',
      call: ['unix', '/missing', 0, 'plain'],
      ...unix,
      to: '/missing',
      result: ENOENT
    },
    {
      what: 'a Unix socket without a path',
      call: ['abstract', 'nobody', 0, 'plain'],
      ...unix,
      to: '@nobody',
      result: ECONNREFUSED
    },
    {
      what: 'a refusal',
      call: ['tcp4', '127.0.0.1', closed, 'plain'],
      ...ipv4,
      to: `127.0.0.1:${closed}`,
      result: ECONNREFUSED
    },
    { what: 'a pointer to nothing', call: ['tcp4', '127.0.0.1', port, 'bad'], ...ipv4, to: undefined, result: EFAULT },
    { what: 'an address in a page that was never touched', call: ['unix', path, 0, 'cold'], ...unix },
    { what: 'the same over TCP', call: ['tcp4', '127.0.0.1', port, 'cold'], ...ipv4 },
    { what: 'a length with bits that do not count', call: ['unix', path, 0, 'wide'], ...unix },
    { what: 'the 32-bit entry', call: ['unix', path, 0, 'compat'], ...unix, skip: compat },
    { what: 'the 32-bit entry, socketcall', call: ['tcp4', '127.0.0.1', port, 'socketcall'], ...ipv4, skip: compat }
  ]

  for (const { what, call, result, skip = false, ...wanted } of cases) {
    await t.test(what, { skip }, async () => {
      const { pid, printed } = await run(program, call)
      const [returned, descriptor, localPort] = printed.split(' ').map(Number)
      if (result !== undefined) assert.equal(returned, result)
      const seen = await sensor.eventsOf(pid, ({ type }) => type === 'connect')
      assert.equal(seen.length, 1)
      compare(seen[0]!, { ...wanted, returned, localPort }, descriptor)
    })
  }

  await t.test('one that does not wait', async () => {
    // Nobody answers at an address of the documentation (RFC 5737); without a route it fails at once.
    const { pid, printed } = await run(program, ['tcp4', '198.51.100.1', 80, 'nonblocking'])
    const [event] = await sensor.eventsOf(pid, ({ type }) => type === 'connect')
    assert.equal(event?.result, Number(printed.split(' ')[0]))
    assert.match(String(event?.descriptor?.name), /198\.51\.100\.1:80$/)
  })
})

test('a message that opens a connection is told as the connect that it is', { skip: withoutBpf }, async t => {
  const program = compile('sockets')
  for (const others of [[], ['sendto', 'sendmsg']]) {
    const sensor = await startSensor(t, ['connect', ...others], { keep: ({ process }) => process.name === 'sockets' })
    for (const entry of entries) {
      for (const call of ['sendto', 'sendmsg']) {
        await t.test(
          `${entry}: ${call}, ${others.length === 0 ? 'which nobody asked for' : 'beside others'}`,
          async () => {
            const calls = [
              ...['socket 2 1 0', 'bind 3 4:127.0.0.1:0', 'listen 3 1', 'socket 2 1 0', `${call}-fast 4 hello @3`],
              // Neither opens a connection: the flag is not for datagrams, and the other call lacks it.
              ...['socket 2 2 0', `${call}-fast 5 hello 4:127.0.0.1:9`, `${call} 5 hello 4:127.0.0.1:9`, 'join 5 @3']
            ]
            const words = [entry, ...calls.flatMap(words => [',', ...words.split(' ')])]
            const { pid, stdout, stderr } = spawnSync(program, words, { encoding: 'latin1' })
            assert.equal(stderr, '')
            const truth = JSON.parse(stdout.split('\n')[4]!) as { result: number; local: string; remote: string }
            assert.equal(truth.result, 5)
            const seen = await sensor.eventsOf(
              pid,
              ({ type, descriptor }) => type === 'connect' && descriptor?.number === 5
            )
            const told = others.length === 0 ? [] : [call, call]
            assert.deepEqual(
              seen.map(({ type }) => type),
              ['connect', ...told, 'connect']
            )
            const [{ result, args, descriptor, compat }] = seen as [Seen]
            assert.deepEqual([result, compat], [0, entry !== 'native'])
            const tuple = `${truth.local}->${truth.remote}`
            assert.deepEqual(args, { res: '0', fd: '4', addr: truth.remote, tuple })
            assert.deepEqual([descriptor?.name, descriptor?.l4proto], [tuple, 'tcp'])
            assert.deepEqual([descriptor?.connected, descriptor?.nameChanged], [true, true])
          }
        )
      }
    }
    await sensor.stop()
  }
})

test('a connect through a symbolic link names the socket, also where that which connects has a name', {
  skip: withoutBpf
}, async t => {
  const program = compile('sockets')
  const folder = temporaryFolder()
  symlinkSync('named', join(folder, 'link'))
  const sensor = await startSensor(t, ['connect', 'dup'], { keep: ({ process }) => process.name === 'sockets' })
  const calls = 'socket 1 1 0 , bind 3 u:named , listen 3 1 , socket 1 1 0 , bind 4 u:own , join 4 u:link , dup 4'
  const { pid, stderr } = spawnSync(program, ['native', ...` , ${calls}`.trim().split(' ')], { cwd: folder })
  assert.equal(stderr.toString(), '')
  const [connect, dup] = await sensor.eventsOf(pid, ({ type }) => type === 'dup')
  assert.deepEqual([connect?.descriptor?.name, connect?.descriptor?.nameAsked], [join(folder, 'named'), 'link'])
  assert.equal(dup?.descriptor?.name, join(folder, 'own'))
})

type Wanted = Omit<Case, 'what' | 'call' | 'skip' | 'result'> & {
  readonly returned: number | undefined
  readonly localPort: number | undefined
}

function compare(
  seen: Seen,
  { returned, localPort, char, to, from, protocol }: Wanted,
  number: number | undefined
): void {
  assert.equal(seen.result, returned)
  const { descriptor } = seen
  assert.equal(descriptor?.number, number)
  assert.equal(descriptor?.type?.char, char)
  assert.equal(descriptor?.l4proto, protocol)
  assert.equal(seen.args.addr, to ?? '<NA>')
  if (from === undefined) assert.equal(descriptor?.name, to)
  else if (returned === 0) assert.equal(descriptor?.name, `${from}:${localPort}->${to}`)
}

/** Runs the program while this process goes on, since it is the server. */
async function run(program: string, call: readonly (string | number)[]): Promise<{ pid: number; printed: string }> {
  const child = spawn(program, call.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  await once(child, 'close')
  return { pid: child.pid!, printed }
}
