import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Seen } from './sensor-support.ts'
import { endpointText, entries, startSockets, type Truth } from './sockets-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const EBADF = -9
const EFAULT = -14
const EINVAL = -22
const EDESTADDRREQ = -89
const EMSGSIZE = -90
const EPIPE = -32

/** A socket that waits for datagrams is 3, one that sends them is 4. */
const udp4 = 'socket 2 2 0 , bind 3 4:127.0.0.1:0 , socket 2 2 0'
const udp6 = 'socket 10 2 0 , bind 3 6:::1:0 , socket 10 2 0'
const tcp = 'socket 2 1 0 , bind 3 4:127.0.0.1:0 , listen 3 1 , socket 2 1 0 , join 4 @3'

const long = 'abcdefghij'.repeat(20)

interface Case {
  readonly what: string
  readonly calls: string
  readonly result: number
  /** Arguments of the last event; a data of undefined is one that nobody could read. */
  readonly data: string | undefined
  readonly size: string
  readonly type?: string
  readonly protocol?: string | undefined
  /** Where it goes: the truth of the calls before. */
  readonly to?: ((truth: readonly Truth[]) => string | undefined) | undefined
  readonly connected?: boolean
  readonly changed?: boolean
}

const receiver = (truth: readonly Truth[]) => truth[1]?.local

const udp = { type: 'ipv4', protocol: 'udp', connected: false, changed: true, to: receiver }
const nowhere = { type: 'ipv4', protocol: 'udp', connected: false, changed: false, to: undefined }
const unix = { type: 'unix', protocol: undefined }

/** What sendto and sendmsg have in common. */
const both = (call: 'sendto' | 'sendmsg'): readonly Case[] => [
  {
    what: 'a datagram to an address',
    calls: `${udp4} , ${call} 4 hello @3`,
    result: 5,
    data: 'hello',
    size: '5',
    ...udp
  },
  {
    what: 'the same over IPv6',
    calls: `${udp6} , ${call} 4 hello @3`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, type: 'ipv6' }
  },
  {
    what: 'a datagram to an IPv4 address as IPv6 writes it',
    calls: `socket 10 2 0 , ${call} 3 hello 6:::ffff:127.0.0.1:9`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, to: () => '127.0.0.1:9' }
  },
  {
    what: 'a datagram to an address that claims to be of no family',
    calls: `socket 2 2 0 , ${call} 3 hello 0:127.0.0.1:9`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, to: () => '127.0.0.1:9' }
  },
  {
    what: 'the same of a raw socket of IPv6',
    calls: `socket 10 3 253 , ${call} 3 hello ::::1:0`,
    ...{ result: 5, data: 'hello', size: '5', type: 'ipv6', protocol: 'raw', connected: false, changed: true },
    to: () => '[::1]:0'
  },
  {
    what: 'a datagram of UDP-Lite',
    calls: `socket 2 2 136 , ${call} 3 hello 4:127.0.0.1:9`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, to: () => '127.0.0.1:9' }
  },
  {
    what: 'a datagram of a connected socket',
    calls: `${udp4} , join 4 @3 , ${call} 4 hello -`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, connected: true, changed: false }
  },
  {
    what: 'a datagram of a connected socket to where it is connected',
    calls: `${udp4} , join 4 @3 , ${call} 4 hello @3`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, connected: true, changed: false }
  },
  {
    what: 'a datagram of a connected socket to somewhere else',
    calls: `${udp4} , join 4 @3 , ${call} 4 hello 4:127.0.0.2:9`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, connected: true, changed: true, to: () => '127.0.0.2:9' }
  },
  {
    what: 'a datagram to nowhere',
    calls: `socket 2 2 0 , ${call} 3 x -`,
    result: EDESTADDRREQ,
    data: 'x',
    size: '1',
    ...nowhere
  },
  {
    what: 'a datagram to an address in a page that was never touched',
    calls: `socket 2 2 0 , ${call} 3 hello c:127.0.0.1:9`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, to: () => '127.0.0.1:9' }
  },
  {
    what: 'a datagram to an address that is a pointer to nothing',
    calls: `socket 2 2 0 , ${call} 3 x bad`,
    ...{ result: EFAULT, data: 'x', size: '1', ...nowhere }
  },
  {
    what: 'data that is a pointer to nothing',
    calls: `${udp4} , ${call} 4 @bad @3`,
    ...{ result: EFAULT, data: undefined, size: '10', ...udp }
  },
  {
    what: 'more than is kept',
    calls: `${udp4} , ${call} 4 ${long} @3`,
    ...{ result: 200, data: long.slice(0, 80), size: '200', ...udp }
  },
  {
    what: 'bytes over a connection, where the address does not count',
    calls: `${tcp} , ${call} 4 hello 4:192.0.2.1:80`,
    ...{ result: 5, data: 'hello', size: '5', ...udp, protocol: 'tcp', connected: true, changed: false }
  },
  { what: 'nothing that is open', calls: `${call} 77 x 4:192.0.2.1:80`, result: EBADF, data: 'x', size: '1' },
  {
    what: 'a datagram to a Unix socket by its path',
    calls: `socket 1 2 0 , bind 3 u:name , socket 1 2 0 , ${call} 4 hello u:name`,
    ...{ result: 5, data: 'hello', size: '5', ...unix, to: () => 'name' }
  },
  {
    what: 'bytes to a Unix socket without a name',
    calls: `pair , ${call} 3 hello -`,
    ...{ result: 5, data: 'hello', size: '5', ...unix }
  },
  {
    what: 'a request to the kernel',
    calls: `socket 16 3 0 , ${call} 3 x n`,
    ...{ result: 1, data: 'x', size: '1', type: 'netlink', protocol: undefined }
  }
]

const messages: readonly Case[] = [
  {
    what: 'a message in parts',
    calls: `${udp4} , sendmsg 4 ab/${'c'.repeat(100)}/d @3`,
    ...{ result: 103, data: `ab${'c'.repeat(78)}`, size: '103', ...udp }
  },
  { what: 'a message without parts', calls: `${udp4} , sendmsg 4 @none @3`, result: 0, data: '', size: '0', ...udp },
  {
    what: 'a message one part of which is a pointer to nothing',
    calls: `${udp4} , sendmsg 4 ab/@bad @3`,
    ...{ result: EFAULT, data: undefined, size: '12', ...udp }
  },
  {
    what: 'a message that is a pointer to nothing',
    calls: `${udp4} , sendmsg 4 @bad-message @3`,
    ...{ result: EFAULT, data: undefined, size: '<NA>', ...nowhere }
  },
  {
    what: 'a message whose list of parts is a pointer to nothing',
    calls: `${udp4} , sendmsg 4 @bad-parts @3`,
    ...{ result: EFAULT, data: undefined, size: '<NA>', ...udp }
  },
  {
    what: 'a message of more parts than the kernel takes',
    calls: `${udp4} , sendmsg 4 @many @3`,
    ...{ result: EMSGSIZE, data: undefined, size: '<NA>', ...udp }
  }
]

test('what is sent is told with where it goes and how it begins', { skip: withoutBpf }, async t => {
  const run = await startSockets(t)
  const folder = temporaryFolder()
  for (const entry of entries) {
    for (const call of ['sendto', 'sendmsg'] as const) {
      const cases = call === 'sendto' ? both(call) : [...both(call), ...messages]
      for (const wanted of cases) {
        await t.test(`${entry}: ${call}: ${wanted.what}`, async () => {
          // A name can be bound once.
          const calls = wanted.calls.replaceAll('u:name', `u:${entry}-${call}`)
          const { seen, truth } = await run(entry, calls, folder)
          compare(seen.at(-1)!, truth, wanted, `${entry}-${call}`)
        })
      }
    }
    await t.test(`${entry}: sendto to a peer that is gone`, async () => {
      const { seen } = await run(entry, 'pair , close 4 , sendto 3 hello -')
      assert.deepEqual([seen[0]?.result, seen[0]?.args.data], [EPIPE, 'hello'])
    })
  }

  await t.test('the send of socketcall', { skip: process.arch !== 'x64' }, async () => {
    const { seen, truth } = await run('socketcall', `${tcp} , send 4 hello -`)
    const event = seen.at(-1)!
    assert.deepEqual([event.result, event.args.data, event.args.size], [5, 'hello', '5'])
    assert.equal(event.args.tuple, `${truth.at(-1)?.local}->${truth.at(-1)?.remote}`)
  })

  await t.test('a length that is none', async () => {
    const { seen } = await run('native', `${udp4} , sendto 4 @none @3`)
    assert.ok([EINVAL, EFAULT].includes(seen.at(-1)!.result))
    assert.deepEqual([seen.at(-1)?.args.data, seen.at(-1)?.args.size], ['<NA>', '10'])
  })
})

function compare({ result, args, descriptor }: Seen, truth: readonly Truth[], wanted: Case, unixName: string): void {
  assert.equal(result, wanted.result)
  assert.equal(args.data, wanted.data ?? '<NA>')
  assert.equal(args.size, wanted.size)
  assert.equal(args.res, `${wanted.result}`)
  if (wanted.type === undefined) return
  assert.equal(descriptor?.type?.name, wanted.type)
  assert.equal(descriptor?.l4proto, wanted.protocol)
  if (wanted.type === 'unix') {
    assert.equal(descriptor?.name, wanted.to && unixName)
    return
  }
  if (wanted.type === 'netlink') return
  const { local } = truth.at(-1)!
  const to = wanted.to?.(truth)
  assert.deepEqual([endpointText(descriptor?.server), endpointText(descriptor?.remote)], [to, to])
  // The address that a datagram leaves from is not known where the socket is bound to all.
  const isBoundToAll = local?.startsWith('0.0.0.0:') || local?.startsWith('[::]:')
  assert.equal(endpointText(descriptor?.client), isBoundToAll ? undefined : local)
  if (to !== undefined) assert.equal(args.tuple, `${local}->${to}`)
  assert.deepEqual([descriptor?.connected, descriptor?.nameChanged], [wanted.connected, wanted.changed])
}
