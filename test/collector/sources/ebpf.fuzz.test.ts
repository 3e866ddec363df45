/** Streams that no reader sends: whatever comes, the source goes on, or ends the connection and says why. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { TercelError } from '../../../base/errors.ts'
import { callOfNumber, calls } from '../../../collector/calls.ts'
import type { Event, SyscallEvent } from '../../../collector/event.ts'
import { FieldTag, FrameKind, fieldLate, fieldUnreadable } from '../../../collector/layout.ts'
import { ProcessRecord } from '../../../collector/process-record.ts'
import { nothingToCommit } from '../../../collector/source.ts'
import { type Random, seededRandom } from '../../rules/support.ts'
import {
  configuredFrame,
  exitFrame,
  fileField,
  frameOf,
  helloFrame,
  imageFields,
  messageField,
  openHowField,
  processFrame,
  queueField,
  scannedFrame,
  sockaddrIpv4,
  sockaddrUnix,
  socketField,
  statsFrame,
  syscallFrame
} from '../frame-builder.ts'
import { goldenMissing, goldenStream } from '../golden.ts'
import { reachable, until } from '../support.ts'
import { isSyscall, run } from './ebpf-support.ts'
import { FakeReader } from './fake-reader.ts'

const processLimit = 50

/** Reads all that an event has; fails on a value that is not what its type says. */
function readAll(event: SyscallEvent): void {
  assert.equal(callOfNumber[event.number]?.name, event.type)
  for (const number of [event.cpu, event.tid, event.uid, event.gid, event.result]) assert.ok(Number.isFinite(number))
  assert.equal(typeof event.time, 'bigint')
  assert.ok(event.threadName.length <= 16)
  for (const { name, value } of event.args) {
    assert.ok(name.length > 0)
    assert.equal(typeof value, 'string')
    assert.doesNotMatch(value, /undefined|NaN/)
  }
  assert.ok(event.openFlags === undefined || Number.isInteger(event.openFlags))
  const { descriptor } = event
  for (const end of [descriptor?.client, descriptor?.server, descriptor?.local, descriptor?.remote]) {
    assert.ok(end === undefined || ((end.address.length === 4 || end.address.length === 16) && end.port <= 65_535))
  }
  for (const name of [descriptor?.name, descriptor?.nameAsked]) assert.notEqual(name?.includes('undefined'), true)
  assert.ok(event.process instanceof ProcessRecord)
  for (const process of reachable(event.process)) {
    assert.equal(typeof process.startTime, 'bigint')
    assert.ok(process.args.every(argument => typeof argument === 'string'))
    assert.match(process.containerId ?? '', /^(?:[0-9a-f]{64})?$/)
  }
}

/** What a reader might send, with few processes, so that they meet. */
function sensibleFrame(random: Random): Buffer {
  const id = () => random.below(6)
  const task = {
    pid: id(),
    tid: id(),
    startTime: id(),
    time: random.below(1000),
    name: random.pick(['', 'sh', '\xff'])
  }
  const ids = { ppid: id(), parentStart: id(), originPid: id(), originStart: id(), sid: id() }
  const fields = [
    { tag: FieldTag.path, bytes: random.pick(['', 'x', '/x/../y']), flags: random.below(3) },
    { tag: FieldTag.directory, bytes: '/tmp' },
    fileField(random.below(0o200000)),
    openHowField(random.below(2 ** 31), 0, 7),
    {
      tag: FieldTag.sockaddr,
      bytes: random.pick([sockaddrIpv4([1, 2, 3, 4], 5), sockaddrUnix('\0x'), new Uint8Array(28), new Uint8Array(3)]),
      flags: random.pick([0, fieldUnreadable, fieldLate])
    },
    socketField({
      family: random.pick([1, 2, 10, 16]),
      state: id(),
      type: 1 + random.below(3),
      queueLimit: random.below(2)
    }),
    { tag: FieldTag.newPath, bytes: random.pick(['', 'x', '/x/../y']), flags: random.below(3) },
    { tag: FieldTag.newDirectory, bytes: '/tmp', flags: random.below(3) },
    { tag: FieldTag.text, bytes: '../etc/shadow', flags: random.below(3) },
    { tag: FieldTag.data, bytes: random.pick(['', 'GET /']), flags: random.below(3) },
    { tag: FieldTag.socketPath, bytes: random.pick(['', '/run/x', '\0x']), flags: random.below(3) },
    { tag: FieldTag.peerPath, bytes: random.pick(['', '/run/x', '\0x']), flags: random.below(3) },
    messageField(id()),
    queueField(id(), id())
  ].filter(() => random.below(2) === 0)
  return random.pick([
    () =>
      syscallFrame({
        ...task,
        call: random.below(calls.length + 3),
        result: random.below(5) - 2,
        args: [id(), id()],
        fields
      }),
    () =>
      processFrame({ ...task, ...ids, kind: 2 + random.below(3), call: random.below(4), fields: imageFields(['a']) }),
    () => exitFrame(task),
    () => statsFrame([id(), id(), id(), id()]),
    () => helloFrame({ connection: id(), unsettled: id(), counters: [id(), id()] }),
    () => configuredFrame(),
    () => scannedFrame(),
    () => frameOf(random.below(256), 8 * (1 + random.below(40)))
  ])()
}

/** Breaks a frame in one place. */
const mutations: readonly ((frame: Buffer, random: Random) => Buffer)[] = [
  frame => frame,
  // A bit behind the header: the stream stays in step.
  (frame, random) => {
    if (frame.length > 8) frame[8 + random.below(frame.length - 8)]! ^= 1 << random.below(8)
    return frame
  },
  // The end is missing, and the length says so.
  (frame, random) => {
    const length = 8 * (1 + random.below(frame.length / 8))
    frame.writeUInt32LE(length, 0)
    return frame.subarray(0, length)
  },
  // A count or a length of a field, or another member, is extreme.
  (frame, random) => {
    const at = 4 * (2 + random.below(frame.length / 4 - 2))
    if (at < frame.length) frame.writeUInt32LE(random.pick([0, 1, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]), at)
    return frame
  },
  (frame, random) => {
    const countAt = frame[4] === FrameKind.syscall ? 114 : 110
    if (frame.length >= 120) frame.writeUInt16LE(random.below(65_536), countAt)
    return frame
  },
  (frame, random) => {
    frame[4] = random.below(12)
    return frame
  }
]

/** The same for a stream: here its steps may be lost. */
function withLostStep(stream: Buffer, random: Random): Buffer {
  const at = random.below(stream.length)
  switch (random.below(3)) {
    case 0:
      return Buffer.concat([stream.subarray(0, at), stream.subarray(at + 1 + random.below(64))])
    case 1:
      stream[at]! ^= 1 << random.below(8)
      return stream
    default:
      return Buffer.concat([stream.subarray(0, at), randomBytes(random), stream.subarray(at)])
  }
}

const randomBytes = (random: Random) => Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256)))

function framesOf(stream: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0; at < stream.length; at += frames.at(-1)!.length) {
    frames.push(Buffer.from(stream.subarray(at, at + stream.readUInt32LE(at))))
  }
  return frames
}

/** A stream of `count` frames, whose steps fit; without those that end it: acknowledgements of an error, strange hellos. */
function broken(count: number, make: () => Buffer, random: Random): Buffer {
  const frames = Array.from({ length: count }, () => random.pick(mutations)(make(), random))
  const ends = (frame: Buffer) => frame[4] === FrameKind.configured || frame[4] === FrameKind.hello
  return Buffer.concat([
    helloFrame(),
    ...frames.map(frame => (ends(frame) ? helloFrame(sometimesUnsettled(random)) : frame))
  ])
}

const sometimesUnsettled = (random: Random) => ({ connection: 2, unsettled: random.below(2) })

/** Plays streams to sources, one each; gives how many events came. Every source must end by itself, cleanly. */
async function play(t: TestContext, streams: number, make: (random: Random) => Buffer): Promise<number> {
  const first = Number(process.env.TERCEL_SEED ?? 1)
  let emitted = 0
  for (let seed = first; seed < first + streams; seed++) {
    const random = seededRandom(seed)
    let failure: unknown
    const onEvent = (event: Event) => {
      emitted++
      try {
        if (isSyscall(event)) readAll(event)
      } catch (error) {
        failure ??= error
      }
      if (random.below(20) === 0) return Promise.reject(new Error('not committed'))
      return random.below(2) === 0 ? nothingToCommit : turn()
    }
    const reader = await FakeReader.start(t)
    const types = ['openat', 'execve', 'connect']
    const { stopping, stopped, states } = run(t, reader.path, { types, processes: processLimit, onEvent })
    const connection = await reader.connection(1)
    const stream = make(random)
    for (let at = 0; at < stream.length; ) {
      const size = 1 + random.below(random.pick([50, 5000, 500_000]))
      connection.send(stream.subarray(at, at + size))
      at += size
      if (random.below(4) === 0) await turn()
    }
    connection.end()
    // A frame that acknowledges with an error may come about: that ends the source on purpose.
    let ended = false
    const sensorFailed = stopped.catch((error: unknown) => {
      ended = error instanceof TercelError && error.code === 'TERCEL_SENSOR'
    })
    await until(`the stream of seed ${seed} has ended`, () => ended || states.some(({ state }) => state === 'waiting'))
    stopping.abort()
    await sensorFailed
    await reader.stop()
    assert.equal(failure, undefined, `seed ${seed} (set TERCEL_SEED=${seed} to begin with it): ${failure}`)
  }
  return emitted
}

test('random bytes end the connection', async t => {
  await play(t, 30, randomBytes)
})

test('frames in every order, broken in one place each, give events that can be read', async t => {
  const emitted = await play(t, 60, random => broken(2000, () => sensibleFrame(random), random))
  assert.ok(emitted > 10_000, `${emitted} events`)
})

test('the golden frames, broken in one place each, give events that can be read', { skip: goldenMissing }, async t => {
  const golden = framesOf(goldenStream())
  const emitted = await play(t, 40, random => broken(1000, () => Buffer.from(random.pick(golden)), random))
  assert.ok(emitted > 1000, `${emitted} events`)
})

test('streams that lose their step end the connection, and not before', { skip: goldenMissing }, async t => {
  const golden = Buffer.concat(framesOf(goldenStream()).filter(frame => frame[4] !== FrameKind.configured))
  await play(t, 60, random => {
    const whole = Array.from({ length: random.below(200) }, () => golden)
    return Buffer.concat([...whole, withLostStep(Buffer.from(golden), random), golden])
  })
})
