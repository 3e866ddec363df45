/** Calls that give a descriptor a second number. */
import { descriptorMade, descriptorTypes, fileDescriptor } from '../descriptor.ts'
import type { Descriptor } from '../event.ts'
import { duplicateFlagNames } from '../flags.ts'
import type { FieldIndex, FrameBuffer } from '../frames.ts'
import { FieldTag, fieldNoFolder } from '../layout.ts'
import { socketDescriptor } from '../socket-descriptor.ts'
import { type Call, descriptorArgument, intArgument, resultAs } from './call.ts'

/** What the call has made, whatever that is; of one that failed, what it should have copied. */
function duplicatedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const number = descriptorMade(frames, at)
  if (fields.has(FieldTag.socket)) return socketDescriptor(number, frames, fields)
  const file = fileDescriptor(number, frames, fields)
  const isInFolder = (fields.flags[FieldTag.resolved]! & fieldNoFolder) === 0
  if (file.name === undefined || isInFolder || file.type !== descriptorTypes.other) return file
  // An event counter, an epoll instance and their like, as /proc/PID/fd shows them.
  const name = `anon_inode:${file.name.slice(1)}`
  return { ...file, name, nameAsked: name, nameRaw: name }
}

export const duplicateCalls: readonly Call[] = [
  {
    number: 20,
    name: 'dup',
    descriptor: duplicatedDescriptor,
    args: call => [resultAs('res', call), descriptorArgument('oldfd', call, 0)]
  },
  {
    number: 21,
    name: 'dup2',
    descriptor: duplicatedDescriptor,
    args: call => [resultAs('res', call), descriptorArgument('oldfd', call, 0), descriptorArgument('newfd', call, 1)]
  },
  {
    number: 22,
    name: 'dup3',
    descriptor: duplicatedDescriptor,
    args: call => [
      resultAs('res', call),
      descriptorArgument('oldfd', call, 0),
      descriptorArgument('newfd', call, 1),
      { name: 'flags', value: duplicateFlagNames(intArgument(call, 2)) }
    ]
  }
]
