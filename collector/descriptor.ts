/** What the descriptor of a call refers to where that is a file, decoded when it is asked for; sockets: socket-descriptor.ts. */
import type { Descriptor, DescriptorType } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, offsets } from './layout.ts'
import { absolutePath } from './paths.ts'

export const descriptorTypes = {
  file: { char: 'f', name: 'file' },
  directory: { char: 'd', name: 'directory' },
  pipe: { char: 'p', name: 'pipe' },
  other: { char: 'o', name: 'other' }
} as const satisfies Record<string, DescriptorType>

/** include/uapi/linux/stat.h */
const S_IFMT = 0o170000
const typeOfMode = new Map<number, DescriptorType>([
  [0o010000, descriptorTypes.pipe],
  [0o040000, descriptorTypes.directory],
  [0o100000, descriptorTypes.file],
  // Devices are files to the rules: they are opened by path.
  [0o020000, descriptorTypes.file],
  [0o060000, descriptorTypes.file]
])

const noSocket = {
  l4proto: undefined,
  client: undefined,
  server: undefined,
  local: undefined,
  remote: undefined,
  connected: undefined,
  nameChanged: undefined
}

/** The descriptor that the call returned; undefined when it failed. */
export function descriptorMade(frames: FrameBuffer, at: number): number | undefined {
  const result = frames.i64(at + offsets.syscall.result)
  return result >= 0 ? result : undefined
}

/** The descriptor of an open call; a failed one has names only. */
export function openedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  const asked = fields.string(frames, FieldTag.path)
  const resolved = fields.marked(frames, FieldTag.resolved)
  const directory = fields.marked(frames, FieldTag.directory)
  const nameAsked = asked === undefined ? undefined : asked === resolved ? resolved : absolutePath(asked, directory)
  return {
    ...noSocket,
    number: descriptorMade(frames, at),
    type: fileType(frames, fields),
    name: resolved ?? nameAsked,
    nameAsked,
    nameRaw: fields.marked(frames, FieldTag.path)
  }
}

/** The file that a call was given as its first argument. */
export function usedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  return fileDescriptor(frames.i32(at + offsets.syscall.args), frames, fields)
}

/** A file as it is, whoever opened it. */
export function fileDescriptor(number: number | undefined, frames: FrameBuffer, fields: FieldIndex): Descriptor {
  const name = fields.marked(frames, FieldTag.resolved)
  return { ...noSocket, number, type: fileType(frames, fields), name, nameAsked: name, nameRaw: name }
}

function fileType(frames: FrameBuffer, fields: FieldIndex): DescriptorType | undefined {
  const file = fields.starts[FieldTag.file]!
  return file === 0 ? undefined : (typeOfMode.get(frames.u32(file + 12) & S_IFMT) ?? descriptorTypes.other)
}
