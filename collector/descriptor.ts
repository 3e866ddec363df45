/** What the descriptor of a call refers to where that is a file, decoded when it is asked for; sockets: socket-descriptor.ts. */
import type { ByteRange, Descriptor, DescriptorType } from './event.ts'
import type { FieldIndex, FrameBuffer } from './frames.ts'
import { FieldTag, fieldCut, offsets } from './layout.ts'
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

const slash = 0x2f
const dot = 0x2e

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

/** The descriptor of an open call; a failed one has names only. Like the event a view: valid as long as the frame is. */
export function openedDescriptor(frames: FrameBuffer, at: number, fields: FieldIndex): Descriptor {
  return new OpenedFile(frames, at, fields)
}

/** Most rules decide by the type, or by a name that most files have not: no string is made before it is asked for. */
class OpenedFile implements Descriptor {
  readonly l4proto = undefined
  readonly client = undefined
  readonly server = undefined
  readonly local = undefined
  readonly remote = undefined
  readonly connected = undefined
  readonly nameChanged = undefined
  readonly #frames: FrameBuffer
  readonly #at: number
  readonly #fields: FieldIndex
  #isAskedResolved: boolean | undefined
  #nameAsked: string | undefined
  #nameAskedIsRead = false
  #nameBytes: ByteRange | undefined

  constructor(frames: FrameBuffer, at: number, fields: FieldIndex) {
    this.#frames = frames
    this.#at = at
    this.#fields = fields
  }

  /** Nearly always: then one string serves for both names. */
  get #askedIsResolved(): boolean {
    this.#isAskedResolved ??=
      isAskedAbsolutely(this.#frames, this.#fields) || isAskedFromDirectory(this.#frames, this.#fields)
    return this.#isAskedResolved
  }

  get number(): number | undefined {
    return descriptorMade(this.#frames, this.#at)
  }

  get type(): DescriptorType | undefined {
    return fileType(this.#frames, this.#fields)
  }

  get name(): string | undefined {
    return this.#fields.marked(this.#frames, FieldTag.resolved) ?? this.nameAsked
  }

  get nameAsked(): string | undefined {
    if (this.#askedIsResolved) return this.name
    if (!this.#nameAskedIsRead) {
      this.#nameAsked = readNameAsked(this.#frames, this.#fields)
      this.#nameAskedIsRead = true
    }
    return this.#nameAsked
  }

  get nameBytes(): ByteRange | undefined {
    if (!this.#askedIsResolved) return undefined
    this.#nameBytes ??= this.#range(FieldTag.resolved)
    return this.#nameBytes
  }

  get nameRaw(): string | undefined {
    return this.#fields.marked(this.#frames, FieldTag.path)
  }

  get nameRawBytes(): ByteRange | undefined {
    const { starts, flags } = this.#fields
    if (starts[FieldTag.path] === 0 || (flags[FieldTag.path]! & fieldCut) !== 0) return undefined
    return this.#range(FieldTag.path)
  }

  #range(tag: number): ByteRange {
    const start = this.#fields.starts[tag]!
    return { bytes: this.#frames.bytes, start, end: start + this.#fields.lengths[tag]! }
  }
}

function readNameAsked(frames: FrameBuffer, fields: FieldIndex): string | undefined {
  const asked = fields.string(frames, FieldTag.path)
  return asked === undefined ? undefined : absolutePath(asked, fields.marked(frames, FieldTag.directory))
}

/** Whether the path asked for is the resolved one. */
function isAskedAbsolutely(frames: FrameBuffer, { starts, lengths, flags }: FieldIndex): boolean {
  const { path, resolved } = FieldTag
  if (starts[path] === 0 || starts[resolved] === 0) return false
  if (lengths[path] !== lengths[resolved] || (flags[resolved]! & fieldCut) !== 0) return false
  return frames.same(starts[path]!, starts[resolved]!, lengths[path]!)
}

/**
 * Whether the directory, a slash and the path asked for are the resolved path. The directory is normal, as the kernel
 * gives it; a path that may not be is left to others.
 */
function isAskedFromDirectory(frames: FrameBuffer, { starts, lengths, flags }: FieldIndex): boolean {
  const { path, resolved, directory } = FieldTag
  if (starts[path] === 0 || starts[resolved] === 0 || starts[directory] === 0) return false
  if (((flags[resolved]! | flags[directory]!) & fieldCut) !== 0) return false
  const start = starts[resolved]!
  const from = lengths[directory]!
  return (
    from + 1 + lengths[path]! === lengths[resolved] &&
    frames.bytes[start] === slash &&
    frames.bytes[start + from] === slash &&
    frames.same(starts[directory]!, start, from) &&
    frames.same(starts[path]!, start + from + 1, lengths[path]!) &&
    hasPlainNames(frames, start + from, start + from + 1 + lengths[path]!)
  )
}

/** Whether every slash is followed by a byte that is neither a slash nor a dot. */
function hasPlainNames({ bytes }: FrameBuffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (bytes[i] === slash && (i + 1 === end || bytes[i + 1] === slash || bytes[i + 1] === dot)) return false
  }
  return true
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
