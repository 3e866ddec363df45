/**
 * System calls, from the reader's socket: connects (again, when the reader was away), asks for the calls that rules name,
 * and tells the reader what is settled. What comes is made into events by frame-events.ts.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TercelError } from '../../base/errors.ts'
import { callOfName } from '../calls.ts'
import { configureMessage, leaveMessage, settledMessage } from '../control.ts'
import { FrameEvents, type FrameListener } from '../frame-events.ts'
import { StreamError } from '../frames.ts'
import { internalEvent } from '../internal-event.ts'
import { Settled } from '../settled.ts'
import type { Emit, Source, SourceState } from '../source.ts'

export interface EbpfSourceOptions {
  /** The reader's Unix socket. */
  readonly socket: string
  /** Names of the system calls to trace; those that the sensor does not know are left out. */
  readonly types: Iterable<string>
  /** Bound of the process table. */
  readonly processes: number
  readonly onState?: (state: SourceState) => void
  /** Takes the bytes of whole frames, in the order of the stream; valid until it returns. Must not throw. */
  readonly onWhole?: (bytes: Uint8Array) => void
}

const settledEveryMs = 100
/** How long the reader and the spool have at the end. */
const leaveMs = 1000
const firstRetryMs = 100
const lastRetryMs = 2000
const generation = 1

export class EbpfSource implements Source {
  readonly #options: EbpfSourceOptions
  readonly #events: FrameEvents
  readonly #calls: ReadonlySet<number>
  #socket: Socket | undefined
  #paused = false
  #settled = new Settled()
  /** Internal events whose commit is awaited. */
  #reports = 0
  #retryMs = firstRetryMs
  #failure: TercelError | undefined

  constructor(options: EbpfSourceOptions) {
    this.#options = options
    const { processes, types, onWhole } = options
    const numbers = [...types].map(type => callOfName.get(type)?.number)
    this.#calls = new Set(numbers.filter(number => number !== undefined))
    this.#events = new FrameEvents(
      { processes, execCalls: this.#calls, ...(onWhole && { onWhole }) },
      {
        taken: commit => this.#settled.add(commit),
        lost: (type, counters) => this.#report(type, counters),
        greeted: () => {
          this.#retryMs = firstRetryMs
        },
        configured: error => this.#onConfigured(error),
        left: () => this.#leave(this.#socket)
      }
    )
  }

  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    this.#events.emit = emit
    while (!signal.aborted) {
      const reason = await this.#serve(signal)
      if (this.#failure !== undefined) throw this.#failure
      if (signal.aborted) return
      this.#options.onState?.({ state: 'waiting', message: `the reader at ${this.#options.socket} is away: ${reason}` })
      await delay(this.#retryMs, undefined, { signal }).catch(() => {})
      this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs)
    }
  }

  pause(): void {
    this.#paused = true
    this.#socket?.pause()
  }

  resume(): void {
    this.#paused = false
    this.#socket?.resume()
  }

  /** One connection, from its start to its end; gives the reason why it ended. */
  #serve(signal: AbortSignal): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    let reason = 'it closed the connection'
    this.#events.reset()
    this.#settled = new Settled()
    const socket = connect({
      path: this.#options.socket,
      onread: {
        buffer: () => this.#events.frames.space(),
        callback: count => {
          try {
            this.#events.advance(count)
          } catch (error) {
            if (!(error instanceof StreamError)) throw error
            socket.destroy(error)
          }
          return true
        }
      }
    })
    this.#socket = socket
    if (this.#paused) socket.pause()
    const settling = setInterval(() => this.#sendSettled(), settledEveryMs)
    const stop = () => {
      // What is not taken over by then is reported as missed: nothing may keep a collector from ending.
      setTimeout(() => socket.destroy(), leaveMs).unref()
      if (this.#events.greeted) socket.write(leaveMessage())
      else socket.destroy()
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.on('connect', () => socket.write(configureMessage(generation, [...this.#calls])))
    socket.on('error', error => {
      reason = messageOf(error)
    })
    socket.on('close', () => {
      clearInterval(settling)
      signal.removeEventListener('abort', stop)
      this.#socket = undefined
      resolve(reason)
    })
    return promise
  }

  /**
   * Says what is settled, also when it is the same as before: by that the reader knows that its losses have been read. So
   * nothing is said while the alert of a loss is not on disk.
   */
  #sendSettled(): void {
    if (this.#reports > 0 || !this.#events.greeted || this.#socket?.writable !== true) return
    this.#socket.write(settledMessage(this.#settled.upTo()))
  }

  #onConfigured(error: number): void {
    if (error !== 0) {
      this.#failure = new TercelError(
        'TERCEL_SENSOR',
        `the reader could not attach to the system calls (errno ${error}): run it with TERCEL_READER_DEBUG=1 to see why`
      )
      this.#socket?.destroy()
      return
    }
    this.#options.onState?.({ state: 'running', message: `tracing ${this.#calls.size} system calls` })
  }

  /** Everything has been read: once it is committed, the reader learns so, and the next collector goes on from there. */
  async #leave(socket: Socket | undefined): Promise<void> {
    await this.#settled.idle()
    this.#sendSettled()
    socket?.destroySoon()
  }

  /** Raises an alert for what was lost; until it is committed, nothing is settled. */
  #report(...[type, counters]: Parameters<FrameListener['lost']>): void {
    this.#reports++
    const reported = () => void this.#reports--
    this.#events.emit([internalEvent(type, counters)]).then(reported, reported)
  }
}
