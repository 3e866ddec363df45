import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import { describe, test } from 'node:test'
import { FieldTag } from '../../collector/layout.ts'
import {
  formatAddress,
  formatEndpoint,
  readSocketAddress,
  readSocketEnds,
  type SocketAddress,
  unmapped
} from '../../collector/sockets.ts'
import { forSeeds } from '../rules/support.ts'
import { sockaddrIpv4, sockaddrIpv6, sockaddrUnix, socketField, syscallFrame } from './frame-builder.ts'
import { frameInBuffer } from './support.ts'

const bytesOf = (...bytes: number[]) => String.fromCharCode(...bytes)

/** The 16 bytes of eight groups. */
const groups = (...values: number[]) => values.flatMap(group => [group >> 8, group & 0xff])

const v6 = groups(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)
const mapped = [...groups(0, 0, 0, 0, 0, 0xffff), 10, 96, 0, 1]

function addressOf(bytes: Uint8Array): SocketAddress | undefined {
  const field = { tag: FieldTag.sockaddr, bytes }
  // What follows the field must not be taken for a part of it.
  const frame = syscallFrame({ call: 6, fields: [field, { tag: FieldTag.path, bytes: 'xxxxxxxxxxxxxxxxxxxxxxxx' }] })
  const { frames, fields } = frameInBuffer(frame, 114, 120)
  return readSocketAddress(frames, fields.starts[FieldTag.sockaddr]!, bytes.length)
}

describe('the address that was passed to a call', () => {
  const cases: readonly [what: string, bytes: Uint8Array, address: SocketAddress | undefined][] = [
    ['IPv4', sockaddrIpv4([10, 96, 0, 1], 443), { family: 2, endpoint: { address: bytesOf(10, 96, 0, 1), port: 443 } }],
    [
      'IPv4 without the padding',
      sockaddrIpv4([1, 2, 3, 4], 65_535).subarray(0, 8),
      { family: 2, endpoint: { address: bytesOf(1, 2, 3, 4), port: 65_535 } }
    ],
    ['IPv4, cut', sockaddrIpv4([10, 96, 0, 1], 443).subarray(0, 7), { family: 2 }],
    ['IPv6', sockaddrIpv6(v6, 8080), { family: 10, endpoint: { address: bytesOf(...v6), port: 8080 } }],
    [
      'IPv6 without the scope, as RFC 2133 had it',
      sockaddrIpv6(v6, 53).subarray(0, 24),
      { family: 10, endpoint: { address: bytesOf(...v6), port: 53 } }
    ],
    ['IPv6, cut', sockaddrIpv6(v6, 8080).subarray(0, 23), { family: 10 }],
    ['a path', sockaddrUnix('/run/docker.sock\0'), { family: 1, path: '/run/docker.sock' }],
    ['a path without its NUL', sockaddrUnix('/run/docker.sock'), { family: 1, path: '/run/docker.sock' }],
    ['a path with rubbish behind its NUL', sockaddrUnix('/a\0junk'), { family: 1, path: '/a' }],
    ['a path of other bytes', sockaddrUnix('/\xff\n'), { family: 1, path: '/\xff\n' }],
    ['an abstract name', sockaddrUnix('\0dbus'), { family: 1, path: '@dbus' }],
    ['an abstract name with a NUL in it', sockaddrUnix('\0a\0b\0'), { family: 1, path: '@a\0b\0' }],
    ['a unix socket without a name', sockaddrUnix(''), { family: 1, path: '' }],
    ['another family', Uint8Array.of(16, 0, 1, 2), { family: 16 }],
    ['no family (disconnect)', Uint8Array.of(0, 0), { family: 0 }],
    ['one byte', Uint8Array.of(2), undefined],
    ['nothing', new Uint8Array(), undefined]
  ]
  for (const [what, bytes, address] of cases) test(what, () => assert.deepEqual(addressOf(bytes), address))
})

test('both ends of a socket are read with the size of its family', () => {
  const ends = { type: 2, protocol: 17, state: 7, queueLimit: 128, localPort: 40_000, remotePort: 53 }
  const read = (family: number, local: number[], remote: number[]) => {
    const frame = syscallFrame({ call: 6, fields: [socketField({ ...ends, family, local, remote })] })
    const { frames, fields } = frameInBuffer(frame, 114, 120)
    return readSocketEnds(frames, fields.starts[FieldTag.socket]!)
  }
  const common = { type: 2, protocol: 17, state: 7, queueLimit: 128 }
  assert.deepEqual(read(2, [10, 0, 0, 1], [8, 8, 8, 8]), {
    ...common,
    family: 2,
    local: { address: bytesOf(10, 0, 0, 1), port: 40_000 },
    remote: { address: bytesOf(8, 8, 8, 8), port: 53 }
  })
  assert.deepEqual(read(10, v6, mapped), {
    ...common,
    family: 10,
    local: { address: bytesOf(...v6), port: 40_000 },
    remote: { address: bytesOf(...mapped), port: 53 }
  })
})

test('an IPv4-mapped address stands for its IPv4 address, and no other does', () => {
  assert.deepEqual(unmapped({ address: bytesOf(...mapped), port: 1 }), { address: bytesOf(10, 96, 0, 1), port: 1 })
  for (const address of [v6, groups(0, 0, 0, 0, 0, 0xfffe, 1, 2), groups(1, 0, 0, 0, 0, 0xffff, 1, 2), [1, 2, 3, 4]]) {
    const end = { address: bytesOf(...address), port: 1 }
    assert.equal(unmapped(end), end)
  }
})

describe('the text of an address', () => {
  const cases: readonly [bytes: number[], text: string][] = [
    [[0, 0, 0, 0], '0.0.0.0'],
    [[255, 1, 20, 100], '255.1.20.100'],
    [groups(0, 0, 0, 0, 0, 0, 0, 0), '::'],
    [groups(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
    [groups(1, 0, 0, 0, 0, 0, 0, 0), '1::'],
    [v6, '2001:db8::1'],
    // RFC 5952: 4.1 no leading zeros, 4.2.2 one group is not shortened, 4.2.3 the longest run, the first of equals,
    // 4.3 lower case.
    [groups(0x2001, 0x0db8, 0x0aaa, 0x00bb, 0x000c, 0x1, 0x2, 0x3), '2001:db8:aaa:bb:c:1:2:3'],
    [groups(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
    [groups(0x2001, 0, 0, 1, 0, 0, 0, 1), '2001:0:0:1::1'],
    [groups(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
    [groups(0x2001, 0xdb8, 0, 0, 0, 0, 2, 1), '2001:db8::2:1'],
    [groups(0, 0, 1, 2, 3, 4, 5, 6), '::1:2:3:4:5:6'],
    [groups(0, 1, 2, 3, 4, 5, 6, 7), '0:1:2:3:4:5:6:7'],
    [groups(1, 2, 3, 4, 5, 6, 0, 0), '1:2:3:4:5:6::'],
    [groups(0xfe80, 0, 0, 0, 0xabcd, 0xef, 0, 0xffff), 'fe80::abcd:ef:0:ffff']
  ]
  for (const [bytes, text] of cases) test(text, () => assert.equal(formatAddress(bytesOf(...bytes)), text))

  test('of sixteen bytes is the one that the URL standard writes', () => {
    forSeeds(2000, random => {
      const address = groups(...Array.from({ length: 8 }, () => random.pick([0, 0, 0, 1, 0xab, random.below(65_536)])))
      const text = formatAddress(bytesOf(...address))
      assert.ok(isIPv6(text), text)
      assert.equal(`[${text}]`, new URL(`http://[${text}]/`).hostname)
      assert.equal(
        formatEndpoint({ address: bytesOf(...address), port: 80 }),
        `${new URL(`http://[${text}]/`).hostname}:80`
      )
    })
  })

  test('has its port behind a colon, IPv6 in brackets', () => {
    assert.equal(formatEndpoint({ address: bytesOf(10, 0, 0, 1), port: 443 }), '10.0.0.1:443')
    assert.equal(formatEndpoint({ address: bytesOf(...v6), port: 0 }), '[2001:db8::1]:0')
  })
})
