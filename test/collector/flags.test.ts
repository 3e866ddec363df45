import assert from 'node:assert/strict'
import { constants } from 'node:fs'
import { describe, test } from 'node:test'
import { namespaceFlagNames, OpenFlag, openFlagNames, resolveFlagNames } from '../../collector/flags.ts'

describe('the flags of an open', () => {
  const names = [
    'RDONLY',
    'WRONLY',
    'RDWR',
    'CREAT',
    'EXCL',
    'NOCTTY',
    'TRUNC',
    'APPEND',
    'NONBLOCK',
    'DIRECTORY',
    'NOFOLLOW'
  ] as const
  test('have the values of this machine', () => {
    for (const name of [...names, 'SYNC', 'DSYNC', 'DIRECT'] as const) {
      assert.equal(OpenFlag[name], constants[`O_${name}`], name)
    }
  })

  const cases: readonly [flags: number, text: string][] = [
    [0, 'O_RDONLY'],
    [OpenFlag.WRONLY, 'O_WRONLY'],
    [OpenFlag.RDWR, 'O_RDWR'],
    [OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.TRUNC, 'O_WRONLY|O_CREAT|O_TRUNC'],
    [OpenFlag.TRUNC | OpenFlag.CREAT | OpenFlag.RDWR, 'O_RDWR|O_CREAT|O_TRUNC'],
    [OpenFlag.CLOEXEC | OpenFlag.NONBLOCK, 'O_RDONLY|O_NONBLOCK|O_CLOEXEC'],
    [OpenFlag.DIRECTORY, 'O_RDONLY|O_DIRECTORY'],
    [OpenFlag.TMPFILE | OpenFlag.RDWR, 'O_RDWR|O_TMPFILE'],
    [OpenFlag.DSYNC, 'O_RDONLY|O_DSYNC'],
    [OpenFlag.SYNC, 'O_RDONLY|O_SYNC'],
    [OpenFlag.PATH | OpenFlag.NOFOLLOW, 'O_RDONLY|O_NOFOLLOW|O_PATH'],
    [0x40000000, 'O_RDONLY|0x40000000'],
    [0x80000000 | OpenFlag.APPEND, 'O_RDONLY|O_APPEND|0x80000000']
  ]
  for (const [flags, text] of cases) {
    test(`0${(flags >>> 0).toString(8)} is ${text}`, () => assert.equal(openFlagNames(flags), text))
  }
})

describe('the resolve flags of openat2', () => {
  const cases: readonly [flags: number, text: string][] = [
    [0, '0'],
    [0x08, 'RESOLVE_BENEATH'],
    [0x05, 'RESOLVE_NO_XDEV|RESOLVE_NO_SYMLINKS'],
    [0x12, 'RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT'],
    [0x20, 'RESOLVE_CACHED'],
    [0x1c0, '0x1c0'],
    [0x48, 'RESOLVE_BENEATH|0x40']
  ]
  for (const [flags, text] of cases) {
    test(`0x${flags.toString(16)} is ${text}`, () => assert.equal(resolveFlagNames(flags), text))
  }
})

describe('the namespace type of setns', () => {
  const cases: readonly [flags: number, text: string][] = [
    [0, '0'],
    [0x40000000, 'CLONE_NEWNET'],
    [0x60000000, 'CLONE_NEWPID|CLONE_NEWNET'],
    [0x80, 'CLONE_NEWTIME'],
    [0x20000, 'CLONE_NEWNS'],
    [0x0e000000, 'CLONE_NEWCGROUP|CLONE_NEWUTS|CLONE_NEWIPC'],
    [0x10000001, 'CLONE_NEWUSER|0x1'],
    [0x80000000 | 0, '0x80000000']
  ]
  for (const [flags, text] of cases) {
    test(`0x${(flags >>> 0).toString(16)} is ${text}`, () => assert.equal(namespaceFlagNames(flags), text))
  }
})
