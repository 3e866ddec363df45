import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { test } from 'node:test'
import { FieldTag } from '../../collector/layout.ts'
import { bytesOf, compile, type Seen, type Sensor, startSensor } from './sensor-support.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const RDONLY = '0'
const WRONLY = '1'
const CREAT = '0101'
const PATH = '010000000'
const DIRECTORY = '0200000'
const NOFOLLOW = '0400000'
const TMPFILE = '020200001'
const CWD = '-100'
const ENOENT = -2
const EACCES = -13
const EFAULT = -14
const ENAMETOOLONG = -36
const ELOOP = -40

/** The last call of a case, so that one knows when all events are there. */
const end = 'the-end-of-the-calls'

interface Case {
  readonly what: string
  /** Arguments of the program `calls`. */
  readonly calls: string
  /** A command of the shell that runs first, in a mount namespace of its own. */
  readonly first?: string
  /** What comes of the last open of the case, where it is not a descriptor. */
  readonly result?: number
  readonly cut?: readonly number[]
  /** An overlay shows devices of its own for the files of its layers. */
  readonly overlay?: true
  /** Arguments of the event. */
  readonly args?: Readonly<Record<string, string>>
}

const name255 = 'n'.repeat(255)
const path4095 = `/${'./'.repeat(2037)}etc/../etc/passwd`.padStart(4095, '/')

const mountOverlay =
  'mount -t tmpfs t gone; mkdir gone/up gone/work; ' +
  'mount -t overlay -o lowerdir=folder,upperdir=gone/up,workdir=gone/work o folder'

const cases: readonly Case[] = [
  { what: 'an absolute path', calls: 'open file 0 0', args: { flags: 'O_RDONLY', mode: '00' } },
  { what: 'a file that is made', calls: `open new ${CREAT} 0640`, args: { flags: 'O_WRONLY|O_CREAT', mode: '0640' } },
  { what: 'a path from the working directory', calls: `chdir folder , open ../file ${RDONLY} 0` },
  { what: 'a path from a descriptor', calls: `open folder ${DIRECTORY} 0 , openat 4 ../file ${RDONLY} 0` },
  { what: 'AT_FDCWD', calls: `openat ${CWD} folder/../file ${RDONLY} 0`, args: { dirfd: 'AT_FDCWD' } },
  { what: 'a symbolic link', calls: 'open link 0 0' },
  { what: 'a link that is not followed', calls: `open link ${NOFOLLOW} 0`, result: ELOOP },
  { what: 'a link to itself', calls: 'open loop 0 0', result: ELOOP },
  { what: 'a magic link to a descriptor', calls: 'open file 0 0 , open /proc/self/fd/4 0 0' },
  { what: 'a magic link to the root', calls: 'open /proc/self/root/etc/passwd 0 0' },
  { what: 'O_PATH', calls: `open file ${PATH} 0`, args: { flags: 'O_RDONLY|O_PATH' } },
  { what: 'O_TMPFILE', calls: `open folder ${TMPFILE} 0600`, args: { flags: 'O_WRONLY|O_TMPFILE', mode: '0600' } },
  { what: 'a directory', calls: `open folder ${DIRECTORY} 0` },
  { what: 'the root directory', calls: 'open / 0 0' },
  { what: 'openat2', calls: `openat2 ${CWD} file ${RDONLY} 0 0`, args: { resolve: '0', mode: '00' } },
  {
    what: 'openat2 with a mode and a restriction',
    calls: `openat2 ${CWD} made ${CREAT} 0600 0x8`,
    args: { resolve: 'RESOLVE_BENEATH', flags: 'O_WRONLY|O_CREAT', mode: '0600' }
  },
  {
    what: 'openat2 in a directory that stands for the root',
    calls: `open folder ${DIRECTORY} 0 , openat2 4 /../inner 0 0 0x10`,
    args: { resolve: 'RESOLVE_IN_ROOT' }
  },
  { what: 'openat2 that follows no links', calls: `openat2 ${CWD} link 0 0 4`, result: ELOOP },
  { what: 'a file that is not there', calls: 'open missing 0 0', result: ENOENT },
  { what: 'a file of another user', calls: `user 65534 , open secret ${WRONLY} 0`, result: EACCES },
  { what: 'a pointer to nothing', calls: 'open @bad 0 0', result: EFAULT },
  { what: 'an argument in a page that was never touched', calls: 'open @cold:file 0 0' },
  { what: 'the same in a call that fails', calls: 'open @cold:missing 0 0', result: ENOENT },
  { what: 'a component of 255 bytes', calls: `open ${name255} ${CREAT} 0600` },
  { what: 'a component of 256 bytes', calls: `open ${name255}n 0 0`, result: ENAMETOOLONG },
  { what: 'a path of 4,095 bytes', calls: `open ${path4095} 0 0`, cut: [] },
  { what: 'a path of 4,096 bytes', calls: `open /${path4095} 0 0`, result: ENAMETOOLONG, cut: [FieldTag.path] },
  { what: 'a name of newline, escape and broken UTF-8', calls: `open a%0A%1B[2J%FF%C3 ${CREAT} 0600` },
  { what: 'a working directory that is gone', calls: `chdir gone , rmdir ../gone , open x 0 0`, result: ENOENT },
  { what: 'a thread', calls: 'name leader , thread open file 0 0' },
  { what: 'a file in memory', calls: 'memfd secret , open /proc/self/fd/4 0 0' },
  { what: 'a pipe', calls: 'pipe , open /proc/self/fd/4 0 0' },
  { what: 'a namespace', calls: 'open /proc/self/ns/net 0 0' },
  { what: 'a folder that is the root', calls: 'open folder 0 0 , chroot folder , open /inner 0 0 , open .. 0 0' },
  { what: 'folders, 1,000 deep', calls: `deep dd 1000 , open ../new ${CREAT} 0600`, cut: [] },
  {
    what: 'folders so deep that no path has room',
    calls: `deep dddddd 1000 , open new ${CREAT} 0600`,
    cut: [FieldTag.directory, FieldTag.resolved]
  },
  { what: 'a bind mount', first: 'mount --bind folder gone', calls: 'open gone/inner 0 0' },
  { what: 'a bind mount of a file', first: 'mount --bind /etc/passwd file', calls: 'open file 0 0' },
  {
    what: 'a mount on a mount',
    first: 'mount -t tmpfs a gone; mount -t tmpfs b gone',
    calls: `open gone/x ${CREAT} 0600`
  },
  {
    what: 'a bind mount that is the root',
    first: 'mount --bind folder gone',
    calls: 'chroot gone , chdir / , open inner 0 0'
  },
  { what: 'a file from outside of the root', calls: `open folder ${DIRECTORY} 0 , chroot gone , openat 4 inner 0 0` },
  {
    what: 'a file of the lower layer of an overlay',
    first: mountOverlay,
    overlay: true,
    calls: 'open folder/inner 0 0'
  },
  {
    what: 'a file that an overlay copies up',
    first: mountOverlay,
    overlay: true,
    calls: `open folder/inner ${WRONLY} 0 , open folder/inner 0 0`
  },
  {
    what: 'a mount that was taken away',
    first: 'mount -t tmpfs t gone; touch gone/x; cd gone; umount -l .',
    calls: 'open x 0 0'
  },
  { what: 'a device', calls: 'open /dev/null 2 0' },
  { what: 'the 32-bit entry: open', calls: `open32 link ${CREAT} 0600`, args: { flags: 'O_WRONLY|O_CREAT' } },
  { what: 'the 32-bit entry: openat', calls: `open folder ${DIRECTORY} 0 , openat32 4 inner 0 0` },
  { what: 'the 32-bit entry: openat2', calls: `openat232 ${CWD} file 0 0 8`, args: { resolve: 'RESOLVE_BENEATH' } },
  { what: 'the 32-bit entry: a failure', calls: 'open32 missing 0 0', result: ENOENT }
]

/** One line of the program. */
interface Truth {
  readonly call: string
  readonly result: number
  readonly tid: number
  readonly device: string
  readonly inode: string
  readonly link: string | undefined
  readonly from: string | undefined
}

function truthOf(line: string): Truth {
  const [call = '', result, tid, device = '', inode = '', link = '', from = ''] = line.split(' ')
  const bytes = (text: string) => bytesOf(text)?.replace(/ \(deleted\)$/, '')
  return { call, result: Number(result), tid: Number(tid), device, inode, link: bytes(link), from: bytes(from) }
}

/** The path that is the argument of a call, as bytes. */
function pathOf(call: string): string | undefined {
  const words = call.replace('thread ', '').split(' ')
  const path = /^openat/.test(words[0]!) ? words[2]! : words[1]!
  if (path === '@bad') return undefined
  return path.replace('@cold:', '').replace(/%(..)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
}

function compare(seen: Seen, { call, result, tid, inode, link, from }: Truth, asked: string | undefined): void {
  assert.equal(seen.type, call.replace(/32$/, ''))
  assert.equal(seen.compat, call.endsWith('32'))
  assert.equal(seen.result, result)
  assert.equal(seen.tid, tid)
  const { descriptor, args } = seen
  assert.equal(descriptor?.number, result >= 0 ? result : undefined)
  if (seen.cut.length === 0) {
    assert.equal(descriptor?.nameRaw, asked)
    const wanted = asked === undefined ? undefined : posix.resolve(from ?? '', asked)
    assert.equal(descriptor?.nameAsked, wanted)
    assert.equal(args.name, args.resolve === 'RESOLVE_IN_ROOT' ? link : (wanted ?? '<NA>'))
    // What no folder holds has no path: the one that was asked for names it.
    assert.equal(descriptor?.name, link?.startsWith('/') ? link : wanted)
  }
  assert.equal(args.ino, inode)
}

test('opened files are what the kernel and /proc say', { skip: withoutBpf }, async t => {
  const program = compile('calls')
  const sensor = await startSensor(t, ['open', 'openat', 'openat2'], {
    keep: ({ process }) => process.exepath?.endsWith('/calls') === true
  })

  for (const { what, first, calls, result, cut, overlay, args } of cases) {
    await t.test(what, async () => {
      const opens = calls.split(' , ').filter(call => /^(thread )?open/.test(call))
      const { seen, truth } = await run(sensor, program, calls, first)
      assert.equal(seen.length, truth.length, 'as many events as calls')
      for (const [index, event] of seen.entries()) {
        const { device } = truth[index]!
        compare(event, truth[index]!, pathOf(opens[index]!))
        if (!overlay) assert.equal(event.args.dev, device === '0' ? '0' : `0x${device}`)
      }
      const last = seen.at(-1)!
      if (result === undefined) assert.ok(last.result >= 0, `${last.result}`)
      else assert.equal(last.result, result)
      if (cut !== undefined) assert.deepEqual(last.cut, cut)
      for (const [name, value] of Object.entries(args ?? {})) assert.equal(last.args[name], value, name)
    })
  }
})

const top = temporaryFolder()

interface Comparison {
  readonly seen: Seen[]
  readonly truth: Truth[]
}

/** Runs calls in a folder of their own; gives the events and the truth, without the frame around them. */
async function run(sensor: Sensor, program: string, calls: string, first = ':'): Promise<Comparison> {
  const folder = mkdtempSync(join(top, 'case-'))
  chmodSync(folder, 0o755)
  for (const name of ['file', 'secret']) writeFileSync(join(folder, name), name, { mode: 0o644 })
  for (const name of ['folder', 'gone']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'folder', 'inner'), '')
  symlinkSync('file', join(folder, 'link'))
  symlinkSync('loop', join(folder, 'loop'))
  const words = `${calls} , open ${end} 0 0`.split(' ')
  const shell = ['--mount', 'sh', '-c', `${first}; exec "$0" "$@"`, program, ...words]
  const { pid, stdout, stderr } = spawnSync('unshare', shell, { cwd: folder, encoding: 'latin1' })
  // Deeper than what Node removes.
  spawnSync('rm', ['-rf', folder])
  assert.equal(stderr, '')
  const events = await sensor.eventsOf(pid, ({ descriptor }) => descriptor?.nameRaw === end)
  const truth = stdout.split('\n').slice(0, -1).map(truthOf)
  return { seen: events.slice(1, -1), truth: truth.slice(0, -1) }
}
