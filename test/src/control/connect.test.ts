import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { startFilled } from '../commands/control-support.ts'
import { tercelBeside } from '../commands/tercel.ts'
import { temporaryDirectory } from '../delivery/support.ts'

const token = 'a-token-of-a-test'

test('a tercel elsewhere is asked by its URL, with the token of the environment', async t => {
  const { server } = await startFilled(t, { server: { token } })
  const { host, port } = server.address!
  const url = `http://${host}:${port}`
  const run = (env: Record<string, string>, ...args: readonly string[]) => tercelBeside([...args, '--url', url], env)
  const [reading, changing, wrong, right, impossible] = await Promise.all([
    run({}, 'dlq', 'list'),
    run({}, 'dlq', 'drop', '--id', '1', '--yes'),
    run({ TERCEL_TOKEN: 'another-token-of-a-test' }, 'spool', 'status'),
    run({ TERCEL_TOKEN: token }, 'dlq', 'drop', '--id', '2', '--yes'),
    run({ TERCEL_TOKEN: 'two\nlines' }, 'spool', 'status')
  ])
  const remedy = 'put the token of server.token into the environment variable TERCEL_TOKEN\n'
  for (const { exitCode, stdout, stderr } of [reading, changing, wrong]) {
    assert.deepEqual([exitCode, stdout], [69, ''])
    assert.ok(stderr.startsWith(`tercel: ${url} does not let us: `) && stderr.endsWith(remedy), stderr)
    assert.ok(!stderr.includes('another-token'))
  }
  assert.deepEqual([right.exitCode, right.stdout], [0, 'deleted 1 dead letter\n'])
  assert.deepEqual([impossible.exitCode, impossible.stdout], [69, ''])
  assert.match(impossible.stderr, /what TERCEL_TOKEN holds is no token/)
})

test('where no tercel runs, its spool answers in the same way, and that is said', async t => {
  const { tercel, server, spool, directory, socket } = await startFilled(t)
  const online = await tercel('dlq', 'list')
  await server.close()
  await spool.close()
  // As a process leaves it that is killed.
  const left = createServer().listen(socket)
  await new Promise(resolve => left.once('listening', resolve))
  const offline = tercel('dlq', 'list')
  left.close()
  assert.equal((await offline).stdout, online.stdout)
  assert.equal((await offline).stderr, `tercel: no tercel runs on ${directory}/spool: its spool is opened here\n`)
  const replayed = await tercel('dlq', 'replay', '--output', 'hook')
  assert.deepEqual([replayed.exitCode, replayed.stdout], [0, 'replayed 3 dead letters of hook\n'])
  const status = JSON.parse((await tercel('spool', 'status', '--json')).stdout)
  assert.deepEqual([status.sensor.state, status.outputs[0].books.waiting], ['offline', 4])
})

test('a tercel that runs and cannot be asked is called that', async t => {
  const { tercel, directory } = await startFilled(t, { server: { enabled: false } })
  const { exitCode, stdout, stderr } = await tercel('spool', 'status')
  assert.deepEqual([exitCode, stdout], [69, ''])
  const where = `${directory}/spool/control.sock`
  assert.ok(stderr.includes(`a tercel runs on ${directory}/spool, and nobody answers at its control socket ${where}: `))
  assert.doesNotMatch(stderr, /is opened here/)
})

test('a spool that is not there is not made', async t => {
  const directory = temporaryDirectory(t)
  const config = join(directory, 'tercel.yaml')
  writeFileSync(config, 'spool: {directory: nowhere}\noutputs: [{type: stdout}]\n')
  const { exitCode, stdout, stderr } = await tercelBeside(['spool', 'status', '-c', config])
  assert.deepEqual([exitCode, stdout], [74, ''])
  assert.match(stderr, /^tercel: there is no spool in \S+\/nowhere .*spool\.directory/)
  assert.equal(existsSync(join(directory, 'nowhere')), false)
})

test('a configuration whose spool cannot be found is told with its line', async t => {
  const config = join(temporaryDirectory(t), 'tercel.yaml')
  writeFileSync(config, 'spool: {directry: x}\noutputs: [{type: no-such-type}]\n')
  const { exitCode, stderr } = await tercelBeside(['spool', 'status', '-c', config])
  assert.equal(exitCode, 78)
  assert.equal(
    stderr,
    `tercel: ${config} has a problem\n${config}:1:9: unknown key directry: expected one of directory, max_bytes; did you mean directory?\n`
  )
})

const nobody = 65_534
const skip =
  process.getuid?.() === 0 && spawnSync('node', ['--version'], { uid: nobody }).status === 0 ? false : 'needs root'

test('another user is told who may ask', { skip }, async t => {
  const { config, socket, directory } = await startFilled(t)
  chmodSync(directory, 0o755)
  for (const mode of [0o755, 0o700]) {
    chmodSync(dirname(socket), mode)
    const { exitCode, stdout, stderr } = await tercelBeside(['dlq', 'list', '-c', config], {}, { uid: nobody })
    assert.deepEqual([exitCode, stdout], [69, ''])
    assert.equal(
      stderr,
      `tercel: no permission to use ${socket}, which belongs to user root: run this as root (sudo) or as that user\n`
    )
  }
})

test('root opens a spool as its owner, and an export is written where root may write', { skip }, async t => {
  const { tercel, server, spool, directory } = await startFilled(t)
  await server.close()
  await spool.close()
  chmodSync(directory, 0o755)
  const folder = join(directory, 'spool')
  for (const path of [folder, ...readdirSync(folder).map(name => join(folder, name))]) chownSync(path, nobody, nobody)
  const file = join(temporaryDirectory(t), 'alerts.jsonl')
  const { exitCode, stderr } = await tercel('spool', 'export', '--file', file)
  assert.deepEqual(
    [exitCode, stderr.split('\n')[0]],
    [0, `tercel: no tercel runs on ${folder}: its spool is opened here`]
  )
  assert.ok(statSync(file).size > 0)
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).uid, nobody, name)
})
