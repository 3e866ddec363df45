/** The first frame of a connection: whether the reader fits to this collector, and what was missed before it. */
import { type FrameBuffer, StreamError } from './frames.ts'
import { frameMagic, frameVersion, offsets } from './layout.ts'

const { hello } = offsets

/** Throws a StreamError when the reader does not fit. */
export function checkHello(frames: FrameBuffer, at: number): void {
  const version = frames.u32(at + hello.version)
  if (frames.u32(at + hello.magic) === frameMagic && version === frameVersion) return
  throw new StreamError(
    `the reader speaks version ${version} of the stream, the collector ${frameVersion}: install both from the same release`
  )
}

/** What was missed before, by reason, when this is the collector's nth connection; empty when nothing was. */
export function gapBefore(frames: FrameBuffer, at: number, connections: number): Record<string, number> {
  const unsettled = frames.u64(at + hello.unsettled)
  if (unsettled > 0) {
    return { unsettled_events: unsettled, away_ms: Math.round(frames.u64(at + hello.awayNs) / 1e6) }
  }
  const readerIsNew = frames.u64(at + hello.connection) === 1
  return readerIsNew && connections > 1 ? { reader_restarts: 1 } : {}
}
