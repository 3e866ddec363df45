import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldTag, fieldCut, fieldUnreadable } from '../../../collector/layout.ts'
import { cutMark } from '../../../collector/paths.ts'
import type { Field } from '../frame-builder.ts'
import { argumentsOf, eventOf } from '../support.ts'

const path = (bytes: string, flags = 0) => ({ tag: FieldTag.path, bytes, flags })
const directory = (bytes: string, flags = 0) => ({ tag: FieldTag.directory, bytes, flags })
const newPath = (bytes: string, flags = 0) => ({ tag: FieldTag.newPath, bytes, flags })
const newDirectory = (bytes: string, flags = 0) => ({ tag: FieldTag.newDirectory, bytes, flags })
const text = (bytes: string, flags = 0) => ({ tag: FieldTag.text, bytes, flags })

describe('the arguments of a link', () => {
  const cases: readonly [
    what: string,
    call: string,
    args: readonly number[],
    fields: readonly Field[],
    texts: readonly string[]
  ][] = [
    ['are absolute as they are', 'link', [], [path('/a'), newPath('/b')], ['oldpath=/a', 'newpath=/b']],
    [
      'are made absolute, each from its own directory',
      'linkat',
      [3, 0, 4, 0, 0x1400],
      [path('../shadow'), directory('/etc/x'), newPath('./n'), newDirectory('/tmp')],
      ['olddir=3', 'oldpath=/etc/shadow', 'newdir=4', 'newpath=/tmp/n', 'flags=AT_SYMLINK_FOLLOW|AT_EMPTY_PATH']
    ],
    [
      'are the directory itself where the path is empty',
      'linkat',
      [3, 0, -100, 0, 0x1000],
      [path(''), directory('/etc/shadow'), newPath('n'), newDirectory('/')],
      ['olddir=3', 'oldpath=/etc/shadow', 'newdir=AT_FDCWD', 'newpath=/n', 'flags=AT_EMPTY_PATH']
    ],
    [
      'lack the dots that would hide them',
      'link',
      [],
      [path('/etc/./x/..//shadow'), newPath('/b')],
      ['oldpath=/etc/shadow', 'newpath=/b']
    ],
    [
      'are as they were written where the directory is not known',
      'link',
      [],
      [path('a'), newPath('b'), newDirectory('', fieldUnreadable)],
      ['oldpath=a', 'newpath=b']
    ],
    [
      'say what is missing',
      'link',
      [],
      [path('a', fieldCut), directory('/x', fieldCut), newPath('', fieldUnreadable)],
      [`oldpath=${cutMark}/x/a${cutMark}`, 'newpath=<NA>']
    ],
    [
      'of a symbolic link leave its target as it was written',
      'symlink',
      [],
      [text('../etc/shadow'), path('n'), directory('/tmp')],
      ['target=../etc/shadow', 'linkpath=/tmp/n']
    ],
    [
      'of a symbolic link say what is missing of its target',
      'symlinkat',
      [0, 7],
      [text('/a', fieldCut), path('n'), directory('/tmp')],
      [`target=/a${cutMark}`, 'linkdirfd=7', 'linkpath=/tmp/n']
    ]
  ]
  for (const [what, call, args, fields, texts] of cases) {
    test(what, () => assert.deepEqual(argumentsOf(eventOf(call, -17, args, fields)), ['res=-17', ...texts]))
  }
})
