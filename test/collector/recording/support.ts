/** Recordings in memory for the tests. */

import type { RecordingHeader } from '../../../collector/recording/header.ts'
import { type Block, RecordingReader } from '../../../collector/recording/reader.ts'
import { RecordingWriter } from '../../../collector/recording/writer.ts'

export const header: RecordingHeader = {
  id: '6b1c6d4e-0000-4000-8000-000000000001',
  tercel: '0.1.0',
  hostname: 'node-1',
  kernel: '6.1.0',
  arch: process.arch,
  begun: 1_767_323_045_000,
  frameVersion: 1,
  calls: ['execve', 'openat', 'connect'],
  processes: 1000,
  accounts: {
    users: [
      [0, 'root'],
      [1000, 'ann']
    ],
    groups: [[1000, 'staff']]
  }
}

/** A recording whose blocks hold these frames, one list for each; it ends in order unless `end` says otherwise. */
export function recordingOf(
  blocks: readonly (readonly Uint8Array[])[],
  members: Partial<RecordingHeader> = {},
  { end = true } = {}
): Buffer {
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter({ ...header, ...members }, bytes => parts.push(Uint8Array.from(bytes)))
  for (const frames of blocks) {
    for (const frame of frames) writer.add(frame)
    writer.flush()
  }
  if (end) writer.end()
  return Buffer.concat(parts)
}

export function readerOf(bytes: Uint8Array): RecordingReader {
  const read = (target: Uint8Array, position: number) => {
    const found = bytes.subarray(position, position + target.length)
    target.set(found)
    return found.length
  }
  return new RecordingReader({ name: 'test.rec', read })
}

/** Everything that is in a recording, to its end or where it cannot be read on. */
export function blocksOf(bytes: Uint8Array): Block[] {
  const reader = readerOf(bytes)
  const blocks: Block[] = []
  do blocks.push(reader.next())
  while (!['end', 'cut'].includes(blocks.at(-1)!.kind))
  return blocks
}
