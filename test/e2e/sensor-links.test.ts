import assert from 'node:assert/strict'
import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { FieldTag } from '../../collector/layout.ts'
import { cutMark } from '../../collector/paths.ts'
import { entries, startLinks } from './links-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const CWD = '-100'
const DIRECTORY = '0200000'
const SYMLINK_FOLLOW = '0x400'
const EMPTY_PATH = '0x1000'

const ENOENT = -2
const EBADF = -9
const EFAULT = -14
const EEXIST = -17
const EINVAL = -22
const ENAMETOOLONG = -36

const at4095 = `/${'./'.repeat(2044)}secret`.padStart(4095, '/')

interface Case {
  readonly what: string
  readonly calls: string
  readonly result?: number
  /** In a value @ stands for the folder that the program starts in. */
  readonly args: Readonly<Record<string, string>>
  readonly cut?: readonly number[]
}

const cases: readonly Case[] = [
  {
    what: 'a symbolic link',
    calls: 'symlink /etc/shadow new',
    args: { res: '0', target: '/etc/shadow', linkpath: '@/new' }
  },
  {
    what: 'a symbolic link from another directory, to a relative target',
    calls: 'chdir folder , symlink ../secret inner/../../new',
    args: { target: '../secret', linkpath: '@/new' }
  },
  {
    what: 'a symbolic link in a directory that is open',
    calls: `open folder ${DIRECTORY} , symlinkat /etc/shadow 3 new`,
    args: { res: '0', target: '/etc/shadow', linkdirfd: '3', linkpath: '@/folder/new' }
  },
  {
    what: 'a symbolic link in the working directory, by symlinkat',
    calls: `chdir folder , symlinkat /etc/shadow ${CWD} new`,
    args: { linkdirfd: 'AT_FDCWD', linkpath: '@/folder/new' }
  },
  {
    what: 'a symbolic link where one is already',
    calls: 'symlink /etc/shadow secret',
    ...{ result: EEXIST, args: { target: '/etc/shadow', linkpath: '@/secret' } }
  },
  {
    what: 'a symbolic link from a directory that is not open',
    calls: 'symlinkat /etc/shadow 77 new',
    ...{ result: EBADF, args: { target: '/etc/shadow', linkdirfd: '77', linkpath: 'new' } }
  },
  {
    what: 'a symbolic link whose target is a pointer to nothing',
    calls: 'symlink @bad new',
    ...{ result: EFAULT, args: { target: '<NA>', linkpath: '@/new' } }
  },
  {
    what: 'a symbolic link whose path is a pointer to nothing',
    calls: 'symlink /etc/shadow @bad',
    ...{ result: EFAULT, args: { target: '/etc/shadow', linkpath: '<NA>' } }
  },
  {
    what: 'a target that is too long',
    calls: `symlink /${at4095} new`,
    ...{ result: ENAMETOOLONG, args: { target: `/${at4095}`.slice(0, 4095) + cutMark }, cut: [FieldTag.text] }
  },
  {
    what: 'a target of newline, escape and broken UTF-8',
    calls: 'symlink a%0A%1B[2J%FF%C3 new',
    args: { target: 'a\n\x1b[2J\xff\xc3' }
  },
  { what: 'a link', calls: 'link secret new', args: { res: '0', oldpath: '@/secret', newpath: '@/new' } },
  {
    what: 'a link between directories that are not where the paths start',
    calls: 'chdir folder , link ../secret inner/../new',
    args: { oldpath: '@/secret', newpath: '@/folder/new' }
  },
  {
    what: 'a link between directories that are open',
    calls: `open folder ${DIRECTORY} , open folder/inner ${DIRECTORY} , linkat 3 ../secret 4 new 0`,
    args: { res: '0', olddir: '3', oldpath: '@/secret', newdir: '4', newpath: '@/folder/inner/new', flags: '0' }
  },
  {
    what: 'a link by linkat from the working directory',
    calls: `linkat ${CWD} secret ${CWD} new ${SYMLINK_FOLLOW}`,
    args: { olddir: 'AT_FDCWD', oldpath: '@/secret', newdir: 'AT_FDCWD', newpath: '@/new', flags: 'AT_SYMLINK_FOLLOW' }
  },
  {
    what: 'a link to the file of a descriptor',
    calls: `open secret 0 , linkat 3 %00 ${CWD} new ${EMPTY_PATH}`,
    args: { olddir: '3', oldpath: '@/secret', newpath: '@/new', flags: 'AT_EMPTY_PATH' }
  },
  {
    what: 'a link with flags that do not exist',
    calls: `linkat ${CWD} secret ${CWD} new 0x2`,
    ...{ result: EINVAL, args: { oldpath: '@/secret', flags: '0x2' } }
  },
  {
    what: 'a link to what is not there',
    calls: 'link missing new',
    ...{ result: ENOENT, args: { oldpath: '@/missing', newpath: '@/new' } }
  },
  {
    what: 'a link from a pointer to nothing',
    calls: 'link @bad new',
    ...{ result: EFAULT, args: { oldpath: '<NA>', newpath: '@/new' } }
  },
  {
    what: 'a link to a pointer to nothing',
    calls: 'link secret @bad',
    ...{ result: EFAULT, args: { oldpath: '@/secret', newpath: '<NA>' } }
  },
  {
    what: 'paths that are as long as paths can be',
    calls: `link ${at4095} ${at4095}`,
    ...{ result: ENOENT, args: { oldpath: '/secret', newpath: '/secret' }, cut: [] }
  },
  {
    what: 'paths that are too long',
    calls: `link /${at4095} /${at4095}x`,
    ...{ result: ENAMETOOLONG, args: {}, cut: [FieldTag.path, FieldTag.newPath] }
  }
]

test('links are told with absolute paths, wherever the paths start', { skip: withoutBpf }, async t => {
  const run = await startLinks(t, ['link', 'linkat', 'symlink', 'symlinkat'])
  const top = temporaryFolder()
  for (const entry of entries) {
    for (const { what, calls, result = 0, args, cut } of cases) {
      await t.test(`${entry}: ${what}`, async () => {
        const folder = mkdtempSync(join(top, 'case-'))
        writeFileSync(join(folder, 'secret'), '')
        mkdirSync(join(folder, 'folder', 'inner'), { recursive: true })
        const event = (await run(entry, calls, folder)).seen.at(-1)!
        assert.equal(event.result, result)
        for (const [name, value] of Object.entries(args)) {
          assert.equal(event.args[name], value.replace('@', folder), name)
        }
        if (cut !== undefined) assert.deepEqual(event.cut, cut)
        const { linkpath, newpath, target } = event.args
        if (result !== 0) return
        // What the file system says of it.
        if (linkpath !== undefined) assert.equal(readlinkSync(linkpath, 'latin1'), target)
        else assert.equal(lstatSync(newpath!).ino, lstatSync(join(folder, 'secret')).ino)
      })
    }
  }
})
