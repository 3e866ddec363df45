import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { suite, test } from 'node:test'
import { callOfName } from '../../collector/calls.ts'
import { configureMessage, settledMessage } from '../../collector/control.ts'
import { ControlKind, FrameKind } from '../../collector/layout.ts'
import { RawCollector } from './raw-collector.ts'
import { startReader } from './sensor-support.ts'
import { until, withoutBpf } from './support.ts'

/** A control message whose header says what the test wants. */
function message(length: number, kind: number, ...words: number[]): Buffer {
  const bytes = Buffer.alloc(8 + 4 * words.length)
  bytes.writeUInt32LE(length, 0)
  bytes.writeUInt8(kind, 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32LE(word, 8 + 4 * index)
  return bytes
}

const { configure, settled, leave } = ControlKind

const nonsense: readonly [what: string, bytes: Buffer][] = [
  ['nothing but zeros', Buffer.alloc(64)],
  ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a length below the header', message(4, configure)],
  ['a length that is no multiple of eight', message(17, configure, 1, 0)],
  ['a length above what is taken', message(4104, configure, 1, 0)],
  ['the greatest length', message(0xfffffff8, configure, 1, 0)],
  ['a kind that is none', message(8, 63)],
  ['the kind of a frame', message(8, FrameKind.exec)],
  ['a configuration without its number of calls', message(8, configure)],
  ['more calls than the message holds', message(16, configure, 1, 1)],
  ['more calls than there can be', message(16, configure, 1, 0xffffffff)],
  ['a number of calls that doubles to nothing', message(16, configure, 1, 0x80000000)],
  ['the settling of an event that was never sent', settledMessage(2 ** 60)],
  ['a settling that is too short', message(8, settled)],
  ['a settling that is too long', message(24, settled, 0, 0, 0, 0)],
  ['a leave that is too long', message(16, leave, 0, 0)]
]

suite('a collector that sends nonsense is disconnected, and the next one is served', { skip: withoutBpf }, () => {
  test('each kind of nonsense', async t => {
    const { reader, socket } = await startReader(t)
    for (const [what, bytes] of nonsense) {
      await t.test(what, async () => {
        const collector = await new RawCollector(socket).greeted()
        collector.socket.write(bytes)
        await until(() => collector.closed, 'the end of the connection')
        assert.equal(reader.child.exitCode, null)
        const next = await new RawCollector(socket).greeted()
        assert.equal(next.unsettled, 0)
        await next.leave()
      })
    }
  })

  test('random bytes', async t => {
    const { reader, socket } = await startReader(t)
    let state = 1
    const random = () => {
      state = Math.imul(state, 1103515245) + 12345
      return (state >>> 16) & 0xff
    }
    for (let round = 0; round < 100; round++) {
      const collector = await new RawCollector(socket).greeted()
      const bytes = Buffer.from(Array.from({ length: 8 + (random() % 64) }, random))
      // Half of them are messages of a kind that there is.
      if (round % 2) bytes.set(message((bytes.length >> 3) << 3, configure + (round % 3)).subarray(0, 5))
      collector.socket.end(bytes)
      await until(() => collector.closed, 'the end of the connection')
    }
    assert.equal(reader.child.exitCode, null)
  })
})

suite('the reader serves one collector of the right user', { skip: withoutBpf }, () => {
  const comes = () => spawnSync('true')

  test('calls that it does not know are not traced, and the others are', async t => {
    const { socket } = await startReader(t)
    const collector = await new RawCollector(socket).greeted()
    t.after(() => collector.leave())
    collector.socket.write(configureMessage(1, [0, 999, 65535, callOfName.get('execve')!.number]))
    await until(() => collector.framesOf(FrameKind.configured) > 0, 'the acknowledgement')
    comes()
    await until(() => collector.framesOf(FrameKind.exec) > 0, 'an exec')
  })

  test('a message that comes in pieces does not hold up events', async t => {
    const { socket } = await startReader(t)
    const collector = await (await new RawCollector(socket).greeted()).configure('execve')
    t.after(() => collector.leave())
    const whole = settledMessage(0)
    collector.socket.write(whole.subarray(0, 11))
    const before = collector.framesOf(FrameKind.exec)
    comes()
    await until(() => collector.framesOf(FrameKind.exec) > before, 'an exec')
    collector.socket.write(whole.subarray(11))
    comes()
    await until(() => collector.framesOf(FrameKind.exec) > before + 1, 'another exec')
    assert.equal(collector.closed, false)
  })

  test('a second collector waits until the first has left', async t => {
    const { socket } = await startReader(t)
    const first = await (await new RawCollector(socket).greeted()).configure('execve')
    const second = new RawCollector(socket)
    t.after(() => second.leave())
    const before = first.framesOf(FrameKind.exec)
    comes()
    await until(() => first.framesOf(FrameKind.exec) > before, 'an exec')
    assert.equal(second.framesOf(FrameKind.hello), 0)
    await first.leave()
    await second.greeted()
  })

  test('a process of another user gets nothing, even where it can reach the socket', async t => {
    const { reader, socket } = await startReader(t)
    const connectAs = (user: string) => {
      const program = `const s = require('net').connect(process.argv[1]); s.on('error', e => console.log(e.code));
        s.on('data', () => console.log('data')); s.on('close', () => process.exit())`
      const setpriv = ['--reuid', user, '--regid', user, '--clear-groups', process.execPath, '-e', program, socket]
      return spawnSync('setpriv', setpriv, { encoding: 'utf8' }).stdout.trim()
    }
    assert.equal(connectAs('65534'), 'EACCES')
    chmodSync(socket, 0o666)
    assert.notEqual(connectAs('65534'), 'data')
    assert.equal(reader.child.exitCode, null)
    const own = await new RawCollector(socket).greeted()
    await own.leave()
  })
})
