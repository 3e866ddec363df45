/** A recording as chunks of frames, and playing them into an engine: what a socket would give, without the socket. */
import { Accounts } from '../collector/accounts.ts'
import type { Event } from '../collector/event.ts'
import { FrameEvents } from '../collector/frame-events.ts'
import { RecordingReader } from '../collector/recording/reader.ts'
import { nothingToCommit } from '../collector/source.ts'
import { Engine } from '../rules/engine/engine.ts'
import type { Ruleset } from '../rules/engine/ruleset.ts'

/** What came of a run. */
export interface Played {
  events: number
  alerts: number
}

export type Header = RecordingReader['header']

export function openReader(name: string, bytes: Uint8Array): RecordingReader {
  const read = (target: Uint8Array, position: number) => {
    const found = bytes.subarray(position, position + target.length)
    target.set(found)
    return found.length
  }
  return new RecordingReader({ name, read })
}

/** The blocks of a recording as a reader sends them. */
export function chunksOf(reader: RecordingReader): Buffer[] {
  const chunks: Buffer[] = []
  for (let block = reader.next(); block.kind === 'frames'; block = reader.next()) chunks.push(block.frames)
  return chunks
}

export function engineOf(ruleset: Ruleset, { hostname, accounts }: Header): Engine {
  return new Engine(ruleset, { hostname, names: new Accounts(accounts), newUuid: String })
}

export function emitTo(engine: Engine, played: Played): FrameEvents['emit'] {
  return (batch: readonly Event[]) => {
    for (const event of batch) played.alerts += engine.evaluate(event).length
    return nothingToCommit
  }
}

/** From frames to events, and what `emit` makes of them. */
export function feed(chunks: readonly Buffer[], header: Header, played: Played, emit: FrameEvents['emit']): void {
  const taken = () => void played.events++
  const source = new FrameEvents({ processes: header.processes }, { taken, lost: () => {} })
  source.emit = emit
  for (const chunk of chunks) {
    source.frames.space().set(chunk)
    source.advance(chunk.length)
  }
}
