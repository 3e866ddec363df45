import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { configuredFrame, helloFrame } from '../collector/frame-builder.ts'
import { FakeReader } from '../collector/sources/fake-reader.ts'
import { FullPipe } from './full-pipe.ts'
import {
  alertWith,
  install,
  mainProgram,
  Running,
  readerProgram,
  startTercel,
  temporaryFolder,
  until,
  withoutBpf
} from './support.ts'

const sensitiveRead = 'Sensitive file read by untrusted program'

test('SIGTERM ends a collector whose standard output nobody reads; its alerts wait in the spool', {
  skip: withoutBpf
}, async t => {
  const installation = install(temporaryFolder(), 'shutdown_seconds: 1\n')
  mkdirSync(dirname(installation.socket))
  const reader = new Running(readerProgram, ['--socket', installation.socket])
  t.after(async () => void (await reader.stop()))
  const pipe = new FullPipe(installation.folder)
  t.after(() => pipe.close())
  const stuck = await startTercel('collector', installation, t, { stdout: pipe.fd })
  const marker = join('/nonexistent', 'nobody-reads')
  spawnSync('cat', ['/etc/shadow', marker])
  await alertWith(installation, sensitiveRead, marker) // in the file: it is in the spool, and the pipe does not take it

  const asked = Date.now()
  assert.equal(await stuck.stop(), 0)
  assert.ok(Date.now() - asked < 3000, `it took ${Date.now() - asked} ms`)
  const { config, spool } = installation
  const lines = stuck.stderr
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  assert.match(String(lines[0]?.msg), /^tercel \d+\.\d+\.\d+ starts$/)
  assert.deepEqual([lines[0]?.config, lines[0]?.spool], [config, spool])
  assert.deepEqual(
    lines.slice(-3).map(({ msg }) => msg),
    [
      'stopping: outputs may go on sending for 1 s',
      'alerts wait in the spool for the next start',
      'stopped: alerts that were not delivered wait in the spool'
    ]
  )
  const { output, waiting } = lines.at(-2)!
  assert.equal(output, 'stdout')
  assert.ok(Number(waiting) > 0, `${waiting}`)

  const next = await startTercel('collector', installation, t)
  await until(() => next.stdout.includes(marker), 'the alert on standard output')
})

test('a reader that cannot trace ends the collector at once, with the reason', async t => {
  const { config, socket } = install(temporaryFolder(), 'shutdown_seconds: 60\n')
  mkdirSync(dirname(socket))
  const reader = new FakeReader(socket)
  reader.greet = connection => connection.send(helloFrame(), configuredFrame(1))
  await reader.listen()
  t.after(() => reader.stop())
  const collector = new Running(process.execPath, [mainProgram, 'collector', '--config', config])
  t.after(async () => void (await collector.stop('SIGKILL')))
  const asked = Date.now()
  assert.equal(await collector.ended, 78)
  assert.ok(Date.now() - asked < 20_000, `it took ${Date.now() - asked} ms`)
  assert.match(collector.stderr, /could not attach to the system calls/)
})

test('a reader that stays away is one line of the log, however often it is tried', async t => {
  const { config, socket } = install(temporaryFolder())
  mkdirSync(dirname(socket))
  const reader = new FakeReader(socket)
  reader.greet = connection => connection.end()
  await reader.listen()
  t.after(() => reader.stop())
  const collector = new Running(process.execPath, [mainProgram, 'collector', '--config', config])
  t.after(async () => void (await collector.stop()))
  await reader.connection(5)
  assert.equal(collector.stderr.split('"state":"waiting"').length - 1, 1, collector.stderr)
})

suite('a command that prints into a pipe which is full waits until somebody reads:', () => {
  const { config } = install(temporaryFolder())
  const cases: readonly [args: string[], expected: RegExp][] = [
    [['version'], /^tercel \d.*\n$/m],
    [['--version'], /^\d+\.\d+\.\d+\n$/m],
    [['--help'], /^Usage: tercel/m],
    [['validate', '--config', config], /: ok \(\d+ rules, 2 outputs\)\n$/m]
  ]
  for (const [args, expected] of cases) {
    test(args[0]!, async () => {
      const pipe = new FullPipe(temporaryFolder())
      const child = spawn(process.execPath, [mainProgram, ...args], { stdio: ['ignore', pipe.fd, 'inherit'] })
      const ended = new Promise(resolve => child.once('exit', resolve))
      // It ends by itself only if it does not wait; the test holds however slow it starts.
      await Promise.race([ended, delay(500)])
      const before = pipe.read()
      assert.match(before, /^\.+$/)
      assert.equal(await ended, 0)
      assert.match(pipe.read(), expected)
      pipe.close()
    })
  }
})
