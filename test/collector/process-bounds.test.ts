/** The process table over a long time: ends, pids used again, and what is kept of those that have ended. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EvictedContainers } from '../../collector/evicted-containers.ts'
import { FrameKind } from '../../collector/layout.ts'
import type { ProcessRecord } from '../../collector/process-record.ts'
import { forSeeds } from '../rules/support.ts'
import { exitFrame, imageFields, type ProcessFrame, processFrame, scannedFrame, syscallFrame } from './frame-builder.ts'
import { Machine, reachable } from './support.ts'

const fork = (members: ProcessFrame) => processFrame({ kind: FrameKind.fork, ...members })

/** The nth process of a chain: it began at 1000 + n and is the child of the one before. */
const link = (n: number) => ({
  pid: 1000 + n,
  startTime: 1000 + n,
  ppid: 999 + n,
  parentStart: 999 + n,
  time: 2000 + n
})

function ancestorsOf(process: ProcessRecord): number[] {
  const pids: number[] = []
  for (let ancestor = process.parent; ancestor !== undefined; ancestor = ancestor.parent) pids.push(ancestor.pid)
  return pids
}

describe('the end of a process', () => {
  test('takes it out of the table, and leaves it to its living children', () => {
    const machine = new Machine()
    for (const n of [0, 1, 2]) machine.play(fork(link(n)))
    machine.play(exitFrame(link(0)))
    machine.play(exitFrame(link(1)))
    assert.equal(machine.processes.size, 1)
    assert.equal(machine.processes.find(1001, 0), undefined)
    const last = machine.processes.find(1002, 1002)!
    assert.deepEqual(ancestorsOf(last), [1001, 1000])
    machine.play(processFrame({ ...link(2), ppid: 1, parentStart: 1 }))
    assert.deepEqual(ancestorsOf(last), [1001, 1000], 'a new parent does not hide who started it')
    assert.equal(last.ppid, 1)
  })

  test('of a predecessor does not end the process that has its pid now', () => {
    const machine = new Machine()
    machine.play(fork({ pid: 100, startTime: 100 }))
    machine.play(fork({ pid: 100, startTime: 200 }))
    machine.play(exitFrame({ pid: 100, startTime: 100 }))
    assert.equal(machine.processes.find(100, 0)?.startTime, 200n)
    machine.play(exitFrame({ pid: 7, startTime: 7 }))
    assert.equal(machine.processes.size, 1)
  })
})

describe('a pid that is used again', () => {
  test('is another process', () => {
    const machine = new Machine()
    const image = imageFields(['old'], '/old')
    const before = machine.play(processFrame({ pid: 100, startTime: 100, fields: image }))!
    const after = machine.play(syscallFrame({ call: 4, pid: 100, startTime: 200 }))!
    assert.notEqual(after, before)
    assert.deepEqual([after.exepath, before.exepath, before.ended], [undefined, '/old', true])
    assert.equal(machine.processes.size, 1)
  })

  test('is not taken back by a late frame of the process before', () => {
    const machine = new Machine()
    const after = machine.play(processFrame({ pid: 100, startTime: 200, fields: imageFields(['new']) }))!
    const late = machine.play(syscallFrame({ call: 4, pid: 100, startTime: 100 }))!
    assert.equal(late.startTime, 100n)
    assert.equal(machine.processes.find(100, 200), after)
    assert.equal(after.ended, false)
  })

  test('by a descendant makes no ring of ancestors', () => {
    const machine = new Machine()
    const scan = (pid: number, startTime: number, ppid: number, parentStart: number) =>
      machine.play(processFrame({ kind: FrameKind.process, pid, startTime, ppid, parentStart }))!
    const rings = [scan(5, 500, 6, 600), scan(6, 600, 5, 500), scan(7, 700, 7, 700)]
    machine.play(scannedFrame())
    assert.deepEqual(rings.map(ancestorsOf), [[], [5], []])
  })
})

describe('the table is bounded', () => {
  test('at its limit it gives up the entries that were used least recently, and counts them', () => {
    const machine = new Machine(10)
    for (let n = 0; n < 25; n++) machine.play(fork(link(n)))
    assert.equal(machine.processes.size, 10)
    assert.equal(machine.processes.evicted, 15)
    assert.equal(machine.processes.find(1014, 0), undefined)
    assert.notEqual(machine.processes.find(1015, 0), undefined)
  })

  test('a call, an exec and a fork keep a process in the table', () => {
    const machine = new Machine(10)
    for (let n = 0; n < 10; n++) machine.play(fork(link(n)))
    machine.play(syscallFrame({ call: 4, ...link(0) }))
    machine.play(processFrame(link(1)))
    machine.play(fork({ ...link(10), originPid: 1002, originStart: 1002 }))
    for (let n = 11; n < 17; n++) machine.play(fork({ ...link(n), originPid: 1, originStart: 1 }))
    const kept = Array.from({ length: 17 }, (_, n) => n).filter(n => machine.processes.find(1000 + n, 0) !== undefined)
    assert.deepEqual(kept, [0, 1, 2, 10, 11, 12, 13, 14, 15, 16])
  })

  test('a process that goes on making calls stays, however many others begin', () => {
    const machine = new Machine(10)
    const busy = machine.play(fork(link(0)))
    for (let n = 1; n < 100; n++) {
      for (let calls = 0; calls < 3; calls++) assert.equal(machine.play(syscallFrame({ call: 4, ...link(0) })), busy)
      machine.play(fork({ ...link(n), originPid: 1, originStart: 1 }))
    }
  })

  describe('the container of a process that was given up', () => {
    const container = 'ab'.repeat(32)

    /** The first of three processes runs in a container and is given up; then the container does as `act` says. */
    function evicted(...frames: Buffer[]) {
      const machine = new Machine(2)
      machine.play(processFrame({ ...link(0), fields: imageFields(['pause'], '/pause', '/', `/docker/${container}`) }))
      for (const n of [50, 51]) machine.play(processFrame({ ...link(n), fields: imageFields(['sh']) }))
      assert.equal(machine.processes.find(1000, 0), undefined)
      for (const frame of frames) machine.play(frame)
      return machine
    }
    const call = syscallFrame({ call: 4, ...link(0) })

    test('is known at its next call, and to the processes that it starts', () => {
      assert.equal(evicted().play(call)!.containerId, container)
      assert.equal(evicted().play(fork(link(1)))!.containerId, container)
      const again = evicted(call, ...[52, 53].map(n => fork(link(n))))
      assert.equal(again.play(call)!.containerId, container)
    })

    test('is that of the host when it ran there', () => {
      const machine = evicted(fork(link(52)))
      assert.equal(machine.play(syscallFrame({ call: 4, ...link(50) }))!.containerId, '')
    })

    test('is forgotten with its end, and is not that of another process with its pid', () => {
      assert.equal(evicted(exitFrame(link(0))).play(call)!.containerId, undefined)
      const successor = { ...link(0), startTime: 3000 }
      assert.equal(evicted().play(syscallFrame({ call: 4, ...successor }))!.containerId, undefined)
      assert.equal(evicted(exitFrame(successor)).play(call)!.containerId, container)
    })

    test('is kept for as many processes as the table holds', () => {
      const containers = new EvictedContainers(3)
      for (const pid of [1, 2, 3, 1, 4]) containers.add({ pid, startKey: pid, containerId: `${pid}` })
      assert.deepEqual(
        [1, 2, 3, 4].map(pid => containers.find(pid, pid)),
        ['1', undefined, '3', '4']
      )
      assert.equal(containers.size, 3)
    })
  })

  test('a pid that is used again counts as young', () => {
    const machine = new Machine(2)
    machine.play(fork({ pid: 1, startTime: 1 }))
    machine.play(fork({ pid: 2, startTime: 2 }))
    machine.play(fork({ pid: 1, startTime: 3 }))
    machine.play(fork({ pid: 3, startTime: 4 }))
    assert.deepEqual(
      [1, 2, 3].map(pid => machine.processes.find(pid, 0) !== undefined),
      [true, false, true]
    )
  })

  test('it is empty after it was cleared', () => {
    const machine = new Machine()
    machine.play(fork(link(0)))
    machine.processes.clear()
    assert.equal(machine.processes.size, 0)
  })

  /** What a process does before its parent, or its parent's parent, ends. */
  const chains: readonly [what: string, members: (n: number) => ProcessFrame, outlives: number][] = [
    ['ends when it has forked', n => link(n), 1],
    ['ends when its child has forked', n => link(n), 2],
    ['ends twenty forks later', n => link(n), 20],
    // The call of setsid has no frame: the child's frame is the first to show the new session.
    ['begins a session and ends when it has forked', n => ({ ...link(n), sid: 999 + n }), 1],
    [
      'begins a session, forks a sibling and ends',
      n => ({ ...link(n), sid: 999 + n, ppid: 1, parentStart: 1, originPid: 999 + n, originStart: 999 + n }),
      1
    ]
  ]
  for (const [what, members, outlives] of chains) {
    test(`a chain of 100,000 processes of which each ${what} does not hold memory`, () => {
      const machine = new Machine(1000)
      let last: ProcessRecord | undefined
      for (let n = 0; n < 100_000; n++) {
        last = machine.play(fork(members(n)))
        if (n >= outlives) machine.play(exitFrame(link(n - outlives)))
      }
      assert.equal(machine.processes.size, outlives)
      const kept = reachable(last).size
      assert.ok(kept <= 64 + 2 * outlives + 2, `${kept} records are kept`)
    })
  }

  test('a chain of living processes that is longer than the table does not hold memory', () => {
    const machine = new Machine(100)
    let last: ProcessRecord | undefined
    for (let n = 0; n < 10_000; n++) last = machine.play(fork(link(n)))
    assert.ok(reachable(last).size <= 64 + 102)
  })

  test('an ended process keeps 64 ended ancestors, and every living one counts anew', () => {
    const machine = new Machine()
    for (let n = 0; n < 200; n++) machine.play(fork(link(n)))
    for (let n = 0; n < 199; n++) if (n !== 190) machine.play(exitFrame(link(n)))
    const kept = [[198, 191], [190], [189, 189 - 64]].flatMap(([from, to = from]) =>
      Array.from({ length: from! - to! + 1 }, (_, index) => 1000 + from! - index)
    )
    assert.deepEqual(ancestorsOf(machine.processes.find(1199, 0)!), kept)
  })

  test('whatever happens: it holds what the machine has, and little more', () => {
    forSeeds(20, random => {
      const machine = new Machine(50)
      const living: number[] = []
      for (let n = 0; n < 5000; n++) {
        const parent = living.length > 0 ? random.pick(living) : 0
        const { pid, startTime } = link(n)
        const sid = random.pick([pid, parent + 1000, 1000 + random.below(n + 1)])
        const origin = living.length > 0 ? random.pick(living) : 0
        const [parentStart, originStart] = [1000 + parent, 1000 + origin]
        const relatives = { ppid: parentStart, parentStart, originPid: originStart, originStart }
        machine.play(fork({ pid, startTime, sid, time: 2000 + n, ...relatives }))
        living.push(n)
        while (living.length > random.below(60)) {
          const [ended] = living.splice(random.below(living.length), 1)
          machine.play(exitFrame(link(ended!)))
        }
      }
      const records = living.map(n => machine.processes.find(1000 + n, 0))
      const kept = reachable(...records).size
      assert.ok(kept <= (machine.processes.size + 1) * 66, `${kept} records for ${machine.processes.size} processes`)
    })
  })
})
