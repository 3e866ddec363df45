import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { endpointText, entries, startSockets, type Truth } from './sockets-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const EBADF = -9
const EINVAL = -22
const CLOEXEC = 0o2000000
const NONBLOCK = 0o4000

interface Expected {
  readonly type: string | undefined
  readonly name?: string | undefined
  readonly client?: string | undefined
  readonly server?: string | undefined
  readonly connected?: boolean | undefined
}

interface Case {
  readonly what: string
  readonly calls: string
  readonly result: number
  readonly args: Readonly<Record<string, string>>
  readonly expected: (truth: Truth) => Expected
}

const folder = temporaryFolder()
writeFileSync(join(folder, 'file'), '')
mkdirSync(join(folder, 'folder'))

const tcp = 'socket 2 1 0 , bind 3 4:127.0.0.1:0 , listen 3 1 , socket 2 1 0 , join 4 @3'
const accepted = `${tcp} , accept4 3 0`

const client = ({ local, remote }: Truth): Expected => ({
  ...{ type: 'ipv4', name: `${local}->${remote}`, client: local, server: remote, connected: true }
})
const server = ({ local, remote }: Truth): Expected => ({
  ...{ type: 'ipv4', name: `${remote}->${local}`, client: remote, server: local, connected: true }
})
const file = () => ({ type: 'file', name: join(folder, 'file') })
const nothing = () => ({ type: undefined })

const cases: readonly Case[] = [
  {
    what: 'a connection onto standard output',
    calls: `${tcp} , dup2 4 1`,
    result: 1,
    args: { oldfd: '4', newfd: '1' },
    expected: client
  },
  {
    what: 'an accepted connection onto standard input',
    calls: `${accepted} , dup2 5 0`,
    result: 0,
    args: { res: '0' },
    expected: server
  },
  {
    what: 'a connection with dup3',
    calls: `${tcp} , dup3 4 2 ${CLOEXEC}`,
    ...{ result: 2, args: { oldfd: '4', newfd: '2', flags: 'O_CLOEXEC' }, expected: client }
  },
  {
    what: 'a connection onto the first free number',
    calls: `${tcp} , dup 4`,
    result: 5,
    args: { res: '5', oldfd: '4' },
    expected: client
  },
  {
    what: 'a connection onto itself',
    calls: `${tcp} , dup2 4 4`,
    result: 4,
    args: { res: '4', newfd: '4' },
    expected: client
  },
  {
    what: 'a connection over IPv6',
    calls: 'socket 10 1 0 , bind 3 6:::1:0 , listen 3 1 , socket 10 1 0 , join 4 @3 , dup2 4 1',
    ...{ result: 1, args: {}, expected: truth => ({ ...client(truth), type: 'ipv6' }) }
  },
  {
    what: 'a socket that listens',
    calls: 'socket 2 1 0 , bind 3 4:127.0.0.1:0 , listen 3 1 , dup2 3 1',
    ...{
      result: 1,
      args: {},
      expected: ({ local }) => ({ type: 'ipv4', name: local, server: local, connected: false })
    }
  },
  {
    what: 'a connected socket of datagrams',
    calls: 'socket 2 2 0 , bind 3 4:127.0.0.1:0 , join 3 4:127.0.0.1:9 , dup2 3 1',
    ...{ result: 1, args: {}, expected: client }
  },
  {
    what: 'a socket that nothing was done with',
    calls: 'socket 2 1 0 , dup 3',
    ...{ result: 4, args: {}, expected: () => ({ type: 'ipv4', name: undefined, connected: false }) }
  },
  {
    what: 'a Unix socket',
    calls: 'socket 1 1 0 , bind 3 u:@ , dup 3'.replace('@', 'named'),
    ...{ result: 4, args: {}, expected: () => ({ type: 'unix', name: join(folder, 'named') }) }
  },
  { what: 'one end of a pair', calls: 'pair , dup 3', result: 5, args: {}, expected: () => ({ type: 'unix' }) },
  {
    what: 'a packet socket',
    calls: 'socket 17 3 768 , dup 3',
    result: 4,
    args: {},
    expected: () => ({ type: 'other' })
  },
  { what: 'a file', calls: 'open file 0 , dup2 3 1', result: 1, args: {}, expected: file },
  {
    what: 'a directory',
    calls: 'open folder 0 , dup 3',
    result: 4,
    args: {},
    expected: () => ({ type: 'directory', name: join(folder, 'folder') })
  },
  {
    what: 'the name of a socket',
    calls: `socket 1 1 0 , bind 3 u:path , open path 010000000 , dup 4`,
    result: 5,
    args: {},
    expected: () => ({ type: 'other', name: join(folder, 'path') })
  },
  {
    what: 'a device',
    calls: 'open /dev/null 2 , dup 3',
    result: 4,
    args: {},
    expected: () => ({ type: 'file', name: '/dev/null' })
  },
  { what: 'a pipe', calls: 'pipe , dup2 4 1', result: 1, args: {}, expected: () => ({ type: 'pipe' }) },
  {
    what: 'an event counter',
    calls: 'event , dup 3',
    result: 4,
    args: {},
    expected: () => ({ type: 'other', name: 'anon_inode:[eventfd]' })
  },
  {
    what: 'what has a name without brackets',
    calls: 'inotify , dup 3',
    ...{ result: 4, args: {}, expected: () => ({ type: 'other', name: 'anon_inode:inotify' }) }
  },
  {
    what: 'a file in memory',
    calls: 'memory , dup 3',
    ...{ result: 4, args: {}, expected: () => ({ type: 'file', name: '/memfd:memory' }) }
  },
  { what: 'what is not open', calls: 'dup 77', result: EBADF, args: { res: '-9', oldfd: '77' }, expected: nothing },
  {
    what: 'a number that no descriptor has',
    calls: 'dup2 -1 1',
    result: EBADF,
    args: { oldfd: '-1', newfd: '1' },
    expected: nothing
  },
  // What it should have copied is told.
  {
    what: 'a file onto a number that is too high',
    calls: 'open file 0 , dup2 3 1000000000',
    result: EBADF,
    args: { newfd: '1000000000' },
    expected: file
  },
  {
    what: 'a connection onto itself with dup3',
    calls: `${tcp} , dup3 4 4 0`,
    result: EINVAL,
    args: { flags: '0' },
    expected: () => ({ type: 'ipv4' })
  },
  {
    what: 'flags that dup3 does not take',
    calls: `open file 0 , dup3 3 1 ${NONBLOCK}`,
    result: EINVAL,
    args: { flags: '0x800' },
    expected: file
  }
]

test('a duplicated descriptor is told as what is behind it', { skip: withoutBpf }, async t => {
  const run = await startSockets(t)
  for (const entry of entries.filter(entry => entry !== 'socketcall')) {
    for (const { what, calls, result, args, expected } of cases) {
      await t.test(`${entry}: ${what}`, async () => {
        // A name can be bound once.
        const unique = (text: string) => text.replace(/\b(named|path)\b/g, `$1-${entry}`)
        const { seen, truth } = await run(entry, unique(calls), folder)
        const event = seen.at(-1)!
        assert.equal(event.result, result)
        for (const [name, value] of Object.entries(args)) assert.equal(event.args[name], value, name)
        const { descriptor } = event
        const wanted = expected(truth.at(-1)!)
        assert.equal(descriptor?.type?.name, wanted.type)
        assert.equal(descriptor?.connected, wanted.connected ?? (wanted.type === 'ipv4' ? true : undefined))
        // The ends of a call that failed are not in the truth.
        if (result < 0 && wanted.type === 'ipv4') return
        assert.equal(descriptor?.name, wanted.name && unique(wanted.name))
        const ends = [endpointText(descriptor?.client), endpointText(descriptor?.server)]
        assert.deepEqual(ends, [wanted.client, wanted.server])
      })
    }
  }
})
