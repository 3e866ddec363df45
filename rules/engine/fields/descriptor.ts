/** What several classes of fields read from the descriptor of a call. */

import type { DescriptorType, SyscallEvent } from '../../../collector/event.ts'
import type { Extraction, PathRange } from './field.ts'

const file: DescriptorType = { char: 'f', name: 'file' }

/** An open that failed, or whose file was gone before it was seen, is taken for that of a file. */
export function descriptorType({ descriptor, openFlags }: SyscallEvent): DescriptorType | undefined {
  return descriptor && (descriptor.type ?? (openFlags === undefined ? undefined : file))
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

/** `of` applied to the resolved path and to the one asked for; where only one of them is known, it stands for both. */
export function paths(
  of: (name: string, event: SyscallEvent) => string | undefined,
  range?: PathRange<SyscallEvent>
): Extraction<SyscallEvent> {
  return {
    kind: 'paths',
    range,
    resolved: ({ descriptor }) => descriptor?.name ?? descriptor?.nameAsked,
    asked: ({ descriptor }) => descriptor?.nameAsked ?? descriptor?.name,
    of
  }
}
