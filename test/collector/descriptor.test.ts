import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOfName } from '../../collector/calls.ts'
import type { Descriptor } from '../../collector/event.ts'
import { FieldTag, fieldCut, fieldLate, fieldUnreadable } from '../../collector/layout.ts'
import { cutMark } from '../../collector/paths.ts'
import {
  type Field,
  fileField,
  sockaddrIpv4,
  sockaddrIpv6,
  sockaddrUnix,
  socketField,
  syscallFrame
} from './frame-builder.ts'
import { Machine } from './support.ts'

const bytesOf = (...bytes: number[]) => String.fromCharCode(...bytes)

function descriptorOf(name: string, result: number, fields: readonly Field[], args: readonly number[] = []) {
  const machine = new Machine()
  machine.play(syscallFrame({ call: callOfName.get(name)!.number, result, fields, args }))
  const { descriptor } = machine.event
  assert.equal(machine.event.descriptor, descriptor, 'it is decoded once')
  return descriptor!
}

const asked = (bytes: string) => ({ tag: FieldTag.path, bytes })
const from = (bytes: string) => ({ tag: FieldTag.directory, bytes })
const resolved = (bytes: string) => ({ tag: FieldTag.resolved, bytes })
const cut = (field: Field) => ({ ...field, flags: fieldCut })
const unreadable = (tag: number) => ({ tag, bytes: '', flags: fieldUnreadable })

describe('the descriptor of an open', () => {
  type Names = Pick<Descriptor, 'number' | 'name' | 'nameAsked' | 'nameRaw'>
  const cases: readonly [what: string, result: number, fields: Field[], names: Names][] = [
    [
      'of a plain file has one name',
      3,
      [asked('/etc/passwd'), resolved('/etc/passwd')],
      { number: 3, name: '/etc/passwd', nameAsked: '/etc/passwd', nameRaw: '/etc/passwd' }
    ],
    [
      'through a symbolic link has the name of the file and the one that was asked for',
      0,
      [asked('/tmp/innocent'), resolved('/etc/shadow')],
      { number: 0, name: '/etc/shadow', nameAsked: '/tmp/innocent', nameRaw: '/tmp/innocent' }
    ],
    [
      'with a relative path joins the directory to the name that was asked for',
      4,
      [asked('../etc//./shadow'), from('/home'), resolved('/etc/shadow')],
      { number: 4, name: '/etc/shadow', nameAsked: '/etc/shadow', nameRaw: '../etc//./shadow' }
    ],
    [
      'that failed has only the name that was asked for',
      -2,
      [asked('x'), from('/tmp')],
      { number: undefined, name: '/tmp/x', nameAsked: '/tmp/x', nameRaw: 'x' }
    ],
    [
      'of an absolute path does not mind the directory',
      -13,
      [asked('/root/../etc/shadow'), from('/tmp')],
      { number: undefined, name: '/etc/shadow', nameAsked: '/etc/shadow', nameRaw: '/root/../etc/shadow' }
    ],
    [
      'of a relative path from a directory that could not be read has the raw name only',
      -2,
      [asked('x'), unreadable(FieldTag.directory)],
      { number: undefined, name: undefined, nameAsked: undefined, nameRaw: 'x' }
    ],
    [
      'whose path could not be read has the name of the file',
      5,
      [unreadable(FieldTag.path), resolved('/etc/shadow')],
      { number: 5, name: '/etc/shadow', nameAsked: undefined, nameRaw: undefined }
    ],
    [
      'whose descriptor was gone has the name that was asked for',
      5,
      [asked('/etc/shadow'), unreadable(FieldTag.resolved)],
      { number: 5, name: '/etc/shadow', nameAsked: '/etc/shadow', nameRaw: '/etc/shadow' }
    ],
    [
      'whose resolved path is cut is no absolute one: its beginning is missing',
      5,
      [asked('x'), from('/usr'), cut(resolved('/usr/x'))],
      { number: 5, name: `${cutMark}/usr/x`, nameAsked: '/usr/x', nameRaw: 'x' }
    ],
    [
      'from a directory that is cut is no absolute one, however far it goes up',
      -2,
      [asked('../../../../etc/shadow'), cut(from('/usr/x'))],
      {
        number: undefined,
        name: `${cutMark}/etc/shadow`,
        nameAsked: `${cutMark}/etc/shadow`,
        nameRaw: '../../../../etc/shadow'
      }
    ],
    [
      'with a cut path shows so, and rules see what is left of it',
      -36,
      [cut(asked('/etc/./aaa'))],
      { number: undefined, name: '/etc/aaa', nameAsked: '/etc/aaa', nameRaw: `/etc/./aaa${cutMark}` }
    ],
    [
      'without any field has no name',
      -14,
      [],
      { number: undefined, name: undefined, nameAsked: undefined, nameRaw: undefined }
    ]
  ]
  for (const [what, result, fields, names] of cases) {
    test(what, () => {
      for (const call of ['open', 'openat', 'openat2']) {
        const { number, name, nameAsked, nameRaw } = descriptorOf(call, result, fields)
        assert.deepEqual({ number, name, nameAsked, nameRaw }, names)
      }
    })
  }

  const types: readonly [what: string, mode: number, char: string][] = [
    ['a file', 0o100644, 'f'],
    ['a directory', 0o040755, 'd'],
    ['a FIFO', 0o010600, 'p'],
    ['a terminal', 0o020620, 'f'],
    ['a disk', 0o060660, 'f'],
    ['a socket', 0o140755, 'o'],
    ['an anonymous inode', 0o600, 'o']
  ]
  for (const [what, mode, char] of types) {
    test(`${what} has the type ${char}`, () => {
      assert.equal(descriptorOf('open', 3, [asked('/x'), fileField(mode)]).type?.char, char)
    })
  }

  test('without the file has no type', () => assert.equal(descriptorOf('open', -2, [asked('/x')]).type, undefined))
})

describe('the descriptor of a connect', () => {
  const mapped = (...ipv4: number[]) => [...Array(10).fill(0), 0xff, 0xff, ...ipv4]
  const v6 = [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]
  const address = (bytes: Uint8Array) => ({ tag: FieldTag.sockaddr, bytes })
  const local = { family: 2, local: [10, 0, 0, 1], localPort: 40_000 }
  const connected = (fields: readonly Field[]) => descriptorOf('connect', 0, fields, [7])

  const cases: readonly [what: string, fields: Field[], type: string, name: string | undefined, l4proto?: string][] = [
    [
      'over IPv4 names both ends',
      [address(sockaddrIpv4([10, 96, 0, 1], 443)), socketField(local)],
      'ipv4',
      '10.0.0.1:40000->10.96.0.1:443',
      'tcp'
    ],
    [
      'over SCTP',
      [address(sockaddrIpv4([10, 96, 0, 1], 443)), socketField({ ...local, protocol: 132 })],
      ...(['ipv4', '10.0.0.1:40000->10.96.0.1:443', 'sctp'] as const)
    ],
    [
      'over SMC, which is TCP to the network',
      [address(sockaddrIpv4([10, 96, 0, 1], 443)), socketField({ ...local, protocol: 256 })],
      ...(['ipv4', '10.0.0.1:40000->10.96.0.1:443', 'tcp'] as const)
    ],
    [
      'that a service mesh sent elsewhere names the end that was asked for',
      [
        address(sockaddrIpv4([10, 96, 0, 1], 443)),
        socketField({ ...local, remote: [127, 0, 0, 1], remotePort: 15_001 })
      ],
      'ipv4',
      '10.0.0.1:40000->10.96.0.1:443',
      'tcp'
    ],
    [
      'over IPv6 names both ends',
      [address(sockaddrIpv6(v6, 53)), socketField({ family: 10, local: v6, localPort: 1, type: 2, protocol: 17 })],
      'ipv6',
      '[2001:db8::1]:1->[2001:db8::1]:53',
      'udp'
    ],
    [
      'over IPv6 to a mapped address is one over IPv4',
      [
        address(sockaddrIpv6(mapped(1, 2, 3, 4), 80)),
        socketField({ family: 10, local: mapped(10, 0, 0, 1), localPort: 5 })
      ],
      'ipv4',
      '10.0.0.1:5->1.2.3.4:80',
      'tcp'
    ],
    ['whose socket was gone names the far end', [address(sockaddrIpv4([1, 2, 3, 4], 80))], 'ipv4', '1.2.3.4:80'],
    [
      'whose address could not be read names the far end of the socket',
      [unreadable(FieldTag.sockaddr), socketField({ ...local, remote: [1, 2, 3, 4], remotePort: 80 })],
      'ipv4',
      '10.0.0.1:40000->1.2.3.4:80',
      'tcp'
    ],
    [
      'with a cut address names the far end of the socket',
      [address(Uint8Array.of(2, 0)), socketField({ ...local, remote: [1, 2, 3, 4], remotePort: 80 })],
      'ipv4',
      '10.0.0.1:40000->1.2.3.4:80',
      'tcp'
    ],
    ['with a cut IPv4 address and no socket has its type', [address(Uint8Array.of(2, 0))], 'ipv4', undefined],
    ['with a cut IPv6 address and no socket has its type', [address(Uint8Array.of(10, 0))], 'ipv6', undefined],
    [
      'of a raw socket is raw',
      [address(sockaddrIpv4([1, 1, 1, 1], 0)), socketField({ ...local, type: 3, protocol: 1 })],
      'ipv4',
      '10.0.0.1:40000->1.1.1.1:0',
      'raw'
    ],
    [
      'of a ping socket is icmp',
      [address(sockaddrIpv6(v6, 0)), socketField({ family: 10, local: v6, type: 2, protocol: 58 })],
      'ipv6',
      '[2001:db8::1]:0->[2001:db8::1]:0',
      'icmp'
    ],
    ['to a unix socket names its path', [address(sockaddrUnix('/run/docker.sock\0'))], 'unix', '/run/docker.sock'],
    [
      'to an abstract unix socket names it',
      [address(sockaddrUnix('\0dbus')), socketField({ family: 1 })],
      'unix',
      '@dbus'
    ],
    ['of a unix socket whose address could not be read has no name', [socketField({ family: 1 })], 'unix', undefined],
    ['to the kernel has no name', [address(Uint8Array.of(16, 0, 1, 2))], 'netlink', undefined],
    ['to another family has no name', [address(Uint8Array.of(40, 0, 1, 2))], 'other', undefined],
    ['without any field has no name', [], 'other', undefined]
  ]
  for (const [what, fields, type, name, l4proto] of cases) {
    test(what, () => {
      const descriptor = connected(fields)
      assert.deepEqual(
        [descriptor.number, descriptor.type?.name, descriptor.name, descriptor.l4proto],
        [7, type, name, l4proto]
      )
      assert.deepEqual([descriptor.nameAsked, descriptor.nameRaw], [type === 'unix' ? name : undefined, undefined])
    })
  }

  test('takes the end of the socket where a thread could have changed the address that was asked for', () => {
    const socket = socketField({ ...local, remote: [10, 96, 0, 1], remotePort: 443 })
    const asked = { ...address(sockaddrIpv4([127, 0, 0, 1], 80)), flags: fieldLate }
    assert.equal(connected([asked, socket]).name, '10.0.0.1:40000->10.96.0.1:443')
    assert.equal(connected([asked, socketField(local)]).name, '10.0.0.1:40000->127.0.0.1:80')
  })

  test('to no family ends a connection', () => {
    const { type, name, connected: isConnected } = connected([address(new Uint8Array(16)), socketField(local)])
    assert.deepEqual([type?.name, name, isConnected], ['ipv4', '10.0.0.1:40000', false])
  })

  test('of a Unix socket names the far end, also where the near one has a name', () => {
    const paths = [
      { tag: FieldTag.socketPath, bytes: '/tmp/own' },
      { tag: FieldTag.peerPath, bytes: '/run/docker.sock' }
    ]
    const asked = address(sockaddrUnix('link\0'))
    const { name, nameAsked } = connected([asked, socketField({ family: 1 }), ...paths])
    assert.deepEqual([name, nameAsked], ['/run/docker.sock', 'link'])
    const failed = descriptorOf('connect', -2, [asked, socketField({ family: 1 }), ...paths], [7])
    assert.equal(failed.name, 'link')
    const sent = (fields: readonly Field[]) => descriptorOf('sendto', 1, [socketField({ family: 1 }), ...fields])
    assert.equal(sent(paths).name, '/run/docker.sock')
    assert.equal(sent([asked, ...paths]).name, 'link')
    assert.equal(sent(paths.slice(0, 1)).name, '/tmp/own')
  })

  test('has the local end as client and the remote one as server', () => {
    const { client, server, ...ends } = connected([address(sockaddrIpv4([1, 2, 3, 4], 80)), socketField(local)])
    assert.deepEqual(client, { address: bytesOf(10, 0, 0, 1), port: 40_000 })
    assert.deepEqual(server, { address: bytesOf(1, 2, 3, 4), port: 80 })
    assert.deepEqual([ends.local, ends.remote], [client, server])
  })
})
