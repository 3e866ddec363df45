/**
 * The system calls that can be traced: their names, their arguments as rules see them, and what their descriptor is. The
 * numbers are those of enum call in reader/frame.h.
 */
import { connectedDescriptor, openedDescriptor } from './descriptor.ts'
import type { Argument, Descriptor } from './event.ts'
import { combinedFlags, keptFlags, namespaceFlagNames, OpenFlag, openFlagNames, resolveFlagNames } from './flags.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, offsets } from './layout.ts'
import { formatEndpoint, readSocketAddress, unmapped } from './sockets.ts'

/** Where a decoder finds the call: the frame starts at `at`. */
export interface CallFrame {
  readonly frames: FrameBuffer
  readonly at: number
  readonly fields: FieldIndex
  readonly descriptor: Descriptor | undefined
}

export interface Call {
  readonly number: number
  readonly name: string
  /** The arguments, in the order of the call's documentation. */
  readonly args: (call: CallFrame) => Argument[]
  readonly descriptor?: (frames: FrameBuffer, at: number, fields: FieldIndex) => Descriptor
  /** The flags of an open call. */
  readonly openFlags?: (call: CallFrame) => number | undefined
}

/** `AT_FDCWD` of include/uapi/linux/fcntl.h. */
const AT_FDCWD = -100

const intArgument = ({ frames, at }: CallFrame, index: number) => frames.i32(at + offsets.syscall.args + index * 8)

const fieldText = ({ frames, fields }: CallFrame, tag: number) => fields.marked(frames, tag) ?? '<NA>'

function directoryText(call: CallFrame): string {
  const directory = intArgument(call, 0)
  return directory === AT_FDCWD ? 'AT_FDCWD' : `${directory}`
}

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

function openArguments(name: string, flags: number | undefined, mode: number, call: CallFrame): Argument[] {
  const { frames, fields } = call
  const file = fields.starts[FieldTag.file]!
  return [
    { name: 'name', value: name },
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
    { name: 'fd', value: resultText(call) },
    ...(pathIndex === 1 ? [{ name: 'dirfd', value: directoryText(call) }] : []),
    ...openArguments(
      fieldText(call, FieldTag.path),
      intArgument(call, pathIndex + 1),
      intArgument(call, pathIndex + 2),
      call
    )
  ]
})

const resultOf = ({ frames, at }: CallFrame) => frames.i64(at + offsets.syscall.result)

const resultText = (call: CallFrame) => `${resultOf(call)}`

/** A failed exec; a successful one is told by an exec frame, see syscall-event.ts. */
const execCall = (number: number, name: string): Call => ({
  number,
  name,
  args: call => [
    { name: 'res', value: resultText(call) },
    { name: 'filename', value: fieldText(call, FieldTag.path) }
  ]
})

export const calls: readonly Call[] = [
  execCall(1, 'execve'),
  execCall(2, 'execveat'),
  openCall(3, 'open', 0),
  openCall(4, 'openat', 1),
  {
    number: 5,
    name: 'openat2',
    descriptor: openedDescriptor,
    // One that has opened something, nobody can say how, may have done so for anything.
    openFlags: call => openat2Flags(call) ?? (resultOf(call) < 0 ? undefined : OpenFlag.RDWR),
    args: call => [
      { name: 'fd', value: resultText(call) },
      { name: 'dirfd', value: directoryText(call) },
      ...openArguments(fieldText(call, FieldTag.path), openat2Flags(call), openHow(call, 1) ?? 0, call),
      { name: 'resolve', value: resolveFlagNames(openHow(call, 2) ?? 0) }
    ]
  },
  {
    number: 6,
    name: 'connect',
    descriptor: connectedDescriptor,
    args: call => [
      { name: 'res', value: resultText(call) },
      { name: 'fd', value: `${intArgument(call, 0)}` },
      { name: 'addr', value: addressText(call) },
      { name: 'tuple', value: call.descriptor?.name ?? '<NA>' }
    ]
  },
  {
    number: 7,
    name: 'setns',
    args: call => [
      { name: 'res', value: resultText(call) },
      { name: 'fd', value: `${intArgument(call, 0)}` },
      { name: 'nstype', value: namespaceFlagNames(intArgument(call, 1)) }
    ]
  }
]

function addressText({ frames, fields }: CallFrame): string {
  if (!fields.has(FieldTag.sockaddr)) return '<NA>'
  const address = readSocketAddress(frames, fields.starts[FieldTag.sockaddr]!, fields.lengths[FieldTag.sockaddr]!)
  if (address?.endpoint !== undefined) return formatEndpoint(unmapped(address.endpoint))
  return address?.path ?? '<NA>'
}

/** By number, for the frames; a hole is a call that is not known. */
export const callOfNumber: readonly (Call | undefined)[] = calls.reduce<(Call | undefined)[]>((table, call) => {
  table[call.number] = call
  return table
}, [])

/** By name, for what rules ask for. */
export const callOfName: ReadonlyMap<string, Call> = new Map(calls.map(call => [call.name, call]))
