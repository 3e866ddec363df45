import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { Event } from '../../../collector/event.ts'
import { FieldTag, FrameKind } from '../../../collector/layout.ts'
import { blockHeadLength } from '../../../collector/recording/format.ts'
import { type Emit, nothingToCommit } from '../../../collector/source.ts'
import { RecordingSource } from '../../../collector/sources/recording.ts'
import {
  exitFrame,
  helloFrame,
  imageFields,
  processFrame,
  scannedFrame,
  statsFrame,
  syscallFrame
} from '../frame-builder.ts'
import { blocksOf, header, readerOf, recordingOf } from '../recording/support.ts'
import { textOf } from './ebpf-support.ts'

const open = (path: string, task = {}) =>
  syscallFrame({ call: 4, result: 3, fields: [{ tag: FieldTag.path, bytes: path }], ...task })

/** Plays a recording; `onEvent` gives the promise of a commit. */
async function play(bytes: Uint8Array, onEvent: (event: Event) => Promise<void> = () => nothingToCommit) {
  const events: string[] = []
  const times: bigint[] = []
  const warnings: string[] = []
  const positions: number[] = []
  const source = new RecordingSource({
    recording: readerOf(bytes),
    onWarning: message => warnings.push(message),
    onProgress: position => positions.push(position)
  })
  const emit: Emit = ([event]) => {
    events.push(textOf(event!))
    times.push(event!.time)
    return onEvent(event!)
  }
  await source.start(emit, new AbortController().signal)
  return { events, times, warnings, positions, source }
}

function refusal(message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof TercelError)
    assert.equal(error.code, 'TERCEL_RECORDING')
    assert.match(error.message, message)
    return true
  }
}

describe('a recording that is played', () => {
  const shell = { pid: 100, startTime: 100, name: 'sh' }

  test('gives events with the processes that the scan told of, over the borders of blocks', async () => {
    const bytes = recordingOf([
      [helloFrame(), processFrame({ kind: FrameKind.process, ...shell, fields: imageFields(['sh']) })],
      [scannedFrame(), open('/etc/passwd', shell)],
      [
        processFrame({ ...shell, name: 'id', fields: imageFields(['id']) }),
        open('/etc/shadow', shell),
        exitFrame(shell)
      ]
    ])
    const { events, source, warnings, positions } = await play(bytes)
    assert.deepEqual(events, ['openat sh /etc/passwd', 'execve id', 'openat id /etc/shadow'])
    assert.equal(source.events, 4)
    assert.deepEqual(warnings, [])
    assert.equal(positions.at(-1), bytes.length - blockHeadLength)
  })

  test('gives an exec also where execve was not traced: the stream tells of it', async () => {
    const { events } = await play(recordingOf([[helloFrame(), processFrame({ ...shell, call: 2 })]], { calls: [] }))
    assert.deepEqual(events, ['execveat sh'])
  })

  test('gives times by the clock of the frames, for what was lost too', async () => {
    const bytes = recordingOf([
      [helloFrame({ bootOffset: 5000 }), open('/x', { time: 7 }), statsFrame([0, 3], 9000), open('/y', { time: 8 })]
    ])
    const { events, times } = await play(bytes)
    assert.deepEqual(events, ['openat cat /x', 'drop ring_full=3', 'openat cat /y'])
    assert.deepEqual(times, [5007n, 9007n, 9008n])
  })

  test('tells of a loss before any event at the time at which it was begun', async () => {
    const { times } = await play(recordingOf([[helloFrame(), statsFrame([0, 3])]]))
    assert.deepEqual(times, [BigInt(header.begun) * 1_000_000n])
  })

  test('tells of a reader that began anew while it was recorded', async () => {
    const { events } = await play(
      recordingOf([
        [helloFrame(), open('/a')],
        [helloFrame(), open('/b')]
      ])
    )
    assert.deepEqual(events, ['openat cat /a', 'gap reader_restarts=1', 'openat cat /b'])
  })

  test('forgets processes beyond the bound that it was made with', async () => {
    const forks = [5, 6, 7].map(pid => processFrame({ kind: FrameKind.fork, pid, startTime: pid }))
    const { events } = await play(recordingOf([[helloFrame(), ...forks, statsFrame([])]], { processes: 2 }))
    assert.deepEqual(events, ['drop processes_evicted=1'])
  })
})

describe('a recording that is not whole', () => {
  const blocks = [[helloFrame(), open('/a')], [open('/b'), open('/c')], [open('/d')]]
  const bytes = recordingOf(blocks)
  const second = blocksOf(bytes)[1]!.position

  test('is played up to where it was cut, and that is told', async () => {
    const { events, warnings } = await play(recordingOf(blocks, {}, { end: false }))
    assert.equal(events.length, 4)
    assert.match(warnings.join(), /^played up to byte \d+: it ends there without having been finished$/)
    const cut = await play(bytes.subarray(0, second + 10))
    assert.deepEqual(cut.events, ['openat cat /a'])
    assert.deepEqual(cut.warnings, [`played up to byte ${second}: it ends within a block`])
  })

  test('is played around a damaged block, and what is missing is told and is an event', async () => {
    const damaged = Buffer.from(bytes)
    damaged[second + blockHeadLength]! ^= 1
    const { events, warnings } = await play(damaged)
    assert.deepEqual(events, ['openat cat /a', 'drop damaged_events=2', 'openat cat /d'])
    assert.deepEqual(warnings, [`the block at byte ${second} is damaged: 2 events are missing`])
  })

  test('is refused without its first block, which says how to read the others', async () => {
    const damaged = Buffer.from(bytes)
    const first = blocksOf(bytes)[0]!.position
    damaged[first + blockHeadLength]! ^= 1
    await assert.rejects(play(damaged), refusal(/^test\.rec: the block at byte \d+ is damaged, and without it/))
  })

  test('is refused where its frames make no sense', async () => {
    const cut = open('/cut')
    for (const [frames, reason] of [
      [[open('/a')], 'did not introduce itself'],
      [[helloFrame(), cut.subarray(0, cut.length - 8)], 'its last frame is cut'],
      [[helloFrame({ version: 9 })], 'speaks version 9']
    ] as const) {
      await assert.rejects(
        play(recordingOf([frames])),
        refusal(new RegExp(`^test\\.rec: the block at byte .*${reason}`))
      )
    }
  })
})

describe('a source that waits', () => {
  const bytes = recordingOf([[helloFrame(), open('/a'), open('/b')], [open('/c')]])

  test('plays the next block once what came of the last is committed', async () => {
    const commit = Promise.withResolvers<void>()
    const seen: string[] = []
    const playing = play(bytes, event => {
      seen.push(textOf(event))
      return seen.length === 1 ? commit.promise : nothingToCommit
    })
    await new Promise(setImmediate)
    assert.deepEqual(seen, ['openat cat /a', 'openat cat /b'])
    commit.resolve()
    assert.equal((await playing).events.length, 3)
  })

  test('ends with the error of a commit', async () => {
    await assert.rejects(
      play(bytes, () => Promise.reject(new Error('the disk is full'))),
      /the disk is full/
    )
  })

  test('plays nothing while it is paused', async () => {
    const source = new RecordingSource({ recording: readerOf(bytes) })
    let events = 0
    source.pause()
    const emit = () => {
      events++
      return nothingToCommit
    }
    const stopped = source.start(emit, new AbortController().signal)
    await new Promise(setImmediate)
    const whilePaused = events
    source.resume()
    await stopped
    assert.deepEqual([whilePaused, events], [0, 3])
  })

  test('stops when it is told to, also while it is paused', async () => {
    const source = new RecordingSource({ recording: readerOf(bytes) })
    const stopping = new AbortController()
    source.pause()
    const stopped = source.start(() => assert.fail('an event'), stopping.signal)
    stopping.abort()
    await stopped
  })
})
