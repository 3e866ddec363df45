import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { FieldTag, FrameKind, offsets } from '../../collector/layout.ts'
import { RawCollector } from './raw-collector.ts'
import { compile, startReader, startSensor } from './sensor-support.ts'
import { temporaryFolder, until, withoutBpf } from './support.ts'

const processesAtMost = 2000

/** Runs a program while events are taken, and gives its process. */
async function run(program: string, ...args: (string | number)[]): Promise<number> {
  const child = spawn(program, args.map(String), { stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  return child.pid!
}

suite('under load', { skip: withoutBpf }, () => {
  const program = withoutBpf ? '' : compile('load')

  test('of 20,000 processes that live shortly every exec is told, with its arguments and its parent', async t => {
    const count = 5000
    const sensor = await startSensor(t, ['execve'], {
      processes: processesAtMost,
      keep: ({ process }) => process.exe === program
    })
    await run(program, 'storm', count)
    const expected = 2 * count + 1
    const lost = () => Object.values(sensor.losses).reduce((sum, n) => sum + n, 0)
    await until(
      () => sensor.events.length + lost() >= expected,
      () => `${expected} execs; there are ${sensor.events.length}, and ${lost()} events were lost`
    )
    const seen = new Set<string>()
    for (const { process } of sensor.events) {
      const [role, number] = process.args
      const parent = role === 'storm' ? undefined : role === 'middle' ? 'storm' : 'middle'
      seen.add(`${role} ${number}`)
      assert.equal(process.name, 'load')
      if (parent === undefined || lost() > 0) continue
      assert.equal(process.ancestors[0], 'load')
      assert.deepEqual(process.parentArgs, [parent, role === 'middle' ? `${count}` : number])
    }
    assert.ok(expected - seen.size <= lost(), `${expected - seen.size} missing, ${lost()} counted`)
    t.diagnostic(`${seen.size} of ${expected} execs, ${lost()} events lost`)
  })

  test('a thread that replaces and closes the descriptor does not hide what another asked to open', async t => {
    const count = 200_000
    const folder = temporaryFolder()
    const target = join(folder, 'target')
    const other = join(folder, 'other')
    const link = join(folder, 'link')
    for (const file of [target, other]) writeFileSync(file, '')
    symlinkSync('target', link)
    const { socket } = await startReader(t)
    const resolved = new Map<string, number>()
    let asked = 0
    const collector = new RawCollector(socket, ({ frames, fields }) => {
      if (fields.string(frames, FieldTag.path) !== link) return
      asked++
      const name = fields.string(frames, FieldTag.resolved) ?? 'none'
      resolved.set(name, (resolved.get(name) ?? 0) + 1)
    })
    t.after(() => collector.leave())
    await (await collector.greeted()).configure('openat2')
    await run(program, 'race', count, link, other)
    const { ring_full = 0, unresolved = 0 } = await collector.freshCounters()
    assert.equal(asked + ring_full, count)
    assert.deepEqual(
      [...resolved.keys()].filter(name => ![target, other, 'none'].includes(name)),
      []
    )
    assert.equal(resolved.get('none') ?? 0, unresolved)
    // How often it was in time is chance.
    assert.ok(resolved.get(target)! > 0)
    t.diagnostic(JSON.stringify(Object.fromEntries(resolved)))
  })

  test('events that find no room while the collector is stopped are counted, and the reader goes on', async t => {
    const { socket, reader } = await startReader(t)
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    let opened = 0
    const collector = new RawCollector(socket, ({ frames, fields }) => {
      if (fields.string(frames, FieldTag.path) === file) opened++
    })
    t.after(() => collector.leave())
    await (await collector.greeted()).configure('openat2')
    collector.socket.pause()
    const count = 400_000
    await Promise.all([run(program, 'opens', count, file), delay(2000)])
    assert.equal(reader.child.exitCode, null)
    collector.socket.resume()
    await until(() => opened > 0, 'the first events')
    const { frames: written = 0, ring_full: lost = 0 } = await collector.freshCounters()
    assert.ok(lost > 0, 'more than the ring holds')
    assert.ok(opened + lost >= count, `${opened} came and ${lost} were lost, of ${count}`)
    // Forks and exits of other programs are lost too, a few.
    assert.ok(opened + lost < count * 1.02, `${opened} came and ${lost} were lost, of ${count}`)
    assert.ok(collector.events >= written, `${collector.events} events came, ${written} were written`)
    const before = opened
    await run(program, 'opens', 1, file)
    await until(() => opened === before + 1, 'an event after that')
    t.diagnostic(`${opened} came, ${lost} lost`)
  })

  test('neither what the collector opens is told, nor what the reader does', async t => {
    const { socket, reader } = await startReader(t)
    const tgids = new Set<number>()
    const collector = new RawCollector(socket, ({ frames }, at) => void tgids.add(frames.u32(at + offsets.task.tgid)))
    t.after(() => collector.leave())
    await (await collector.greeted()).configure('open', 'openat', 'openat2', 'connect')
    writeFileSync(join(temporaryFolder(), 'mine'), '')
    // The scan of a second connection makes the reader open files.
    const pid = await run(program, 'opens', 1, '/')
    await until(() => tgids.has(pid), 'the event of another program')
    assert.equal(tgids.has(process.pid), false)
    assert.equal(tgids.has(reader.child.pid!), false)
    assert.ok(collector.framesOf(FrameKind.process) > 0)
  })
})
