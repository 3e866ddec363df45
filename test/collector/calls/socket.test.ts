import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldTag, fieldUnreadable } from '../../../collector/layout.ts'
import { type Field, messageField, queueField, sockaddrIpv4, sockaddrUnix, socketField } from '../frame-builder.ts'
import { argumentsOf, eventOf } from '../support.ts'

const address = (bytes: Uint8Array) => ({ tag: FieldTag.sockaddr, bytes })
const data = (bytes: string, flags = 0) => ({ tag: FieldTag.data, bytes, flags })
const connection = socketField({
  ...{ family: 2, local: [10, 0, 0, 1], localPort: 80, remote: [10, 0, 0, 2], remotePort: 4000, queueLimit: 8 }
})
const datagrams = socketField({ family: 2, type: 2, protocol: 17, state: 7, local: [0, 0, 0, 0], localPort: 5000 })
const tuple = '10.0.0.2:4000->10.0.0.1:80'

describe('the arguments of a call on a socket', () => {
  const cases: readonly [
    what: string,
    call: string,
    result: number,
    args: readonly number[],
    fields: readonly Field[],
    texts: readonly string[]
  ][] = [
    [
      'accept',
      'accept',
      5,
      [3],
      [connection, queueField(3, 8)],
      ['fd=5', `tuple=${tuple}`, 'queuepct=37', 'queuelen=3', 'queuemax=8']
    ],
    [
      'accept4 from a queue that is fuller than full',
      'accept4',
      5,
      [3, 0, 0, 0o2000000],
      [connection, queueField(9, 8)],
      ['fd=5', `tuple=${tuple}`, 'queuepct=100', 'queuelen=9', 'queuemax=8', 'flags=SOCK_CLOEXEC']
    ],
    [
      'accept4 that failed',
      'accept4',
      -9,
      [77, 0, 0, 1],
      [],
      ['fd=-9', 'tuple=<NA>', 'queuepct=0', 'queuelen=0', 'queuemax=0', 'flags=0x1']
    ],
    ['bind', 'bind', 0, [3], [address(sockaddrIpv4([0, 0, 0, 0], 80))], ['res=0', 'addr=0.0.0.0:80', 'fd=3']],
    ['bind to a path', 'bind', 0, [3], [address(sockaddrUnix('x\0'))], ['res=0', 'addr=x', 'fd=3']],
    ['bind to nothing', 'bind', -14, [3], [], ['res=-14', 'addr=<NA>', 'fd=3']],
    ['listen', 'listen', 0, [3, -1], [], ['res=0', 'fd=3', 'backlog=-1']],
    [
      'sendto',
      'sendto',
      2,
      [3, 0, 2 ** 40],
      [data('ab'), datagrams, address(sockaddrIpv4([8, 8, 8, 8], 53))],
      ['res=2', 'data=ab', 'fd=3', 'size=1099511627776', 'tuple=0.0.0.0:5000->8.8.8.8:53']
    ],
    [
      'sendmsg',
      'sendmsg',
      2,
      [3],
      [data('ab'), messageField(2), connection],
      ['res=2', 'data=ab', 'fd=3', 'size=2', `tuple=${tuple}`]
    ],
    [
      'sendmsg that could not be read',
      'sendmsg',
      -14,
      [3],
      [{ ...messageField(0), bytes: '', flags: fieldUnreadable }],
      ['res=-14', 'data=<NA>', 'fd=3', 'size=<NA>', 'tuple=<NA>']
    ],
    [
      'socket',
      'socket',
      3,
      [10, 0o2004002, 17],
      [],
      ['fd=3', 'domain=AF_INET6', 'type=2', 'proto=17', 'flags=SOCK_NONBLOCK|SOCK_CLOEXEC']
    ],
    [
      'socket of packets',
      'socket',
      3,
      [17, 3, 768],
      [],
      ['fd=3', 'domain=AF_PACKET', 'type=3', 'proto=768', 'flags=0']
    ],
    [
      'socket of packets in the old way',
      'socket',
      3,
      [2, 10, 0],
      [],
      ['fd=3', 'domain=AF_PACKET', 'type=10', 'proto=0', 'flags=0']
    ],
    [
      'socket of a family without a name',
      'socket',
      -97,
      [99, 1, 0],
      [],
      ['fd=-97', 'domain=99', 'type=1', 'proto=0', 'flags=0']
    ],
    [
      'socket whose arguments could not be read',
      'socket',
      3,
      [-1, -1, -1],
      [socketField({ family: 17, type: 3 })],
      ['fd=3', 'domain=AF_PACKET', 'type=<NA>', 'proto=<NA>', 'flags=<NA>']
    ],
    ['dup', 'dup', 1, [4], [connection], ['res=1', 'oldfd=4']],
    ['dup2', 'dup2', -9, [4, -1], [], ['res=-9', 'oldfd=4', 'newfd=-1']],
    ['dup3', 'dup3', 1, [4, 1, 0o2000001], [], ['res=1', 'oldfd=4', 'newfd=1', 'flags=O_CLOEXEC|0x1']]
  ]
  for (const [what, call, result, args, fields, texts] of cases) {
    test(what, () => assert.deepEqual(argumentsOf(eventOf(call, result, args, fields)), texts))
  }
})
