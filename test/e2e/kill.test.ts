import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import {
  alertsIn,
  childrenOf,
  install,
  Running,
  readerProgram,
  startTercel,
  temporaryFolder,
  until,
  withoutBpf
} from './support.ts'

suite('a collector that is killed', { skip: withoutBpf }, () => {
  test('misses nothing when it is stopped and started again under load: what it did not take waits in the ring', async t => {
    const installation = install(temporaryFolder())
    mkdirSync(dirname(installation.socket))
    const reader = new Running(readerProgram, ['--socket', installation.socket])
    t.after(async () => void (await reader.stop()))
    const opener = join(installation.folder, 'opener')
    const link = join(installation.folder, 'link')
    symlinkSync('/etc/shadow', link)
    // Few enough for the limit of the rule, and slow enough for three restarts.
    writeFileSync(opener, 'i=0; while [ $i -lt 600 ]; do : < "$1"; i=$((i+1)); cat /dev/null; done\n')

    let collector = await startTercel('collector', installation, t)
    const load = spawn('sh', [opener, link], { stdio: 'ignore' })
    const finished = new Promise(resolve => load.once('exit', resolve))
    for (let round = 0; round < 3; round++) {
      const seen = alertsIn(installation).length
      await until(() => alertsIn(installation).length > seen || load.exitCode !== null, 'another alert')
      assert.equal(await collector.stop(), 0)
      collector = await startTercel('collector', installation, t)
    }
    await finished
    const ofLink = () => alertsIn(installation).filter(alert => alert.output_fields['fd.nameraw'] === link)
    await until(
      () => ofLink().length >= 600,
      () => `all alerts; there are ${ofLink().length}`
    )
    assert.equal(ofLink().length, 600)
    assert.deepEqual(
      alertsIn(installation).filter(({ source }) => source === 'internal'),
      []
    )
  })

  test('takes no loss with it: what the ring could not hold while it stood still is reported by the next one', async t => {
    const installation = install(temporaryFolder())
    mkdirSync(dirname(installation.socket))
    const reader = new Running(readerProgram, ['--socket', installation.socket])
    t.after(async () => void (await reader.stop()))
    const stalled = await startTercel('collector', installation, t)
    stalled.child.kill('SIGSTOP')
    // More than 32 MiB of frames.
    const opens = "for (let i = 0; i < 300000; i++) fs.closeSync(fs.openSync('/etc/hostname'))"
    assert.equal(spawnSync(process.execPath, ['-e', opens]).status, 0)
    await stalled.stop('SIGKILL')

    await startTercel('collector', installation, t)
    const rules = ['Internal: sensor gap', 'Internal: syscall event drop']
    await until(() => rules.every(name => alertsIn(installation).some(({ rule }) => rule === name)), 'both reports')
    const drop = alertsIn(installation).find(({ rule }) => rule === 'Internal: syscall event drop')
    assert.match(String(drop?.output), /ring_full=[1-9]/)
  })

  test('is started again by the supervisor, and the reader goes on', async t => {
    const installation = install(temporaryFolder())
    const running = await startTercel('run', installation, t)
    const { collector, reader } = childrenOf(running)
    process.kill(collector, 'SIGKILL')
    await until(() => running.stderr.includes('the collector ended (SIGKILL)'), 'word of it in the log')
    await until(() => running.stderr.split('"state":"running"').length === 3, 'the new collector to watch')
    assert.equal(childrenOf(running).reader, reader)
  })
})

test('a reader that is killed is started again, and the gap is reported', { skip: withoutBpf }, async t => {
  const installation = install(temporaryFolder())
  const running = await startTercel('run', installation, t)
  const { reader } = childrenOf(running)
  process.kill(reader, 'SIGKILL')
  await until(
    () => alertsIn(installation).some(({ output }) => output.includes('reader_restarts=1')),
    'the report of the gap'
  )
})
