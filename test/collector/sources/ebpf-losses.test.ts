/** What the eBPF source says of events: which are settled, which were lost, and when it reads none. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { Event } from '../../../collector/event.ts'
import { FieldTag, FrameKind } from '../../../collector/layout.ts'
import { nothingToCommit } from '../../../collector/source.ts'
import {
  exitFrame,
  frameOf,
  type HelloFrame,
  helloFrame,
  processFrame,
  statsFrame,
  syscallFrame
} from '../frame-builder.ts'
import { temporaryDirectory, until } from '../support.ts'
import { isSyscall, run } from './ebpf-support.ts'
import { FakeReader } from './fake-reader.ts'

const open = (path: string) => syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: path }] })

describe('settled messages', { concurrency: true }, () => {
  /** A source whose events named /0, /1, … wait for the commits of these indices; others have nothing to commit. */
  async function withCommits(t: TestContext, count: number) {
    const commits = Array.from({ length: count }, () => Promise.withResolvers<void>())
    const reader = await FakeReader.start(t)
    const onEvent = (event: Event) => {
      const index = isSyscall(event) ? Number(event.descriptor?.name?.slice(1)) : Number.NaN
      return commits[index]?.promise ?? nothingToCommit
    }
    const { events, stopping, stopped } = run(t, reader.path, { onEvent })
    const connection = await reader.connection(1)
    connection.send(helloFrame())
    return { commits, connection, events, stopping, stopped, reader }
  }

  test('count every event of the stream, whatever its kind, and no frame that is none', async t => {
    const { connection } = await withCommits(t, 0)
    const process = { pid: 7, startTime: 7 }
    connection.send(
      processFrame({ kind: FrameKind.process, ...process }),
      processFrame({ kind: FrameKind.fork, ...process }),
      statsFrame([]),
      processFrame(process),
      open('/x'),
      syscallFrame({ call: 99 }),
      exitFrame(process)
    )
    await until('five events are settled', () => connection.settled === 5)
  })

  test('count events whose frames are too short or whose fields make no sense: the reader has sent them', async t => {
    const { connection, events } = await withCommits(t, 0)
    const cut = open('/cut')
    cut.writeUInt32LE(9999, 124)
    const short = [FrameKind.exec, FrameKind.fork, FrameKind.exit, FrameKind.syscall].map(kind => frameOf(kind, 8))
    connection.send(...short, cut, frameOf(FrameKind.process, 8), frameOf(99, 8), statsFrame([]), open('/x'))
    await until('the last event is settled', () => events.length === 2 && connection.settled === 6)
    assert.equal(events[0], 'drop malformed=7')
  })

  test('pass only what is committed, though commits come out of order', async t => {
    const { commits, connection, events } = await withCommits(t, 3)
    connection.send(open('/nothing'), open('/0'), open('/nothing'), open('/1'), open('/2'), open('/nothing'))
    await until('the first event is settled', () => connection.settled === 1)
    commits[1]!.resolve()
    commits[2]!.resolve()
    connection.send(open('/nothing'))
    await until('all events are there', () => events.length === 7)
    assert.equal(connection.settled, 1)
    commits[0]!.resolve()
    await until('all events are settled', () => connection.settled === 7)
  })

  test('never pass an event whose commit failed', async t => {
    const { commits, connection, events, stopping, stopped } = await withCommits(t, 1)
    connection.send(open('/nothing'), open('/0'), open('/nothing'))
    await until('all events are there', () => events.length === 3)
    commits[0]!.reject(new Error('the disk is full'))
    stopping.abort()
    await stopped
    await until('the connection is closed', () => connection.closed)
    assert.equal(connection.settled, 1)
  })

  test('go out once more before the source stops', async t => {
    const { connection, events, stopping, stopped } = await withCommits(t, 0)
    connection.send(open('/a'), open('/b'))
    await until('both events are there', () => events.length === 2)
    stopping.abort()
    await stopped
    await until('the connection is closed', () => connection.closed)
    assert.equal(connection.settled, 2)
  })

  test('count from the start of the connection', async t => {
    const { connection, commits, reader } = await withCommits(t, 1)
    connection.send(open('/a'), open('/b'), open('/0'))
    await until('two events are settled', () => connection.settled === 2)
    connection.close()
    const second = await reader.connection(2)
    second.send(helloFrame({ connection: 2 }), open('/c'), open('/d'))
    await until('as many events are settled', () => second.settled === 2)
    commits[0]!.resolve()
    second.send(open('/e'))
    await until('the next event is settled', () => second.settled === 3)
  })
})

describe('what was lost', { concurrency: true }, () => {
  test('is told as the difference to what was lost before', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path)
    const connection = await reader.connection(1)
    connection.send(
      helloFrame({ counters: [1000, 5, 6, 7, 0, 0, 3] }),
      statsFrame([2000, 5, 6, 7, 1, 2, 3]),
      statsFrame([3000, 8, 6, 7, 1, 2, 3]),
      statsFrame([4000, 8, 6, 7, 9, 9, 3]),
      statsFrame([5000, 2 ** 40, 7, 9, 9, 9, 5]),
      open('/last')
    )
    await until('the last event is there', () => events.includes('openat cat /last'))
    assert.deepEqual(events, [
      'drop ring_full=3',
      `drop ring_full=${2 ** 40 - 8} busy=1 storage=2 unresolved=2`,
      'openat cat /last'
    ])
  })

  test('tells of processes that had no room, too', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path, { processes: 2 })
    const connection = await reader.connection(1)
    const forks = [5, 6, 7, 8].map(pid => processFrame({ kind: FrameKind.fork, pid, startTime: pid }))
    connection.send(helloFrame(), ...forks, statsFrame([]), statsFrame([]), open('/last'))
    await until('the last event is there', () => events.includes('openat cat /last'))
    assert.deepEqual(events, ['drop processes_evicted=2', 'openat cat /last'])
  })

  test('between two connections is told in the second', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path)
    const first = await reader.connection(1)
    first.send(helloFrame(), statsFrame([0, 10]))
    await until('the first loss is told', () => events.length === 1)
    first.close()
    const second = await reader.connection(2)
    // The reader counted two more until the connection ended, and one while nobody was there.
    second.send(helloFrame({ connection: 2, counters: [0, 12] }), statsFrame([0, 13]), open('/last'))
    await until('the last event is there', () => events.includes('openat cat /last'))
    assert.deepEqual(events.slice(1), ['drop ring_full=1', 'openat cat /last'])
  })

  const gaps: readonly [what: string, hello: HelloFrame, gap: string[]][] = [
    [
      'unsettled events of the connection before are a gap',
      { connection: 2, unsettled: 17, awayNs: 1_500_400_000 },
      ['gap unsettled_events=17 away_ms=1500']
    ],
    ['a reader that began anew is a gap', { connection: 1 }, ['gap reader_restarts=1']],
    ['a pause without a loss is none', { connection: 2, awayNs: 1e9 }, []]
  ]
  for (const [what, hello, gap] of gaps) {
    test(what, async t => {
      const reader = await FakeReader.start(t)
      const { events } = run(t, reader.path)
      const first = await reader.connection(1)
      first.send(helloFrame(), open('/before'))
      await until('the first event is there', () => events.length === 1)
      first.close()
      const second = await reader.connection(2)
      second.send(helloFrame(hello), open('/after'))
      await until('the last event is there', () => events.includes('openat cat /after'))
      assert.deepEqual(events, ['openat cat /before', ...gap, 'openat cat /after'])
      await until('only the event of the stream is settled', () => second.settled === 1)
    })
  }

  test('before the collector began is a gap too', async t => {
    const reader = await FakeReader.start(t)
    const { events } = run(t, reader.path, { onEvent: () => Promise.reject(new Error('the spool is closed')) })
    const connection = await reader.connection(1)
    connection.send(helloFrame({ connection: 5, unsettled: 3, awayNs: 2e6 }))
    await until('the gap is told', () => events.length === 1)
    assert.deepEqual(events, ['gap unsettled_events=3 away_ms=2'])
  })
})

describe('a paused source', { concurrency: true }, () => {
  const frames = Buffer.concat(Array.from({ length: 1000 }, () => open('/x')))

  test('leaves what comes in the socket until it is resumed', async t => {
    const reader = await FakeReader.start(t)
    const { source, events } = run(t, reader.path)
    const connection = await reader.connection(1)
    connection.send(helloFrame(), open('/first'))
    await until('the first event is there', () => events.length === 1)
    source.pause()
    // More than the buffers of the socket hold.
    for (let i = 0; i < 50; i++) connection.send(frames)
    await until('the socket is full', () => connection.waiting > 0)
    assert.ok(events.length < 50_001)
    source.resume()
    await until('all events are there', () => events.length === 50_001)
  })

  test('is still paused in the next connection', async t => {
    const reader = new FakeReader(join(temporaryDirectory(t), 'reader.sock'))
    t.after(() => reader.stop())
    const { source, events, states } = run(t, reader.path)
    await until('it waits', () => states.length > 0)
    source.pause()
    await reader.listen()
    const connection = await reader.connection(1)
    connection.send(helloFrame())
    for (let i = 0; i < 50; i++) connection.send(frames)
    await until('it is configured', () => connection.messages.length > 0)
    await until('the socket is full', () => connection.waiting > 0)
    assert.equal(events.length, 0)
    source.resume()
    await until('all events are there', () => events.length === 50_000)
  })
})
