import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { callOfName, callOfNumber, calls } from '../../collector/calls.ts'
import { OpenFlag } from '../../collector/flags.ts'
import { FieldTag, fieldCut } from '../../collector/layout.ts'
import { cutMark } from '../../collector/paths.ts'
import { type Field, fileField, openHowField, sockaddrIpv4, sockaddrUnix, socketField } from './frame-builder.ts'
import { argumentsOf, eventOf } from './support.ts'

test('names and numbers are those of the enum in frame.h', () => {
  const header = readFileSync(new URL('../../collector/reader/frame.h', import.meta.url), 'utf8')
  const inHeader = [...header.matchAll(/^\tCALL_(\w+) = (\d+),/gm)]
    .map(([, name, number]) => [name!.toLowerCase(), Number(number)] as const)
    .filter(([name]) => name !== 'none' && name !== 'count')
  assert.deepEqual(
    calls.map(({ name, number }) => [name, number]),
    inHeader
  )
  for (const call of calls) {
    assert.equal(callOfNumber[call.number], call)
    assert.equal(callOfName.get(call.name), call)
  }
  assert.equal(callOfNumber[0], undefined)
})

const path = (bytes: string) => ({ tag: FieldTag.path, bytes })
const flags = OpenFlag.CREAT | OpenFlag.WRONLY
const AT_FDCWD = -100

describe('the arguments of a call', () => {
  const cases: readonly [
    what: string,
    call: string,
    result: number,
    args: readonly number[],
    fields: readonly Field[],
    texts: readonly string[]
  ][] = [
    [
      'open',
      'open',
      3,
      [0, flags, 0o100644],
      [path('/x'), fileField(0o100644, 2 ** 33, 0x800001)],
      ['fd=3', 'name=/x', 'flags=O_WRONLY|O_CREAT', 'mode=0644', 'dev=0x801', 'ino=8589934592']
    ],
    [
      'openat that failed',
      'openat',
      -13,
      [AT_FDCWD, 0, 0, 0],
      [path('../x'), { tag: FieldTag.directory, bytes: '/tmp' }],
      ['fd=-13', 'dirfd=AT_FDCWD', 'name=/x', 'flags=O_RDONLY', 'mode=00', 'dev=0', 'ino=0']
    ],
    [
      'openat from a descriptor, with a path that could not be read',
      'openat',
      -14,
      [5, 0, flags, 0o7777],
      [],
      ['fd=-14', 'dirfd=5', 'name=<NA>', 'flags=O_WRONLY|O_CREAT', 'mode=07777', 'dev=0', 'ino=0']
    ],
    [
      'openat2',
      'openat2',
      4,
      [-1, 0, 0, 24],
      [path('/../y'), { tag: FieldTag.directory, bytes: '/jail' }, openHowField(flags, 0o600, 0x18)],
      [
        ...['fd=4', 'dirfd=-1', 'name=/jail/y', 'flags=O_WRONLY|O_CREAT', 'mode=0600', 'dev=0', 'ino=0'],
        'resolve=RESOLVE_BENEATH|RESOLVE_IN_ROOT'
      ]
    ],
    [
      'openat2 whose open_how could not be read',
      'openat2',
      -14,
      [AT_FDCWD],
      [path('y')],
      ['fd=-14', 'dirfd=AT_FDCWD', 'name=y', 'flags=<NA>', 'mode=00', 'dev=0', 'ino=0', 'resolve=0']
    ],
    [
      'connect',
      'connect',
      -115,
      [7],
      [
        { tag: FieldTag.sockaddr, bytes: sockaddrIpv4([10, 96, 0, 1], 443) },
        socketField({ family: 2, local: [10, 0, 0, 1], localPort: 40_000 })
      ],
      ['res=-115', 'fd=7', 'addr=10.96.0.1:443', 'tuple=10.0.0.1:40000->10.96.0.1:443']
    ],
    [
      'connect to a unix socket',
      'connect',
      0,
      [7],
      [{ tag: FieldTag.sockaddr, bytes: sockaddrUnix('/run/docker.sock\0') }],
      ['res=0', 'fd=7', 'addr=/run/docker.sock', 'tuple=/run/docker.sock']
    ],
    ['connect with nothing readable', 'connect', -14, [-1], [], ['res=-14', 'fd=-1', 'addr=<NA>', 'tuple=<NA>']],
    ['setns', 'setns', 0, [9, 0x40000000], [], ['res=0', 'fd=9', 'nstype=CLONE_NEWNET']],
    ['execve that failed', 'execve', -2, [], [path('/no/such')], ['res=-2', 'filename=/no/such']],
    [
      'execve with a path that is cut',
      'execve',
      -36,
      [],
      [{ ...path('/a/'), flags: fieldCut }],
      ['res=-36', `filename=/a/${cutMark}`]
    ],
    ['execveat that failed', 'execveat', -13, [], [], ['res=-13', 'filename=<NA>']]
  ]
  for (const [what, call, result, args, fields, texts] of cases) {
    test(what, () => {
      const event = eventOf(call, result, args, fields)
      assert.equal(event.type, call)
      assert.equal(event.result, result)
      assert.deepEqual(argumentsOf(event), texts)
    })
  }
})

describe('the flags of an open', () => {
  const { RDWR, WRONLY, CREAT, TRUNC, APPEND, CLOEXEC, LARGEFILE } = OpenFlag
  const opened = (openedFlags: number) => fileField(0o100644, 7, 1, openedFlags | LARGEFILE)
  const how = openHowField(flags, 1, 2)
  const cases: readonly [
    what: string,
    call: string,
    result: number,
    args: number[],
    fields: Field[],
    flags: number | undefined
  ][] = [
    ['open are its argument', 'open', 3, [0, flags, 1], [], flags],
    ['openat are its argument', 'openat', 3, [1, 0, flags, 1], [], flags],
    ['openat do not depend on what the descriptor is by now', 'openat', 3, [1, 0, flags, 1], [opened(RDWR)], flags],
    ['openat2 that failed are those in memory', 'openat2', -2, [], [how], flags],
    ['openat2 that failed are not known when memory could not be read', 'openat2', -14, [], [], undefined],
    ['openat2 whose file was gone are those in memory', 'openat2', 3, [], [how], flags],
    [
      'openat2 are those of the file, and from memory those that a file does not keep',
      'openat2',
      3,
      [],
      [how, opened(WRONLY)],
      flags
    ],
    [
      'openat2 are for reading and writing when memory claims another access than the file has',
      'openat2',
      3,
      [],
      [openHowField(WRONLY | CREAT | TRUNC | CLOEXEC, 1, 2), opened(APPEND)],
      RDWR | CREAT | TRUNC | CLOEXEC | APPEND
    ],
    ['openat2 are those of the file when memory could not be read', 'openat2', 3, [], [opened(APPEND)], APPEND],
    ['openat2 may be for anything when nothing could be read', 'openat2', 3, [], [], RDWR],
    ['connect do not exist', 'connect', 3, [1, 2, 3], [], undefined]
  ]
  for (const [what, call, result, args, fields, expected] of cases) {
    test(`of ${what}`, () => assert.equal(eventOf(call, result, args, fields).openFlags, expected))
  }
})
