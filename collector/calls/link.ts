/** Calls that make links. */
import type { Argument } from '../event.ts'
import { linkFlagNames } from '../flags.ts'
import { FieldTag } from '../layout.ts'
import {
  type Call,
  type CallFrame,
  directoryArgument,
  fieldText,
  firstPath,
  intArgument,
  resultAs,
  secondPath
} from './call.ts'

/** What a symbolic link says is no path until somebody follows it: it is shown as it was written. */
const target = (call: CallFrame): Argument => ({ name: 'target', value: fieldText(call, FieldTag.text) })

export const linkCalls: readonly Call[] = [
  {
    number: 16,
    name: 'link',
    args: call => [
      resultAs('res', call),
      { name: 'oldpath', value: firstPath(call) },
      { name: 'newpath', value: secondPath(call) }
    ]
  },
  {
    number: 17,
    name: 'linkat',
    args: call => [
      resultAs('res', call),
      directoryArgument('olddir', call, 0),
      { name: 'oldpath', value: firstPath(call) },
      directoryArgument('newdir', call, 2),
      { name: 'newpath', value: secondPath(call) },
      { name: 'flags', value: linkFlagNames(intArgument(call, 4)) }
    ]
  },
  {
    number: 18,
    name: 'symlink',
    args: call => [resultAs('res', call), target(call), { name: 'linkpath', value: firstPath(call) }]
  },
  {
    number: 19,
    name: 'symlinkat',
    args: call => [
      resultAs('res', call),
      target(call),
      directoryArgument('linkdirfd', call, 1),
      { name: 'linkpath', value: firstPath(call) }
    ]
  }
]
