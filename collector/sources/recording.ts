/** System calls from a recording: what a reader sent once, through the same frames, processes and events as live. */
import { setImmediate as turn } from 'node:timers/promises'
import { TercelError } from '../../base/errors.ts'
import type { Nanoseconds } from '../event.ts'
import { FrameEvents } from '../frame-events.ts'
import { StreamError } from '../frames.ts'
import { internalEvent } from '../internal-event.ts'
import type { RecordingReader } from '../recording/reader.ts'
import { type Emit, nothingToCommit, type Source } from '../source.ts'

export interface RecordingSourceOptions {
  readonly recording: RecordingReader
  /** Told of what is missing. */
  readonly onWarning?: (message: string) => void
  /** Told up to which byte the recording has been played. */
  readonly onProgress?: (position: number) => void
}

/** The event loop gets a look in this often. */
const turnEveryMs = 50

export class RecordingSource implements Source {
  readonly #options: RecordingSourceOptions
  readonly #events: FrameEvents
  #emit: Emit = () => nothingToCommit
  /** Of the events of this block, those that are not committed yet. */
  #pending: Promise<void>[] = []
  #resumed: PromiseWithResolvers<void> | undefined
  /** Exec, fork, exit and syscall frames so far. */
  events = 0

  constructor(options: RecordingSourceOptions) {
    this.#options = options
    const { processes } = options.recording.header
    this.#events = new FrameEvents(
      { processes },
      {
        taken: commit => {
          this.events++
          if (commit !== nothingToCommit) this.#await(commit)
        },
        lost: (type, counters) => this.#report(type, counters)
      }
    )
  }

  /** @throws TercelError TERCEL_RECORDING where the recording holds what no reader sends. */
  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    this.#emit = emit
    this.#events.emit = emit
    signal.addEventListener('abort', () => this.resume(), { once: true })
    let turned = performance.now()
    for (let more = true; more && !signal.aborted; ) {
      if (this.#resumed !== undefined) {
        await this.#resumed.promise
        continue
      }
      more = this.#playBlock()
      if (this.#pending.length > 0) await Promise.all(this.#pending.splice(0))
      if (performance.now() - turned < turnEveryMs) continue
      await turn()
      turned = performance.now()
    }
  }

  pause(): void {
    this.#resumed ??= Promise.withResolvers()
  }

  resume(): void {
    this.#resumed?.resolve()
    this.#resumed = undefined
  }

  /** Gives false when that was the last one. */
  #playBlock(): boolean {
    const { recording, onWarning, onProgress } = this.#options
    const block = recording.next()
    switch (block.kind) {
      case 'frames':
        this.#play(block.frames, block.position)
        onProgress?.(recording.position)
        return true
      case 'damaged':
        this.#requireStart(block.position)
        onWarning?.(`the block at byte ${block.position} is damaged: ${block.events} events are missing`)
        this.#report('drop', block.events > 0 ? { damaged_events: block.events } : { damaged_blocks: 1 })
        return true
      case 'cut':
        onWarning?.(`played up to byte ${block.position}: ${block.reason}`)
        return false
      case 'end':
        if (block.excess) onWarning?.(`what follows its end at byte ${block.position} is no part of it`)
        return false
    }
  }

  #play(frames: Uint8Array, position: number): void {
    const buffer = this.#events.frames
    try {
      buffer.space().set(frames)
      this.#events.advance(frames.length)
      if (buffer.unfinished > 0) throw new StreamError('its last frame is cut')
    } catch (error) {
      if (!(error instanceof StreamError)) throw error
      throw this.#error(`the block at byte ${position} makes no sense: ${error.message}`, error)
    }
  }

  #requireStart(position: number): void {
    if (this.#events.greeted) return
    throw this.#error(`the block at byte ${position} is damaged, and without it the others cannot be understood`)
  }

  #error(what: string, cause?: unknown): TercelError {
    return new TercelError('TERCEL_RECORDING', `${this.#options.recording.name}: ${what}`, { cause })
  }

  #report(type: 'drop' | 'gap', counters: Readonly<Record<string, number>>): void {
    const commit = this.#emit([internalEvent(type, counters, this.#now())])
    if (commit !== nothingToCommit) this.#await(commit)
  }

  /** The clock of a replay stands where its last frame was made. */
  #now(): Nanoseconds {
    return this.#events.lastTime ?? BigInt(this.#options.recording.header.begun) * 1_000_000n
  }

  #await(commit: Promise<void>): void {
    if (this.#pending.at(-1) !== commit) this.#pending.push(commit)
  }
}
