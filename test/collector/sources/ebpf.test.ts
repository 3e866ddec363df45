import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { Event } from '../../../collector/event.ts'
import { FieldTag, FrameKind } from '../../../collector/layout.ts'
import { nothingToCommit } from '../../../collector/source.ts'
import { EbpfSource } from '../../../collector/sources/ebpf.ts'
import {
  configuredFrame,
  exitFrame,
  frameOf,
  type HelloFrame,
  helloFrame,
  imageFields,
  processFrame,
  scannedFrame,
  statsFrame,
  syscallFrame
} from '../frame-builder.ts'
import { temporaryDirectory, until } from '../support.ts'
import { isSyscall, run } from './ebpf-support.ts'
import { FakeReader } from './fake-reader.ts'

const open = (path: string, task = {}) =>
  syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: path }], ...task })

describe('a connection to the reader', { concurrency: true }, () => {
  test('begins with the calls to trace, by number; what the sensor does not know is left out', async t => {
    const reader = await FakeReader.start(t)
    run(t, reader.path, { types: ['connect', 'openat', 'execve', 'bpf'] })
    const connection = await reader.connection(1)
    await until('it is configured', () => connection.messages.length > 0)
    assert.deepEqual(connection.messages, [{ kind: 'configure', generation: 1, calls: [6, 4, 1] }])
  })

  test('gives events with the processes that the scan told of', async t => {
    const reader = await FakeReader.start(t)
    const { events, states } = run(t, reader.path)
    const connection = await reader.connection(1)
    const shell = { pid: 100, startTime: 100, name: 'sh' }
    connection.send(
      helloFrame(),
      configuredFrame(),
      processFrame({ kind: FrameKind.process, ...shell, fields: imageFields(['sh']) }),
      scannedFrame(),
      open('/etc/passwd', shell),
      processFrame({ ...shell, name: 'id', fields: imageFields(['id']) }),
      open('/etc/shadow', { ...shell, name: 'id' })
    )
    await until('three events are there', () => events.length === 3)
    assert.deepEqual(events, ['openat sh /etc/passwd', 'execve id', 'openat id /etc/shadow'])
    assert.deepEqual(states, [{ state: 'running', message: 'tracing 2 system calls' }])
  })

  test('gives the time of events by the clock of the reader, as it was told last', async t => {
    const reader = await FakeReader.start(t)
    const times: bigint[] = []
    const onEvent = ({ time }: Event) => {
      times.push(time)
      return nothingToCommit
    }
    run(t, reader.path, { onEvent })
    const connection = await reader.connection(1)
    connection.send(helloFrame({ bootOffset: 5000 }), open('/x', { time: 7 }))
    connection.send(statsFrame([], -3000), open('/x', { time: 8 }))
    await until('both events are there', () => times.length === 2)
    assert.deepEqual(times, [5007n, -2992n])
  })

  test('gives processes with the parents that the scan told of after them', async t => {
    const reader = await FakeReader.start(t)
    const parents: unknown[] = []
    const onEvent = (event: Event) => {
      parents.push(isSyscall(event) && event.process.parent?.name)
      return nothingToCommit
    }
    run(t, reader.path, { onEvent })
    const connection = await reader.connection(1)
    const child = { pid: 200, startTime: 200 }
    connection.send(
      helloFrame(),
      processFrame({ kind: FrameKind.process, ...child, ppid: 100, parentStart: 100 }),
      processFrame({ kind: FrameKind.process, pid: 100, startTime: 100, name: 'sshd' }),
      scannedFrame(),
      open('/x', child)
    )
    await until('the event is there', () => parents.length > 0)
    assert.deepEqual(parents, ['sshd'])
  })

  test('gives no event for an exec that no rule asks for, nor for forks and exits', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path, { types: ['openat', 'execveat'] })
    const connection = await reader.connection(1)
    const child = { pid: 7, startTime: 700, name: 'sh' }
    connection.send(
      helloFrame(),
      processFrame({ kind: FrameKind.fork, ...child }),
      processFrame({ ...child, call: 1 }),
      processFrame({ ...child, call: 2 }),
      exitFrame(child),
      open('/last')
    )
    await until('the last event is there', () => events.includes('openat cat /last'))
    assert.deepEqual(events, ['execveat sh', 'openat cat /last'])
    await until('all are settled', () => connection.settled === 5)
  })

  test('goes on behind frames that make no sense', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path)
    const connection = await reader.connection(1)
    const broken = open('/cut')
    broken.writeUInt32LE(9999, 124)
    connection.send(helloFrame(), frameOf(99, 64), frameOf(FrameKind.syscall, 64), broken, open('/whole'))
    await until('the whole frame is there', () => events.length > 0)
    assert.deepEqual(events, ['openat cat /whole'])
  })

  test('ends when what comes is no stream of frames; the reason is told, and another one is tried', async t => {
    const reader = await FakeReader.start(t)
    reader.greet = connection => connection.send(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { states } = run(t, reader.path)
    await reader.connection(2)
    assert.equal(states[0]?.state, 'waiting')
    assert.match(states[0].message, /a frame of 1347703880 bytes: reader and collector do not fit together/)
  })

  const strangers: readonly [what: string, hello: HelloFrame, reason: RegExp][] = [
    ['another version', { version: 2 }, /version 2 of the stream, the collector 1: install both from the same release/],
    ['another magic', { magic: 1 }, /install both from the same release/]
  ]
  for (const [what, hello, reason] of strangers) {
    test(`with a reader of ${what} says so and waits for one that fits`, async t => {
      const reader = await FakeReader.start(t)
      reader.greet = connection => connection.send(helloFrame(hello), open('/before'))
      const { states, events } = run(t, reader.path)
      await reader.connection(2)
      assert.match(states[0]!.message, reason)
      reader.greet = connection => connection.send(helloFrame(), configuredFrame(), open('/after'))
      await until('it runs', () => events.length > 0)
      assert.deepEqual(events, ['openat cat /after'])
      assert.equal(states.at(-1)?.state, 'running')
    })
  }
})

describe('a reader that is away', { concurrency: true }, () => {
  test('is waited for', async t => {
    const reader = new FakeReader(join(temporaryDirectory(t), 'reader.sock'))
    t.after(() => reader.stop())
    const { states } = run(t, reader.path)
    await until('it waits', () => states.length > 0)
    assert.match(states[0]!.message, /^the reader at .*reader\.sock is away: connect ENOENT/)
    await reader.listen()
    await reader.connection(1)
  })

  test('is asked less often the longer it is away', async t => {
    const times: number[] = []
    const stopping = new AbortController()
    const onState = () => {
      times.push(performance.now())
      if (times.length === 4) stopping.abort()
    }
    const socket = join(temporaryDirectory(t), 'reader.sock')
    const source = new EbpfSource({ socket, types: [], processes: 1, onState })
    await source.start(() => nothingToCommit, stopping.signal)
    const pauses = times.slice(1).map((time, index) => time - times[index]!)
    // A timer may be late, but not early (but for its rounding).
    for (const [index, least] of [100, 200, 400].entries()) assert.ok(pauses[index]! > least - 2, `${pauses}`)
  })

  test('finds the collector again, which asks for its calls anew and forgets the processes', async t => {
    const reader = await FakeReader.start(t)
    const { events, states } = run(t, reader.path)
    const first = await reader.connection(1)
    const shell = { pid: 100, startTime: 100 }
    const before = processFrame({ kind: FrameKind.process, ...shell, fields: imageFields(['sh']) })
    // The last frame is cut: what is left of it must not run into the next connection.
    first.send(helloFrame(), configuredFrame(), before, open('/before', shell), open('/lost').subarray(0, 44))
    await until('the first event is there', () => events.length === 1)
    first.end()
    const second = await reader.connection(2)
    second.send(helloFrame({ connection: 2 }), configuredFrame(), open('/after', shell))
    await until('the second event is there', () => events.length === 2)
    assert.deepEqual(events, ['openat sh /before', 'openat cat /after'])
    await until('it is configured', () => second.messages.some(({ kind }) => kind === 'configure'))
    assert.match(states[1]!.message, /is away: it closed the connection$/)
    assert.deepEqual(
      states.map(({ state }) => state),
      ['running', 'waiting', 'running']
    )
  })
})

describe('the source', { concurrency: true }, () => {
  test('fails when the reader cannot attach, and says what to do', async t => {
    const reader = await FakeReader.start(t)
    reader.greet = connection => connection.send(helloFrame(), configuredFrame(1))
    const { stopped } = run(t, reader.path)
    await assert.rejects(stopped, (error: unknown) => {
      assert.ok(error instanceof TercelError)
      assert.equal(error.code, 'TERCEL_SENSOR')
      assert.match(error.message, /errno 1\b.*TERCEL_READER_DEBUG=1/)
      return true
    })
    assert.equal(reader.connections.length, 1)
  })

  test('stops at once when it is told to, in a connection', async t => {
    const reader = await FakeReader.start(t)
    const { stopping, stopped, states } = run(t, reader.path)
    const connection = await reader.connection(1)
    connection.send(helloFrame(), configuredFrame())
    await until('it runs', () => states.length === 1)
    stopping.abort()
    await stopped
    await until('the connection is closed', () => connection.closed)
    assert.equal(states.length, 1, 'the reader is not called away')
  })

  test('takes what the reader has already sent, and settles it, before it leaves', async t => {
    const reader = await FakeReader.start(t)
    const commit = Promise.withResolvers<void>()
    const { stopping, stopped, events, states } = run(t, reader.path, { onEvent: () => commit.promise })
    const connection = await reader.connection(1)
    connection.send(helloFrame(), configuredFrame())
    await until('it runs', () => states.length === 1)
    stopping.abort()
    connection.send(open('/on-its-way', processFrame({ kind: FrameKind.exec })))
    await until('it says that it leaves', () => connection.messages.some(({ kind }) => kind === 'leave'))
    await until('what was on its way is taken', () => events.length > 0)
    assert.equal(connection.closed, false, 'the commit is awaited')
    commit.resolve()
    await stopped
    await until('it is settled', () => connection.settled > 0)
  })

  test('stops soon even when the reader does not answer and the spool does not commit', async t => {
    const reader = await FakeReader.start(t)
    const { stopping, stopped, states } = run(t, reader.path, { onEvent: () => new Promise(() => {}) })
    const connection = await reader.connection(1)
    connection.send(helloFrame(), configuredFrame(), open('/stuck', processFrame({ kind: FrameKind.exec })))
    await until('it runs', () => states.length === 1)
    stopping.abort()
    await stopped
  })

  test('takes nothing from what does not introduce itself as a reader', async t => {
    const reader = await FakeReader.start(t)
    reader.greet = connection => connection.send(configuredFrame())
    const { states } = run(t, reader.path)
    await until('it says why', () => states.length > 0)
    assert.match(states[0]!.message, /did not introduce itself/)
  })

  test('stops at once when it is told to, between two connections', async t => {
    const { stopping, stopped, states } = run(t, join(temporaryDirectory(t), 'reader.sock'))
    await until('the pause is long', () => states.length === 3)
    const start = performance.now()
    stopping.abort()
    await stopped
    assert.ok(performance.now() - start < 300)
  })

  test('does not start when it was stopped before', async t => {
    const reader = await FakeReader.start(t)
    const { source } = run(t, join(temporaryDirectory(t), 'other.sock'))
    await source.start(() => Promise.reject(new Error('emitted')), AbortSignal.abort())
    assert.equal(reader.connections.length, 0)
  })

  test('reads stats only from whole frames', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path)
    const connection = await reader.connection(1)
    connection.send(helloFrame(), statsFrame([0, 5]).subarray(0, 72))
    connection.send(statsFrame([0, 5]).subarray(72), open('/last'))
    await until('the last event is there', () => events.length === 2)
    assert.deepEqual(events, ['drop ring_full=5', 'openat cat /last'])
  })
})
