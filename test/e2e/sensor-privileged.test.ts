import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { entries, startLinks } from './links-program.ts'
import { temporaryFolder, withoutBpf } from './support.ts'

const EINVAL = -22

test('what is done to other processes is told as it was asked for', { skip: withoutBpf }, async t => {
  const run = await startLinks(t, ['ptrace'])
  for (const entry of process.arch === 'x64' ? [...entries, 'x32'] : entries) {
    await t.test(entry, async () => {
      const { seen, truth } = await run(entry, 'ptrace')
      assert.ok(seen.length > 5)
      for (const [index, { args }] of seen.entries()) {
        const [, , request, pid, address, data] = truth[index]!
        assert.deepEqual(args, { res: args.res, addr: `0x${address}`, data: `0x${data}`, request, pid })
      }
      if (entry === 'x32') return
      // Really done: all but those after the child's death, which come before the last one.
      assert.deepEqual(
        seen.map(({ result }) => result >= 0),
        seen.map((_, index) => index < seen.length - 3 || index === seen.length - 1)
      )
    })
  }
})

test('modules and namespaces are told as they were asked for', { skip: withoutBpf }, async t => {
  const run = await startLinks(t, ['init_module', 'finit_module'])
  const folder = temporaryFolder()
  const file = join(folder, 'module.ko')
  writeFileSync(file, 'no module')
  const image = '%7FELF'.concat('x'.repeat(96))
  const cases: readonly [what: string, calls: string, args: Readonly<Record<string, string>>][] = [
    [
      'a module from memory',
      `init_module ${image} 100 debug=1`,
      { img: `\x7fELF${'x'.repeat(76)}`, length: '100', uargs: 'debug=1' }
    ],
    ['no module', 'init_module @bad 0 @bad', { img: '', length: '0', uargs: '<NA>' }],
    ['a module from nowhere', 'init_module @bad 7 x', { img: '<NA>', length: '7', uargs: 'x' }],
    ['a module from a file', 'open module.ko 0 , finit_module 3 a=b 3', { fd: '3', uargs: 'a=b' }],
    ['a module from nothing that is open', 'finit_module 77 @bad 4', { fd: '77', uargs: '<NA>' }]
  ]
  for (const entry of entries) {
    for (const [what, calls, args] of cases) {
      await t.test(`${entry}: ${what}`, async () => {
        const event = (await run(entry, calls, folder)).seen.at(-1)!
        assert.ok(event.result < 0, 'it is none that a kernel takes')
        for (const [name, value] of Object.entries(args)) assert.equal(event.args[name], value, name)
      })
    }
    await t.test(`${entry}: the file of a module`, async () => {
      const calls = 'open module.ko 0 , finit_module 3 a 3 , finit_module 3 a 12 , finit_module 77 a 4'
      const { seen } = await run(entry, calls, folder)
      assert.deepEqual(
        seen.map(({ args }) => args.flags),
        [
          'MODULE_INIT_IGNORE_MODVERSIONS|MODULE_INIT_IGNORE_VERMAGIC',
          'MODULE_INIT_COMPRESSED_FILE|0x8',
          'MODULE_INIT_COMPRESSED_FILE'
        ]
      )
      assert.deepEqual(
        seen.map(({ descriptor }) => [descriptor?.number, descriptor?.type?.name, descriptor?.name]),
        [
          [3, 'file', file],
          [3, 'file', file],
          [77, undefined, undefined]
        ]
      )
    })

    const namespaces: readonly [flags: string, text: string, result: number][] = [
      ['0x20000', 'CLONE_NEWNS', 0],
      ['0x4000200', 'CLONE_FS|CLONE_NEWUTS', 0],
      ['0x6C020000', 'CLONE_NEWNS|CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNET', 0],
      ['0x10000000', 'CLONE_NEWUSER', 0],
      ['0x02000080', 'CLONE_NEWTIME|CLONE_NEWCGROUP', 0],
      ['0x40000', 'CLONE_SYSVSEM', 0],
      ['0x1', '0x1', EINVAL]
    ]
    for (const [flags, text, result] of namespaces) {
      await t.test(`${entry}: unshare ${text}`, async () => {
        const [event] = (await run(entry, `unshare ${flags}`)).seen
        assert.deepEqual([event?.result, event?.args], [result, { res: `${result}`, flags: text }])
      })
    }
  }
})
