import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FieldTag } from '../../../collector/layout.ts'
import type { Field } from '../frame-builder.ts'
import { argumentsOf, eventOf } from '../support.ts'

describe('the arguments of a call that takes privileges', () => {
  const cases: readonly [call: string, args: readonly number[], fields: readonly Field[], texts: readonly string[]][] =
    [
      ['ptrace', [16, 42], [], ['addr=0x0', 'data=0x0', 'request=PTRACE_ATTACH', 'pid=42']],
      ['ptrace', [0x4206, 42, 0, 1], [], ['addr=0x0', 'data=0x1', 'request=PTRACE_SEIZE', 'pid=42']],
      ['ptrace', [0, 0, 0, 0], [], ['addr=0x0', 'data=0x0', 'request=PTRACE_TRACEME', 'pid=0']],
      [
        'ptrace',
        [5, -1, 2 ** 40, -1],
        [],
        ['addr=0x10000000000', `data=0x${'f'.repeat(16)}`, 'request=PTRACE_POKEDATA', 'pid=-1']
      ],
      // The kernel compares all bits: this one is no attach.
      ['ptrace', [2 ** 32 + 16, 1], [], ['addr=0x0', 'data=0x0', 'request=4294967312', 'pid=1']],
      [
        'init_module',
        [0, 2 ** 33],
        [
          { tag: FieldTag.data, bytes: '\x7fELF' },
          { tag: FieldTag.text, bytes: 'a=b' }
        ],
        ['img=\x7fELF', 'length=8589934592', 'uargs=a=b']
      ],
      ['init_module', [0, 0], [], ['img=<NA>', 'length=0', 'uargs=<NA>']],
      [
        'finit_module',
        [3, 0, 5],
        [],
        ['fd=3', 'uargs=<NA>', 'flags=MODULE_INIT_IGNORE_MODVERSIONS|MODULE_INIT_COMPRESSED_FILE']
      ],
      ['finit_module', [3, 0, 0], [], ['fd=3', 'uargs=<NA>', 'flags=0']],
      ['unshare', [0x10020000], [], ['flags=CLONE_NEWNS|CLONE_NEWUSER']],
      ['unshare', [0x50e00], [], ['flags=CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|CLONE_SYSVSEM']],
      ['unshare', [0], [], ['flags=0']]
    ]
  for (const [call, args, fields, texts] of cases) {
    test(`${call}: ${texts.join(' ')}`, () => {
      assert.deepEqual(argumentsOf(eventOf(call, -1, args, fields)).slice(1), texts)
    })
  }

  test('x86 has requests of its own', { skip: process.arch !== 'x64' }, () => {
    const request = (number: number) => argumentsOf(eventOf('ptrace', 0, [number], []))[3]
    assert.deepEqual([12, 13, 33].map(request), [
      'request=PTRACE_GETREGS',
      'request=PTRACE_SETREGS',
      'request=PTRACE_SINGLEBLOCK'
    ])
  })
})
