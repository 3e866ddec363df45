import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldTag, FrameKind, fieldCut } from '../../collector/layout.ts'
import { cutMark } from '../../collector/paths.ts'
import { exitFrame, imageFields, type ProcessFrame, processFrame, scannedFrame, syscallFrame } from './frame-builder.ts'
import { Machine } from './support.ts'

const container = '0123456789abcdef'.repeat(4)

const exec = (members: ProcessFrame) => processFrame(members)
const fork = (members: ProcessFrame) => processFrame({ kind: FrameKind.fork, ...members })
const scanned = (members: ProcessFrame) => processFrame({ kind: FrameKind.process, ...members })

/** A shell with pid 100 that began at 100, in a container. */
const shell = exec({
  pid: 100,
  startTime: 100,
  name: 'sh',
  sid: 100,
  fields: imageFields(['sh', '-c', 'x'], '/bin/sh', '/tmp', `/docker/${container}`)
})
const child = { pid: 200, startTime: 200, ppid: 100, parentStart: 100 }

describe('a process', () => {
  test('has everything that its exec frame tells', () => {
    const machine = new Machine()
    machine.processes.bootOffset = 10_000n
    const process = machine.play(
      exec({
        ...{ pid: 100, startTime: 100, uid: 1000, gid: 1001, name: 'n\xe4me', ppid: 7 },
        ...{ loginUid: 1000, tty: 34816, sid: 90, pgid: 95, vpid: 1, vsid: 2, vpgid: 3 },
        fields: imageFields(['./a', '', 'b c'], '/tmp/a', '/tmp', `/docker/${container}`)
      })
    )!
    const { pid, startTime, ppid, uid, gid, name, loginUid, tty, sid, pgid, vpid, vsid, vpgid } = process
    assert.deepEqual([pid, startTime, ppid, uid, gid, name], [100, 10_100n, 7, 1000, 1001, 'n\xe4me'])
    assert.deepEqual([loginUid, tty, sid, pgid, vpid, vsid, vpgid], [1000, 34816, 90, 95, 1, 2, 3])
    const { exe, args, exepath, cwd, containerId } = process
    assert.deepEqual([exe, args, exepath, cwd, containerId], ['./a', ['', 'b c'], '/tmp/a', '/tmp', container])
  })

  const logins: readonly [written: number, loginUid: number][] = [
    [0xffffffff, -1],
    [0, 0],
    [0xfffffffe, 0xfffffffe]
  ]
  for (const [written, loginUid] of logins) {
    test(`with the login uid ${written} has ${loginUid}`, () => {
      assert.equal(new Machine().play(exec({ loginUid: written }))!.loginUid, loginUid)
    })
  }

  const argvs: readonly [argv: string, exe: string | undefined, args: string[]][] = [
    ['sh\0', 'sh', []],
    ['sh\0-c\0id\0', 'sh', ['-c', 'id']],
    ['sh\0\0\0', 'sh', ['', '']],
    ['sh\0-c\0i', 'sh', ['-c', 'i']],
    ['\0', '', []],
    ['\0x\0', '', ['x']],
    ['', '/asked', []]
  ]
  for (const [argv, exe, args] of argvs) {
    test(`with argv ${JSON.stringify(argv)} is ${exe} with ${args.length} arguments`, () => {
      const fields = [
        { tag: FieldTag.filename, bytes: '/asked' },
        { tag: FieldTag.argv, bytes: argv }
      ]
      const process = new Machine().play(exec({ fields }))!
      assert.equal(process.exe, exe)
      assert.deepEqual(process.args, args)
    })
  }

  test('shows where its paths and its arguments are cut; of paths the beginning is missing', () => {
    const fields = imageFields(['sh', '-c', 'aaa'], '/usr/sbin/sshd', '/usr').map(field =>
      field.tag === FieldTag.argv ? { ...field, bytes: 'sh\0-c\0aa' } : field
    )
    const process = new Machine().play(exec({ fields: fields.map(field => ({ ...field, flags: fieldCut })) }))!
    const { exe, args, exepath, cwd } = process
    assert.deepEqual([exe, args], ['sh', ['-c', `aa${cutMark}`]])
    assert.deepEqual([exepath, cwd], [`${cutMark}/usr/sbin/sshd`, `${cutMark}/usr`])
  })

  test('finds its container in the old hierarchies where the default one names none', () => {
    const fields = [
      { tag: FieldTag.cgroup, bytes: '/init.scope' },
      { tag: FieldTag.cgroupV1, bytes: `/docker/${container}` }
    ]
    assert.equal(new Machine().play(exec({ fields }))!.containerId, container)
  })

  test('whose exec frame names no cgroup stays in its container', () => {
    const machine = new Machine()
    machine.play(shell)
    assert.equal(machine.play(exec({ pid: 100, startTime: 100, fields: [] }))!.containerId, container)
  })

  test('that is not known is made from the frame of its call', () => {
    const machine = new Machine()
    const process = machine.play(syscallFrame({ call: 4, pid: 300, startTime: 300, uid: 5, gid: 6, name: 'late' }))!
    const { pid, startTime, uid, gid, name, parent, exe, containerId } = process
    assert.deepEqual([pid, startTime, uid, gid, name], [300, 300n, 5, 6, 'late'])
    assert.deepEqual(
      [parent, exe, containerId],
      [undefined, undefined, undefined],
      'not even whether it runs on the host is known'
    )
    assert.equal(machine.processes.find(300, 300), process)
  })
})

describe('a fork', () => {
  test('starts as a copy of its parent, with a name and ids of its own', () => {
    const machine = new Machine()
    const parent = machine.play(shell)!
    const process = machine.play(fork({ ...child, name: 'sh2', uid: 9, sid: 100 }))!
    assert.equal(process.parent, parent)
    const { exe, args, exepath, cwd, containerId, name, uid, ppid } = process
    assert.deepEqual(
      [exe, args, exepath, cwd, containerId],
      [parent.exe, parent.args, parent.exepath, parent.cwd, container]
    )
    assert.deepEqual([name, uid, ppid], ['sh2', 9, 100])
    assert.equal(process.sessionLeader, parent)
  })

  test('with CLONE_PARENT copies the process that forked and is a child of its parent', () => {
    const machine = new Machine()
    const parent = machine.play(exec({ pid: 50, startTime: 50, fields: imageFields(['init'], '/sbin/init') }))!
    machine.play(shell)
    const process = machine.play(fork({ ...child, ppid: 50, parentStart: 50, originPid: 100, originStart: 100 }))!
    assert.equal(process.parent, parent)
    assert.equal(process.exepath, '/bin/sh')
    assert.equal(process.containerId, container)
  })

  test('of a process that is not known has nothing to copy', () => {
    const process = new Machine().play(fork({ ...child, name: 'sh' }))!
    assert.deepEqual([process.parent, process.exe, process.args], [undefined, undefined, []])
    assert.deepEqual([process.ppid, process.name], [100, 'sh'])
  })

  test('of a predecessor with the same pid is no child of the process that has the pid now', () => {
    const machine = new Machine()
    machine.play(shell)
    const process = machine.play(fork({ ...child, parentStart: 99 }))!
    assert.equal(process.parent, undefined)
    assert.equal(process.exe, undefined)
  })

  test('then an exec replaces what runs, in the same record', () => {
    const machine = new Machine()
    const parent = machine.play(shell)!
    const forked = machine.play(fork(child))
    const process = machine.play(
      exec({ ...child, name: 'id', fields: imageFields(['id', '-u'], '/usr/bin/id', '/etc') })
    )!
    assert.equal(process, forked)
    assert.deepEqual([process.name, process.exe, process.args], ['id', 'id', ['-u']])
    assert.deepEqual([process.exepath, process.cwd, process.containerId], ['/usr/bin/id', '/etc', ''])
    assert.equal(process.parent, parent)
    assert.equal(parent.exepath, '/bin/sh')
  })
})

describe('names and ids', () => {
  test('of a process follow its main thread, those of other threads are not its own', () => {
    const machine = new Machine()
    const process = machine.play(shell)!
    const main = { call: 4, pid: 100, startTime: 100 }
    machine.play(syscallFrame({ ...main, tid: 101, name: 'worker', uid: 33 }))
    assert.equal(machine.event.threadName, 'worker')
    assert.deepEqual([machine.event.uid, process.uid, process.name], [33, 0, 'sh'])
    machine.play(syscallFrame({ ...main, name: 'renamed', uid: 33, gid: 34 }))
    assert.equal(machine.event.threadName, 'renamed')
    assert.deepEqual([process.name, process.uid, process.gid], ['renamed', 33, 34])
    machine.play(syscallFrame({ ...main, name: '' }))
    assert.equal(process.name, '')
  })

  test('of 15 bytes are whole', () => {
    assert.equal(new Machine().play(exec({ name: 'fifteen-bytes-x' }))!.name, 'fifteen-bytes-x')
  })
})

describe('the session leader', () => {
  test('is the process itself when it leads', () => {
    const process = new Machine().play(shell)!
    assert.equal(process.sessionLeader, process)
  })

  test('changes with the session', () => {
    const machine = new Machine()
    const leader = machine.play(shell)!
    const process = machine.play(fork({ ...child, sid: 100 }))!
    assert.equal(process.sessionLeader, leader)
    machine.play(exec({ ...child, sid: 200 }))
    assert.equal(process.sessionLeader, process)
    machine.play(exec({ ...child, sid: 77 }))
    assert.equal(process.sessionLeader, undefined)
  })

  test('stays known to the session after its end', () => {
    const machine = new Machine()
    const leader = machine.play(shell)!
    machine.play(fork({ ...child, sid: 100 }))
    machine.play(exitFrame({ pid: 100, startTime: 100 }))
    const process = machine.play(exec({ ...child, sid: 100, ppid: 1 }))!
    assert.equal(process.sessionLeader, leader)
  })
})

describe('the scan', () => {
  test('links children to parents and leaders that it tells of later', () => {
    const machine = new Machine()
    const process = machine.play(scanned({ ...child, sid: 100 }))!
    const parent = machine.play(scanned({ pid: 100, startTime: 100, sid: 100 }))!
    assert.deepEqual([process.parent, process.sessionLeader], [undefined, undefined])
    machine.play(scannedFrame())
    assert.equal(process.parent, parent)
    assert.equal(process.sessionLeader, parent)
  })

  test('links no child to another process that has the pid of its parent by now', () => {
    const machine = new Machine()
    const process = machine.play(scanned({ ...child, parentStart: 99 }))!
    machine.play(scanned({ pid: 100, startTime: 100 }))
    machine.play(scannedFrame())
    assert.equal(process.parent, undefined)
  })

  test('is not undone by frames that are older than it', () => {
    const machine = new Machine()
    const now = { pid: 100, startTime: 100, time: 5000 }
    const process = machine.play(scanned({ ...now, name: 'new', fields: imageFields(['new']) }))!
    machine.play(exec({ ...now, time: 4999, name: 'old', fields: imageFields(['old']) }))
    assert.deepEqual([process.name, process.exe], ['new', 'new'])
    machine.play(exec({ ...now, time: 5001, name: 'newer', fields: imageFields(['newer']) }))
    assert.deepEqual([process.name, process.exe], ['newer', 'newer'])
  })
})
