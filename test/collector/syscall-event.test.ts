import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { calls } from '../../collector/calls.ts'
import { FieldTag, FrameKind } from '../../collector/layout.ts'
import { imageFields, processFrame, syscallFrame } from './frame-builder.ts'
import { Machine } from './support.ts'

const exec = (call: number) =>
  processFrame({
    ...{ pid: 200, startTime: 200, time: 7000, uid: 33, gid: 34, name: 'cat', ppid: 100, call },
    ...{ loginUid: 1000, tty: 34816, pgid: 199, vpgid: 19 },
    fields: imageFields(['cat', '/etc/shadow', ''], '/usr/bin/cat', '/tmp')
  })

describe('a successful exec', () => {
  test('tells what runs now, in the arguments of an execve', () => {
    const machine = new Machine()
    machine.play(exec(1))
    const { event } = machine
    assert.deepEqual(
      [event.source, event.type, event.number, event.result, event.descriptor, event.openFlags],
      ['syscall', 'execve', 1, 0, undefined, undefined]
    )
    assert.deepEqual(
      event.args.map(({ name, value }) => `${name}=${value}`),
      [
        'res=0',
        'exe=cat',
        'args=/etc/shadow ',
        'tid=200',
        'pid=200',
        'ptid=100',
        'cwd=/tmp',
        'comm=cat',
        'tty=34816',
        'vpgid=19',
        'loginuid=1000',
        'uid=33',
        'trusted_exepath=/usr/bin/cat',
        'pgid=199',
        'gid=34',
        'filename=/usr/bin/cat'
      ]
    )
  })

  const calls: readonly [call: number, type: string][] = [
    [0, 'execve'],
    [1, 'execve'],
    [2, 'execveat']
  ]
  for (const [call, type] of calls) {
    test(`with the call ${call} is an ${type}`, () => {
      const machine = new Machine()
      machine.play(exec(call))
      assert.equal(machine.event.type, type)
    })
  }

  test('shows <NA> for what could not be read', () => {
    const machine = new Machine()
    machine.play(processFrame({ fields: [] }))
    const missing = machine.event.args.filter(({ value }) => value === '<NA>').map(({ name }) => name)
    assert.deepEqual(missing, ['exe', 'cwd', 'trusted_exepath', 'filename'])
  })
})

describe('an event', () => {
  test('shows the frame that it was pointed at last, and nothing of the one before', () => {
    const machine = new Machine()
    machine.play(exec(1))
    assert.equal(machine.event.args.length, 16)
    const fields = [{ tag: FieldTag.path, bytes: '/x' }]
    machine.play(syscallFrame({ call: 3, pid: 7, startTime: 9, time: 5, result: -2, uid: 1, gid: 2, fields }))
    const { event } = machine
    assert.equal(event.descriptor?.name, '/x')
    assert.deepEqual([event.type, event.number, event.process.pid, event.tid], ['open', 3, 7, 7])
    assert.deepEqual([event.result, event.uid, event.gid, event.args.length], [-2, 1, 2, 6])
    assert.equal(event.args, event.args, 'its arguments are decoded once')
    machine.play(syscallFrame({ call: 7 }))
    assert.equal(event.descriptor, undefined)
    assert.equal(event.args[2]?.value, '0')
  })

  test('has wall-clock time: the time since boot and the offset', () => {
    const machine = new Machine()
    machine.event.bootOffset = 1_700_000_000_000_000_000n
    machine.play(exec(1))
    assert.equal(machine.event.time, 1_700_000_000_000_007_000n)
  })

  test('of a call that is not known here is not made', () => {
    const machine = new Machine()
    const process = machine.play(exec(1))!
    for (const call of [0, calls.length + 1, 65_535]) {
      machine.frames.bytes.writeUInt16LE(call, 112)
      assert.equal(machine.event.point(0, FrameKind.syscall, process), false)
    }
    machine.frames.bytes.writeUInt16LE(99, 108)
    assert.equal(machine.event.point(0, FrameKind.exec, process), false)
  })
})
