/** What several classes of fields read from the descriptor of a call. */

import type { ByteRange, DescriptorType, SyscallEvent } from '../../../collector/event.ts'
import type { Extraction, TextRange } from './field.ts'

const fileType: DescriptorType = { char: 'f', name: 'file' }

/** An open that failed, or whose file was gone before it was seen, is taken for that of a file. */
export function descriptorType({ descriptor, openFlags }: SyscallEvent): DescriptorType | undefined {
  return descriptor && (descriptor.type ?? (openFlags === undefined ? undefined : fileType))
}

/** Whether the name of the descriptor is a path. */
export function isPath(event: SyscallEvent): boolean {
  const char = descriptorType(event)?.char
  return char === undefined || char === 'f' || char === 'd'
}

/** A name has a dozen bytes: to look at each costs half of what a call of `lastIndexOf` does. */
export function directoryOf(path: string): string {
  let slash = path.length - 1
  while (slash > 0 && path.charCodeAt(slash) !== 0x2f) slash--
  return slash <= 0 ? '/' : path.slice(0, slash)
}

const slash = 0x2f

/** A range that is filled anew for each event. */
class PartRange implements ByteRange {
  bytes: Buffer = Buffer.alloc(0)
  start = 0
  end = 0

  /** The part of a path from `start` to before `end`. */
  set({ bytes }: ByteRange, start: number, end: number): ByteRange {
    this.bytes = bytes
    this.start = start
    this.end = end
    return this
  }
}

const directory = new PartRange()
const file = new PartRange()

/** Where the name is in a frame, if it is a whole path. */
function pathRange(event: SyscallEvent): ByteRange | undefined {
  const range = event.descriptor?.nameBytes
  if (range === undefined || range.start === range.end || range.bytes[range.start] !== slash) return undefined
  return isPath(event) ? range : undefined
}

/** A name has a dozen bytes: a call of `lastIndexOf` would cost more. */
function lastSlash({ bytes, start, end }: ByteRange): number {
  let at = end - 1
  while (at > start && bytes[at] !== slash) at--
  return at
}

export const pathRanges = {
  name: ({ descriptor }) => descriptor?.nameBytes,
  nameRaw: ({ descriptor }) => descriptor?.nameRawBytes,
  directory: event => {
    const range = pathRange(event)
    // What stands in the root is in the directory /.
    return range && directory.set(range, range.start, Math.max(lastSlash(range), range.start + 1))
  },
  file: event => {
    const range = pathRange(event)
    return range && file.set(range, lastSlash(range) + 1, range.end)
  }
} as const satisfies Readonly<Record<string, TextRange<SyscallEvent>>>

/** `of` applied to the resolved path and to the one asked for; where only one of them is known, it stands for both. */
export function paths(
  of: (name: string, event: SyscallEvent) => string | undefined,
  range?: TextRange<SyscallEvent>
): Extraction<SyscallEvent> {
  return {
    kind: 'paths',
    range,
    resolved: ({ descriptor }) => descriptor?.name ?? descriptor?.nameAsked,
    asked: ({ descriptor }) => descriptor?.nameAsked ?? descriptor?.name,
    of
  }
}
