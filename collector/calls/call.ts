/** What a system call is to the decoder, and how its arguments are read. */
import type { Argument, Descriptor } from '../event.ts'
import type { FieldIndex, FrameBuffer } from '../frames.ts'
import { FieldTag, fieldCut, offsets } from '../layout.ts'
import { absolutePath, cutMark } from '../paths.ts'

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

/** Stands for a value that could not be read. */
export const notKnown = '<NA>'

/** `AT_FDCWD` of include/uapi/linux/fcntl.h. */
const AT_FDCWD = -100

const argumentAt = (at: number, index: number) => at + offsets.syscall.args + index * 8

/** An argument that the kernel takes as an int, counted from 0. */
export const intArgument = ({ frames, at }: CallFrame, index: number): number => frames.i32(argumentAt(at, index))

/** An argument of the size of a register, as the kernel sees it when it is signed. */
export const longArgument = ({ frames, at }: CallFrame, index: number): number => frames.i64(argumentAt(at, index))

/** A size, or a number that is no more than that. */
export const sizeText = ({ frames, at }: CallFrame, index: number): string => `${frames.bigU64(argumentAt(at, index))}`

export const addressText = ({ frames, at }: CallFrame, index: number): string =>
  `0x${frames.bigU64(argumentAt(at, index)).toString(16)}`

export const resultOf = ({ frames, at }: CallFrame): number => frames.i64(at + offsets.syscall.result)

/** The return value, as the argument that every call's list begins with. */
export const resultAs = (name: 'fd' | 'res', call: CallFrame): Argument => ({ name, value: `${resultOf(call)}` })

/** A descriptor that was passed in. */
export const descriptorArgument = (name: string, call: CallFrame, index: number): Argument => ({
  name,
  value: `${intArgument(call, index)}`
})

/** A descriptor of a directory. */
export function directoryArgument(name: string, call: CallFrame, index: number): Argument {
  const directory = intArgument(call, index)
  return { name, value: directory === AT_FDCWD ? 'AT_FDCWD' : `${directory}` }
}

export const fieldText = ({ frames, fields }: CallFrame, tag: number): string => fields.marked(frames, tag) ?? notKnown

/**
 * A path as rules compare it: absolute, so that a relative one hides nothing. As it was written where nobody knows the
 * directory that it starts from.
 */
export function pathText(
  { frames, fields }: CallFrame,
  pathTag: number,
  directoryTag: number,
  directoryIsRoot = false
): string {
  const asked = fields.string(frames, pathTag)
  if (asked === undefined) return notKnown
  const path = directoryIsRoot ? `.${absolutePath(asked, '/')}` : asked
  const isCut = (tag: number) => (fields.flags[tag]! & fieldCut) !== 0
  const directory = fields.string(frames, directoryTag)
  const from = directory !== undefined && isCut(directoryTag) ? cutMark + directory : directory
  return (absolutePath(path, from) ?? path) + (isCut(pathTag) ? cutMark : '')
}

/** The path of a call that takes one, or the first of two. */
export const firstPath = (call: CallFrame): string => pathText(call, FieldTag.path, FieldTag.directory)

export const secondPath = (call: CallFrame): string => pathText(call, FieldTag.newPath, FieldTag.newDirectory)
