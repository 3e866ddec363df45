/** Calls that open files. */
import { openedDescriptor } from '../descriptor.ts'
import type { Argument } from '../event.ts'
import { combinedFlags, keptFlags, OpenFlag, openFlagNames, RESOLVE_IN_ROOT, resolveFlagNames } from '../flags.ts'
import { FieldTag } from '../layout.ts'
import {
  type Call,
  type CallFrame,
  directoryArgument,
  firstPath,
  intArgument,
  pathText,
  resultAs,
  resultOf
} from './call.ts'

/** struct open_how: flags, mode and resolve, eight bytes each; undefined where it could not be read. */
function openHow({ frames, fields }: CallFrame, index: number): number | undefined {
  const start = fields.starts[FieldTag.openHow]!
  return start === 0 ? undefined : frames.u32(start + index * 8)
}

/**
 * The flags of open and openat are in registers and cannot change; those of openat2 are in memory, which is read when the
 * call returns.
 */
function openat2Flags(call: CallFrame): number | undefined {
  const asked = openHow(call, 0)
  const file = call.fields.starts[FieldTag.file]!
  if (file === 0) return asked
  const opened = call.frames.u32(file + 16)
  return asked === undefined ? keptFlags(opened) : combinedFlags(asked, opened)
}

/** A device of the kernel (12 bits major, 20 bits minor) as stat(2) shows it: include/linux/kdev_t.h, new_encode_dev. */
function deviceText(device: number): string {
  const major = device >>> 20
  const minor = device & 0xfffff
  const shown = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)
  return shown === 0 ? '0' : `0x${(shown >>> 0).toString(16)}`
}

function openArguments(path: string, flags: number | undefined, mode: number, call: CallFrame): Argument[] {
  const { frames, fields } = call
  const file = fields.starts[FieldTag.file]!
  return [
    { name: 'name', value: path },
    { name: 'flags', value: flags === undefined ? '<NA>' : openFlagNames(flags) },
    { name: 'mode', value: `0${(mode & 0o7777).toString(8)}` },
    { name: 'dev', value: file === 0 ? '0' : deviceText(frames.u32(file + 8)) },
    { name: 'ino', value: file === 0 ? '0' : `${frames.u64(file)}` }
  ]
}

const openCall = (number: number, name: string, pathIndex: number): Call => ({
  number,
  name,
  descriptor: openedDescriptor,
  openFlags: call => intArgument(call, pathIndex + 1),
  args: call => [
    resultAs('fd', call),
    ...(pathIndex === 1 ? [directoryArgument('dirfd', call, 0)] : []),
    ...openArguments(firstPath(call), intArgument(call, pathIndex + 1), intArgument(call, pathIndex + 2), call)
  ]
})

export const openCalls: readonly Call[] = [
  openCall(3, 'open', 0),
  openCall(4, 'openat', 1),
  {
    number: 5,
    name: 'openat2',
    descriptor: openedDescriptor,
    // One that has opened something, nobody can say how, may have done so for anything.
    openFlags: call => openat2Flags(call) ?? (resultOf(call) < 0 ? undefined : OpenFlag.RDWR),
    args: call => {
      const resolve = openHow(call, 2) ?? 0
      const inRoot = (resolve & RESOLVE_IN_ROOT) !== 0
      const path = pathText(call, FieldTag.path, FieldTag.directory, inRoot)
      return [
        resultAs('fd', call),
        directoryArgument('dirfd', call, 0),
        ...openArguments(path, openat2Flags(call), openHow(call, 1) ?? 0, call),
        { name: 'resolve', value: resolveFlagNames(resolve) }
      ]
    }
  }
]
