/** Calls that run programs, enter namespaces, control other processes or load modules. */
import { usedDescriptor } from '../descriptor.ts'
import { moduleFlagNames, namespaceFlagNames, unshareFlagNames } from '../flags.ts'
import { FieldTag } from '../layout.ts'
import { ptraceRequestName } from '../ptrace-names.ts'
import {
  addressText,
  type Call,
  descriptorArgument,
  fieldText,
  intArgument,
  longArgument,
  resultAs,
  sizeText
} from './call.ts'

/** A failed exec; a successful one is told by an exec frame, see syscall-event.ts. */
const execCall = (number: number, name: string): Call => ({
  number,
  name,
  args: call => [resultAs('res', call), { name: 'filename', value: fieldText(call, FieldTag.path) }]
})

export const privilegedCalls: readonly Call[] = [
  execCall(1, 'execve'),
  execCall(2, 'execveat'),
  {
    number: 7,
    name: 'setns',
    args: call => [
      resultAs('res', call),
      descriptorArgument('fd', call, 0),
      { name: 'nstype', value: namespaceFlagNames(intArgument(call, 1)) }
    ]
  },
  {
    number: 15,
    name: 'ptrace',
    args: call => [
      resultAs('res', call),
      { name: 'addr', value: addressText(call, 2) },
      { name: 'data', value: addressText(call, 3) },
      // All of its bits count: with one of the upper half set it is another request, which the kernel does not know.
      { name: 'request', value: ptraceRequestName(longArgument(call, 0)) },
      // As the caller's own namespace numbers processes.
      { name: 'pid', value: `${intArgument(call, 1)}` }
    ]
  },
  {
    number: 23,
    name: 'init_module',
    args: call => [
      resultAs('res', call),
      { name: 'img', value: fieldText(call, FieldTag.data) },
      { name: 'length', value: sizeText(call, 1) },
      { name: 'uargs', value: fieldText(call, FieldTag.text) }
    ]
  },
  {
    number: 24,
    name: 'finit_module',
    descriptor: usedDescriptor,
    args: call => [
      resultAs('res', call),
      descriptorArgument('fd', call, 0),
      { name: 'uargs', value: fieldText(call, FieldTag.text) },
      { name: 'flags', value: moduleFlagNames(intArgument(call, 2)) }
    ]
  },
  {
    number: 25,
    name: 'unshare',
    args: call => [resultAs('res', call), { name: 'flags', value: unshareFlagNames(intArgument(call, 0)) }]
  }
]
