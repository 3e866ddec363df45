import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Seen } from './sensor-support.ts'
import { endpointText, entries, startSockets } from './sockets-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const INET = 2
const INET6 = 10
const UNIX = 1
const STREAM = 1
const NONBLOCK = 0o4000
const CLOEXEC = 0o2000000

const EINTR = -4
const EBADF = -9
const EAGAIN = -11
const EFAULT = -14
const EINVAL = -22
const ENOSYS = -38

const ends = ({ descriptor }: Seen) => [endpointText(descriptor?.client), endpointText(descriptor?.server)]

const kind = ({ descriptor }: Seen) => [descriptor?.type?.name, descriptor?.l4proto]

test('what is done with sockets is told through every entry of the kernel', { skip: withoutBpf }, async t => {
  const run = await startSockets(t)

  for (const entry of entries) {
    const accept = entry === 'compat' ? `accept4 3 ${CLOEXEC | NONBLOCK}` : 'accept 3'

    for (const [family, address, any] of [
      [INET, '4:127.0.0.1:0', 'ipv4'],
      [INET6, '6:::1:0', 'ipv6']
    ] as const) {
      await t.test(`${entry}: a server of ${any}`, async () => {
        const told = await run(
          entry,
          `socket ${family} ${STREAM | CLOEXEC} 0 , bind 3 ${address} , listen 3 7 , ` +
            `socket ${family} ${STREAM} 6 , join 4 @3 , ${accept} , sendto 5 hello - , sendto 4 hello -`
        )
        const [made, bound, listening, second, accepted, answered, asked] = told.seen as [Seen, ...Seen[]]
        const [, bind, , , connection, , client] = told.truth
        assert.deepEqual(kind(made), [any, 'tcp'])
        assert.equal(made.descriptor?.name, undefined)
        assert.deepEqual(made.args, {
          fd: '3',
          domain: family === INET ? 'AF_INET' : 'AF_INET6',
          type: '1',
          proto: '0',
          flags: 'SOCK_CLOEXEC'
        })
        assert.deepEqual([second?.args.proto, second?.args.flags], ['6', '0'])

        const addr = family === INET ? '127.0.0.1:0' : '[::1]:0'
        assert.deepEqual(bound?.args, { res: '0', addr, fd: '3' })
        assert.deepEqual(listening?.args, { res: '0', fd: '3', backlog: '7' })
        for (const event of [bound!, listening!]) {
          assert.deepEqual(kind(event), [any, 'tcp'])
          assert.deepEqual(ends(event), [undefined, bind?.local])
          assert.equal(event.descriptor?.name, bind?.local)
          assert.equal(event.descriptor?.connected, false)
        }

        const tuple = `${connection?.remote}->${connection?.local}`
        assert.deepEqual(kind(accepted!), [any, 'tcp'])
        assert.deepEqual(accepted?.args, {
          ...{ fd: '5', tuple, queuepct: '0', queuelen: '0', queuemax: '7' },
          ...(entry === 'compat' ? { flags: 'SOCK_NONBLOCK|SOCK_CLOEXEC' } : {})
        })
        // Also when it is used later, the accepted end is the server.
        for (const event of [accepted!, answered!]) {
          assert.equal(event.descriptor?.name, tuple)
          assert.deepEqual(ends(event), [connection?.remote, connection?.local])
          assert.equal(event.descriptor?.connected, true)
        }
        assert.deepEqual([accepted?.descriptor?.nameChanged, answered?.descriptor?.nameChanged], [true, false])
        assert.deepEqual(ends(asked!), [client?.local, client?.remote])
        assert.equal(asked?.descriptor?.name, `${client?.local}->${client?.remote}`)
        assert.deepEqual(asked?.args, { res: '5', data: 'hello', fd: '4', size: '5', tuple: asked?.descriptor?.name })
      })
    }

    await t.test(`${entry}: a client over IPv4 of a server that listens over IPv6`, async () => {
      const told = await run(
        entry,
        `socket ${INET6} ${STREAM} 0 , bind 3 6::::0 , listen 3 1 , socket ${INET} ${STREAM} 0 , join 4 ~3 , ` +
          `${accept} , sendto 5 x -`
      )
      const [, , listening, , accepted, answered] = told.seen as [Seen, Seen, Seen, Seen, Seen, Seen]
      const connection = told.truth[4]
      assert.deepEqual([kind(listening), kind(accepted), kind(answered)].map(String), [
        'ipv6,tcp',
        'ipv4,tcp',
        'ipv4,tcp'
      ])
      assert.match(String(listening.descriptor?.name), /^\[::\]:/)
      assert.equal(accepted.args.tuple, `${connection?.remote}->${connection?.local}`)
      assert.deepEqual(ends(answered), [connection?.remote, connection?.local])
    })

    await t.test(`${entry}: Unix sockets by path, by name and without one`, async () => {
      const folder = temporaryFolder()
      const flow = (address: string) =>
        run(
          entry,
          `socket ${UNIX} ${STREAM} 0 , bind 3 ${address} , listen 3 4 , socket ${UNIX} ${STREAM} 0 , ` +
            `join 4 ${address} , ${accept} , sendto 5 x - , sendto 4 x -`,
          folder
        )
      for (const [address, name, asked] of [
        ['u:name', `${folder}/name`, 'name'],
        [`a:${folder}`, `@${folder}`, `@${folder}`]
      ] as const) {
        const { seen } = await flow(address)
        const [, bound, listening, , accepted, answered, sent] = seen
        assert.equal(bound?.args.addr, asked)
        assert.deepEqual([bound?.descriptor?.nameAsked, bound?.descriptor?.name], [asked, name])
        for (const event of [bound, listening, accepted, answered, sent]) {
          assert.deepEqual(kind(event!), ['unix', undefined])
          assert.equal(event?.descriptor?.name?.replace(/\0$/, ''), name)
        }
        assert.equal(accepted?.args.tuple?.replace(/\0$/, ''), name)
      }
      const { seen } = await run(entry, 'pair , sendto 3 x -')
      assert.deepEqual([kind(seen[0]!), seen[0]?.descriptor?.name], [['unix', undefined], undefined])
    })

    const failures: readonly [what: string, calls: string, result: number, args: Readonly<Record<string, string>>][] = [
      ['a bind without an address', `socket 2 1 0 , bind 3 bad`, EFAULT, { res: '-14', addr: '<NA>', fd: '3' }],
      [
        'a bind to an address of another machine',
        `socket 2 1 0 , bind 3 4:192.0.2.1:80`,
        -99,
        { addr: '192.0.2.1:80' }
      ],
      ['a bind of nothing', `bind 77 4:127.0.0.1:80`, EBADF, { addr: '127.0.0.1:80', fd: '77' }],
      ['a listen on nothing', `listen 77 1`, EBADF, { fd: '77', backlog: '1' }],
      ['an accept of nothing', entry === 'compat' ? 'accept4 77 0' : 'accept 77', EBADF, { fd: '-9', tuple: '<NA>' }],
      ['an accept4 with unknown flags', `socket 2 1 0 , accept4 3 1`, EINVAL, { fd: '-22', flags: '0x1' }],
      ['a socket of no family', `socket 99 1 0`, -97, { fd: '-97', domain: '99', type: '1' }],
      ['a packet socket', `socket 17 3 768`, 3, { fd: '3', domain: 'AF_PACKET', type: '3', proto: '768' }],
      ['a packet socket, asked for in the old way', `socket 2 10 768`, 3, { domain: 'AF_PACKET', type: '10' }],
      ['a socket to the kernel', `socket 16 3 0`, 3, { fd: '3', domain: 'AF_NETLINK', type: '3' }]
    ]
    for (const [what, calls, result, args] of failures) {
      await t.test(`${entry}: ${what}`, async () => {
        const event = (await run(entry, calls)).seen.at(-1)!
        assert.equal(event.result, result)
        for (const [name, value] of Object.entries(args)) assert.equal(event.args[name], value, name)
      })
    }

    await t.test(`${entry}: an accept that nobody answers tells of the socket that listens`, async () => {
      const accepts = entry === 'compat' ? 'accept4 3 0' : 'accept 3'
      const start = (type: number) => `socket 2 ${type} 0 , bind 3 4:127.0.0.1:0 , listen 3 2 , `
      for (const [calls, result] of [
        [`${start(STREAM | NONBLOCK)}${accepts}`, EAGAIN],
        [`${start(STREAM)}alarm 3 , ${accepts}`, EINTR]
      ] as const) {
        const { seen, truth } = await run(entry, calls)
        const event = seen.at(-1)!
        assert.equal(event.result, result)
        assert.deepEqual(kind(event), ['ipv4', 'tcp'])
        assert.deepEqual(ends(event), [undefined, truth[1]?.local])
        assert.deepEqual([event.args.fd, event.args.queuemax], [`${result}`, '2'])
      }
    })
  }

  await t.test('a socket of no family that the kernel knows how to talk to', async () => {
    const { seen } = await run('native', 'socket 16 3 0 , bind 3 n')
    assert.deepEqual(seen.map(kind), [
      ['netlink', undefined],
      ['netlink', undefined]
    ])
  })

  await t.test(
    'arguments of a socketcall that a thread could have changed',
    { skip: process.arch !== 'x64' },
    async () => {
      const { seen } = await run('cold', 'socket 17 3 768 , socket 2 10 768 , bind 77 4:127.0.0.1:80')
      for (const { args } of seen.slice(0, 2)) {
        assert.deepEqual(args, { fd: args.fd, domain: 'AF_PACKET', type: '<NA>', proto: '<NA>', flags: '<NA>' })
      }
      assert.equal(seen[2]?.args.addr, '127.0.0.1:80')
    }
  )

  await t.test('numbers of x32', { skip: process.arch !== 'x64' }, async () => {
    const { seen } = await run(
      'x32',
      'socket 2 1 0 , bind 77 4:127.0.0.1:80 , sendto 77 x - , sendmsg 77 ab/c 4:1.2.3.4:5'
    )
    if (seen[0]?.result !== ENOSYS) return
    // The kernel has none of it: what was asked for is told all the same.
    assert.equal(seen[0]?.args.domain, 'AF_INET')
    assert.equal(seen[1]?.args.addr, '127.0.0.1:80')
    assert.equal(seen[2]?.args.data, 'x')
    assert.deepEqual([seen[3]?.args.data, seen[3]?.args.size], ['abc', '3'])
  })
})
