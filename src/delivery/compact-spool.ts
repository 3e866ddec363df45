/** Gives the room that a spool does not use any more back to the disk, in steps between which it works on. */
import type { SpoolStatus } from './messages.ts'
import type { SpoolLink } from './spool-link.ts'

export interface CompactProgress {
  /** What was given back by now, in bytes. */
  readonly givenBytes: number
  /** What was free at the start. */
  readonly freeBytes: number
}

/** What the database and its WAL take on the disk, in bytes. */
export interface CompactReport {
  readonly before: number
  readonly after: number
}

export async function compactSpool(
  link: SpoolLink,
  onProgress: (progress: CompactProgress) => void
): Promise<CompactReport> {
  const before = await link.ask('status', {}).answer
  const { freeBytes } = before
  // What becomes free meanwhile is not waited for: under load there would be no end.
  for (let givenBytes = 0, step = 1; givenBytes < freeBytes && step > 0; givenBytes += step) {
    step = await link.ask('vacuumStep', {}).answer
    onProgress({ givenBytes: Math.min(freeBytes, givenBytes + step), freeBytes })
  }
  await link.ask('emptyWal', {}).answer
  const after = await link.ask('status', {}).answer
  return { before: bytesOnDisk(before), after: bytesOnDisk(after) }
}

function bytesOnDisk({ usedBytes, freeBytes }: SpoolStatus): number {
  return usedBytes + freeBytes
}
