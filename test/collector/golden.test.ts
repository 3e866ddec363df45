import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldIndex, FrameBuffer } from '../../collector/frames.ts'
import { FieldTag, FrameKind, fieldCut, fieldLate, offsets } from '../../collector/layout.ts'
import { cutMark } from '../../collector/paths.ts'
import { ProcessTable } from '../../collector/processes.ts'
import { readSocketEnds } from '../../collector/sockets.ts'
import { SyscallEventView } from '../../collector/syscall-event.ts'
import { goldenMissing, goldenStream } from './golden.ts'
import type { VisitedFrame } from './support.ts'

/** The stream in a buffer, and where the frame of each kind is. */
function load() {
  const frames = new FrameBuffer()
  const visited: VisitedFrame[] = []
  const stream = goldenStream()
  frames.space().set(stream)
  frames.advance(stream.length, (at, length, kind) => visited.push({ at, length, kind }))
  const frame = (kind: number) => visited.find(each => each.kind === kind)!
  const fieldsOf = (kind: number) => {
    const { at, length } = frame(kind)
    const { fieldCount, fields: from } = kind === FrameKind.syscall ? offsets.syscall : offsets.process
    const fields = new FieldIndex()
    assert.ok(fields.read(frames, at + from, frames.u16(at + fieldCount), at + length))
    return fields
  }
  return { frames, visited, frame, fieldsOf }
}

const counters = (frames: FrameBuffer, at: number) =>
  Array.from({ length: 8 }, (_, index) => frames.u64(at + index * 8))

describe('frames that C wrote', { skip: goldenMissing }, () => {
  test('every kind of frame arrives once, in the order in which it was written', () => {
    const { visited, frames } = load()
    assert.deepEqual(
      visited.map(({ kind }) => kind),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    )
    assert.equal(frames.malformed, 0)
    for (const { at } of visited) assert.equal(frames.u16(at + offsets.cpu), 3)
  })

  test('a hello frame has its members where the decoder looks for them', () => {
    const { frames, frame } = load()
    const { at, length } = frame(FrameKind.hello)
    const { hello } = offsets
    assert.equal(length, hello.end)
    assert.equal(frames.latin1(at + hello.magic, at + hello.magic + 4), 'TRCL')
    assert.equal(frames.u32(at + hello.version), 1)
    assert.equal(frames.bigI64(at + hello.bootOffset), -5_000_000_000n)
    assert.equal(frames.i64(at + hello.bootOffset), -5_000_000_000)
    assert.equal(frames.u64(at + hello.connection), 2)
    assert.equal(frames.u64(at + hello.unsettled), 17)
    assert.equal(frames.u64(at + hello.awayNs), 1_500_000_000)
    const highCounters = Array.from({ length: 8 }, (_, index) => 2 ** 32 + index)
    assert.deepEqual(counters(frames, at + hello.counters), highCounters)
  })

  for (const kind of ['process', 'exec', 'fork', 'exit', 'syscall'] as const) {
    test(`the task of a frame of kind ${kind} is read as it was written`, () => {
      const { frames, frame } = load()
      const { at } = frame(FrameKind[kind])
      const { task } = offsets
      assert.equal(frames.u64(at + task.time), 0x500000007)
      assert.equal(frames.bigU64(at + task.time), 0x500000007n)
      assert.equal(frames.u64(at + task.startTime), 0x400000006)
      assert.equal(frames.u32(at + task.tgid), 4242)
      assert.equal(frames.u32(at + task.tid), 4243)
      assert.equal(frames.u32(at + task.uid), 1000)
      assert.equal(frames.u32(at + task.gid), 0xffffffff)
      assert.equal(frames.text(at + task.comm, 16), 'na\xffme\n')
    })
  }

  for (const kind of ['process', 'exec', 'fork'] as const) {
    test(`the members and fields of a frame of kind ${kind} are read as they were written`, () => {
      const { frames, frame, fieldsOf } = load()
      const { at } = frame(FrameKind[kind])
      const { process } = offsets
      assert.equal(frames.u64(at + process.parentStartTime), 0x100000002)
      assert.equal(frames.u64(at + process.originStartTime), 0x100000003)
      const members = ['parentTgid', 'originTgid', 'loginUid', 'tty', 'sid', 'pgid', 'vpid', 'vsid', 'vpgid'] as const
      const values = members.map(name => frames.u32(at + process[name]))
      assert.deepEqual(values, [4000, 4001, 0xffffffff, 34816, 11, 12, 1, 2, 3])
      assert.equal(frames.u16(at + process.call), 2)
      const fields = fieldsOf(FrameKind[kind])
      assert.equal(fields.string(frames, FieldTag.filename), './sh')
      assert.equal(fields.string(frames, FieldTag.exepath), '/bin/busybox')
      assert.equal(fields.string(frames, FieldTag.cwd), '/tmp')
      assert.equal(fields.flags[FieldTag.cwd], fieldCut)
      assert.equal(fields.string(frames, FieldTag.argv), 'sh\0-c\0\0id')
      assert.equal(fields.string(frames, FieldTag.cgroup), undefined)
      assert.equal(fields.string(frames, FieldTag.cgroupV1), '/c/0123')
    })
  }

  test('an exit frame has its code where the decoder looks for it', () => {
    const { frames, frame } = load()
    const { at, length } = frame(FrameKind.exit)
    assert.equal(length, offsets.exit.end)
    assert.equal(frames.i32(at + offsets.exit.exitCode), -1)
  })

  test('a syscall frame has its result, arguments and fields where the decoder looks for them', () => {
    const { frames, frame, fieldsOf } = load()
    const { at } = frame(FrameKind.syscall)
    const { syscall } = offsets
    assert.equal(frames.i64(at + syscall.result), -2)
    const args = Array.from({ length: 6 }, (_, index) => frames.bigI64(at + syscall.args + index * 8))
    assert.deepEqual(args, [-100n, -99n, -98n, -97n, -96n, -95n])
    assert.equal(frames.bigU64(at + syscall.args), 0xffffffffffffff9cn)
    assert.equal(frames.i32(at + syscall.args), -100)
    assert.equal(frames.u16(at + syscall.call), 5)
    assert.equal(frames.u32(at + syscall.flags), 1)
    const fields = fieldsOf(FrameKind.syscall)
    assert.equal(fields.string(frames, FieldTag.path), 'x/../y')
    assert.equal(fields.string(frames, FieldTag.directory), '/home')
    assert.equal(fields.string(frames, FieldTag.resolved), '/home/y')
    assert.equal(fields.string(frames, FieldTag.sockaddr), '\x02\0\x01\xbb\n`\0\x01')
    assert.deepEqual(
      [FieldTag.file, FieldTag.openHow, FieldTag.socket].map(tag => fields.lengths[tag]),
      [24, 24, 48]
    )
    const { newPath, newDirectory, text, data, socketPath, peerPath } = FieldTag
    assert.deepEqual(
      [newPath, newDirectory, text, data, socketPath, peerPath].map(tag => fields.string(frames, tag)),
      ['z', '/new', '/etc/shadow', 'GET /\0', '\0name', '/peer']
    )
    assert.equal(fields.flags[newPath], fieldCut)
    assert.equal(fields.flags[peerPath], fieldLate)
    assert.equal(frames.bigU64(fields.starts[FieldTag.message]!), 0x500000003n)
    const queue = fields.starts[FieldTag.queue]!
    assert.deepEqual([frames.u32(queue), frames.u32(queue + 4)], [3, 128])
    assert.deepEqual(readSocketEnds(frames, fields.starts[FieldTag.socket]!), {
      ...{ family: 2, type: 1, protocol: 6, state: 2, queueLimit: 0x80000001 },
      local: { address: '\n\0\0\x01', port: 40_000 },
      remote: { address: '\n`\0\x01', port: 443 }
    })
  })

  test('stats and configured frames have their members where the decoder looks for them', () => {
    const { frames, frame } = load()
    const stats = frame(FrameKind.stats)
    assert.equal(stats.length, offsets.stats.end)
    assert.equal(frames.bigI64(stats.at + offsets.stats.bootOffset), 1_700_000_000_123_456_789n)
    assert.deepEqual(counters(frames, stats.at + offsets.stats.counters), [0, 10, 20, 30, 40, 50, 60, 70])
    const configured = frame(FrameKind.configured)
    assert.equal(configured.length, offsets.configured.end)
    assert.equal(frames.u32(configured.at + offsets.configured.generation), 5)
    assert.equal(frames.u32(configured.at + offsets.configured.error), 22)
  })

  test('an event over the syscall frame shows the call and its process', () => {
    const { frames, frame, fieldsOf } = load()
    const processes = new ProcessTable(10)
    processes.bootOffset = -5_000_000_000n
    processes.update(frames, frame(FrameKind.exec).at, FrameKind.exec, fieldsOf(FrameKind.exec))
    const event = new SyscallEventView(frames)
    event.bootOffset = -5_000_000_000n
    const { at, length } = frame(FrameKind.syscall)
    event.fields.read(frames, at + offsets.syscall.fields, frames.u16(at + offsets.syscall.fieldCount), at + length)
    assert.ok(event.point(at, FrameKind.syscall, processes.ofTask(frames, at)))

    assert.equal(event.type, 'openat2')
    assert.equal(event.time, 0x500000007n - 5_000_000_000n)
    assert.deepEqual([event.cpu, event.tid, event.uid, event.gid, event.result], [3, 4243, 1000, 0xffffffff, -2])
    assert.equal(event.threadName, 'na\xffme\n')
    assert.equal(event.openFlags, 0o102)
    const texts = event.args.map(({ name, value }) => `${name}=${value}`)
    assert.deepEqual(texts, [
      'fd=-2',
      'dirfd=AT_FDCWD',
      'name=/home/y',
      'flags=O_RDWR|O_CREAT',
      'mode=0644',
      'dev=0x801',
      'ino=12884901889',
      'resolve=RESOLVE_BENEATH'
    ])
    const { process } = event
    assert.deepEqual([process.exe, ...process.args], ['sh', '-c', '', 'id'])
    assert.equal(process.startTime, 0x400000006n - 5_000_000_000n)
    assert.deepEqual([process.loginUid, process.tty, process.sid, process.vpid], [-1, 34816, 11, 1])
    assert.deepEqual([process.exepath, process.cwd, process.containerId], ['/bin/busybox', `${cutMark}/tmp`, ''])
  })
})
