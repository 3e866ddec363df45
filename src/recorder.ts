/**
 * Records what the reader sends: a reader of its own, on a socket that nobody else can reach, so that it can run beside a
 * tercel that watches. What the frames mean is looked at only to count.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { hostname, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Accounts } from '../collector/accounts.ts'
import type { Event, InternalEvent } from '../collector/event.ts'
import { isInternal } from '../collector/internal-event.ts'
import { frameVersion } from '../collector/layout.ts'
import { RecordingFile } from '../collector/recording/files.ts'
import { RecordingWriter } from '../collector/recording/writer.ts'
import { nothingToCommit } from '../collector/source.ts'
import { sources } from '../collector/sources/index.ts'
import { aborted } from './abort.ts'
import type { ChildOptions } from './child.ts'
import { keepReaderRunning } from './reader.ts'

export interface RecorderOptions {
  /** The file to make. */
  readonly path: string
  /** Whether one that is there is replaced. */
  readonly replace: boolean
  /** Names of the system calls to trace. */
  readonly calls: readonly string[]
  /** Bound of the process table of a replay. */
  readonly processes: number
  /** The version of tercel. */
  readonly version: string
  readonly log: ChildOptions['log']
  /** Told once the calls are traced. */
  readonly onStart: () => void
}

/** What is not in the file this long after it happened is lost when the recorder is killed. */
const flushEveryMs = 1000
/** Events may wait in the ring for a poll of the reader (10 ms); then its next stats frame, one a second, is awaited. */
const pollsMs = 50
const statsMs = 1500
const readerGraceMs = 5000

export class Recorder {
  /** What was lost so far, by reason. */
  readonly lost = new Map<string, number>()
  readonly #options: RecorderOptions
  readonly #file: RecordingFile
  readonly #writer: RecordingWriter
  readonly #stopping = new AbortController()
  #failure: unknown
  #running = false
  #onStats: () => void = () => {}

  /** @throws TercelError when the file cannot be made. */
  constructor(options: RecorderOptions) {
    this.#options = options
    const { path, replace, calls, processes, version } = options
    this.#file = new RecordingFile(path, replace)
    const header = {
      id: randomUUID(),
      tercel: version,
      hostname: hostname(),
      kernel: release(),
      arch: process.arch,
      begun: Date.now(),
      frameVersion,
      calls,
      processes,
      accounts: Accounts.record()
    }
    this.#writer = new RecordingWriter(header, bytes => this.#file.write(bytes))
  }

  /** Exec, fork, exit and syscall frames so far. */
  get events(): number {
    return this.#writer.events
  }

  /** Bytes of the file so far. */
  get bytes(): number {
    return this.#writer.bytes
  }

  /**
   * Records until `signal` aborts; what had happened by then is in the file.
   *
   * @throws TercelError when the reader cannot run here, or when the file cannot be written: what is in it then is whole.
   */
  async run(signal: AbortSignal): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'tercel-record-'))
    const flushing = setInterval(() => this.#attempt(() => this.#writer.flush()), flushEveryMs)
    try {
      aborted(signal).then(() => this.#stopWhenRead())
      await this.#record(join(folder, 'reader.sock'))
      if (this.#running) this.#attempt(() => this.#writer.end())
    } finally {
      clearInterval(flushing)
      rmSync(folder, { recursive: true, force: true })
      if (this.#running) this.#file.close()
      else this.#file.discard()
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #record(socket: string): Promise<void> {
    const { calls, processes, log } = this.#options
    const stopReader = new AbortController()
    const shared = { log, graceMs: readerGraceMs, ending: this.#stopping.signal }
    const reading = keepReaderRunning({ ...shared, socket, uid: process.getuid?.() ?? 0, stop: stopReader.signal })
    reading.catch((error: unknown) => this.#fail(error))
    const source = sources.ebpf({
      socket,
      processes,
      types: calls,
      onState: ({ state }) => this.#onState(state),
      onWhole: bytes => this.#attempt(() => this.#take(bytes))
    })
    const emit = (events: readonly Event[]) => {
      for (const event of events) if (isInternal(event)) this.#count(event)
      return nothingToCommit
    }
    await source.start(emit, this.#stopping.signal).catch((error: unknown) => this.#fail(error))
    this.#stopping.abort()
    stopReader.abort()
    await Promise.allSettled([reading])
  }

  #onState(state: string): void {
    if (state !== 'running' || this.#running) return
    this.#running = true
    this.#options.onStart()
  }

  #take(frames: Uint8Array): void {
    const before = this.#writer.stats
    this.#writer.add(frames)
    if (this.#writer.stats > before) this.#onStats()
  }

  #count({ counters }: InternalEvent): void {
    for (const [reason, count] of Object.entries(counters)) {
      this.lost.set(reason, (this.lost.get(reason) ?? 0) + count)
    }
  }

  /** The last stats frame also tells what was lost by then. */
  async #stopWhenRead(): Promise<void> {
    if (this.#running) {
      await delay(pollsMs)
      const stats = new Promise<void>(resolve => {
        this.#onStats = resolve
      })
      await Promise.race([stats, delay(statsMs)])
    }
    this.#stopping.abort()
  }

  #attempt(act: () => void): void {
    if (this.#failure !== undefined) return
    try {
      act()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= error
    this.#stopping.abort()
  }
}
