/**
 * System calls, from the reader's socket. Connects (again, when the reader was away), asks for the calls that rules name,
 * keeps the process table, and emits an event for every traced call.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { messageOf, TercelError } from '../../base/errors.ts'
import { callOfName } from '../calls.ts'
import { configureMessage, leaveMessage, settledMessage } from '../control.ts'
import { FrameBuffer, StreamError } from '../frames.ts'
import { checkHello, gapBefore } from '../hello.ts'
import { internalEvent } from '../internal-event.ts'
import { eventKinds, FrameKind, offsets } from '../layout.ts'
import { Losses } from '../losses.ts'
import { ProcessTable } from '../processes.ts'
import { Settled } from '../settled.ts'
import { type Emit, nothingToCommit, type Source, type SourceState } from '../source.ts'
import { SyscallEventView } from '../syscall-event.ts'

export interface EbpfSourceOptions {
  /** The reader's Unix socket. */
  readonly socket: string
  /** Names of the system calls to trace; those that the sensor does not know are left out. */
  readonly types: Iterable<string>
  /** Bound of the process table. */
  readonly processes: number
  readonly onState?: (state: SourceState) => void
}

const settledEveryMs = 100
/** How long the reader and the spool have at the end. */
const leaveMs = 1000
const firstRetryMs = 100
const lastRetryMs = 2000
const generation = 1

export class EbpfSource implements Source {
  readonly #options: EbpfSourceOptions
  readonly #frames = new FrameBuffer()
  readonly #event = new SyscallEventView(this.#frames)
  readonly #batch = [this.#event]
  readonly #processes: ProcessTable
  readonly #losses: Losses
  readonly #calls: ReadonlySet<number>
  #socket: Socket | undefined
  #paused = false
  #settled = new Settled()
  /** Internal events whose commit is awaited. */
  #reports = 0
  #emit: Emit = () => nothingToCommit
  #connections = 0
  #retryMs = firstRetryMs
  #greeted = false
  #failure: TercelError | undefined

  constructor(options: EbpfSourceOptions) {
    this.#options = options
    this.#processes = new ProcessTable(options.processes)
    this.#losses = new Losses(this.#frames, this.#processes)
    const numbers = [...options.types].map(type => callOfName.get(type)?.number)
    this.#calls = new Set(numbers.filter(number => number !== undefined))
  }

  async start(emit: Emit, signal: AbortSignal): Promise<void> {
    this.#emit = emit
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
    this.#frames.reset()
    this.#settled = new Settled()
    this.#greeted = false
    const socket = connect({
      path: this.#options.socket,
      onread: {
        buffer: () => this.#frames.space(),
        callback: count => {
          try {
            this.#frames.advance(count, this.#visit, this.#skip)
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
      if (this.#greeted) socket.write(leaveMessage())
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
    if (this.#reports > 0 || !this.#greeted || this.#socket?.writable !== true) return
    this.#socket.write(settledMessage(this.#settled.upTo()))
  }

  readonly #visit = (at: number, length: number, kind: number): void => {
    if (!this.#greeted && kind !== FrameKind.hello) throw new StreamError('the reader did not introduce itself')
    switch (kind) {
      case FrameKind.syscall:
        this.#onSyscall(at, length)
        break
      case FrameKind.exec:
      case FrameKind.fork:
        this.#onProcess(at, length, kind)
        break
      case FrameKind.exit:
        this.#processes.end(this.#frames, at)
        this.#settled.add(nothingToCommit)
        break
      case FrameKind.process:
        if (this.#readFields(at, length, offsets.process.fieldCount, offsets.process.fields)) {
          this.#processes.update(this.#frames, at, kind, this.#event.fields)
        }
        break
      case FrameKind.stats:
        this.#setBootOffset(this.#frames.bigI64(at + offsets.stats.bootOffset))
        this.#emitInternal('drop', this.#losses.take(at + offsets.stats.counters))
        break
      case FrameKind.hello:
        this.#onHello(at)
        break
      case FrameKind.configured:
        this.#onConfigured(this.#frames.u32(at + offsets.configured.error))
        break
      case FrameKind.scanned:
        this.#processes.linkScanned()
        break
      case FrameKind.left:
        this.#leave(this.#socket)
        break
    }
  }

  /** The reader counts a malformed event like any other; here it counts among the losses. */
  readonly #skip = (kind: number): void => {
    if (eventKinds.has(kind)) this.#settled.add(nothingToCommit)
  }

  #onSyscall(at: number, length: number): void {
    const process = this.#processes.ofTask(this.#frames, at)
    const whole = this.#readFields(at, length, offsets.syscall.fieldCount, offsets.syscall.fields)
    const known = whole && this.#event.point(at, FrameKind.syscall, process)
    this.#settled.add(known ? this.#emit(this.#batch) : nothingToCommit)
  }

  #onProcess(at: number, length: number, kind: number): void {
    const { fieldCount, fields } = offsets.process
    let commit = nothingToCommit
    if (this.#readFields(at, length, fieldCount, fields)) {
      const process = this.#processes.update(this.#frames, at, kind, this.#event.fields)
      if (kind === FrameKind.exec && this.#event.point(at, kind, process) && this.#calls.has(this.#event.number)) {
        commit = this.#emit(this.#batch)
      }
    }
    this.#settled.add(commit)
  }

  #readFields(at: number, length: number, countAt: number, fieldsAt: number): boolean {
    const whole = this.#event.fields.read(this.#frames, at + fieldsAt, this.#frames.u16(at + countAt), at + length)
    if (!whole) this.#frames.malformed++
    return whole
  }

  #setBootOffset(offset: bigint): void {
    this.#processes.bootOffset = offset
    this.#event.bootOffset = offset
  }

  #onHello(at: number): void {
    checkHello(this.#frames, at)
    this.#setBootOffset(this.#frames.bigI64(at + offsets.hello.bootOffset))
    this.#processes.clear()
    this.#retryMs = firstRetryMs
    this.#losses.start(at + offsets.hello.counters)
    this.#greeted = true
    this.#connections++
    this.#emitInternal('gap', gapBefore(this.#frames, at, this.#connections))
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

  /** Raises an alert where there is something to count. */
  #emitInternal(type: string, counters: Readonly<Record<string, number>>): void {
    if (Object.keys(counters).length === 0) return
    this.#reports++
    const reported = () => void this.#reports--
    this.#emit([internalEvent(type, counters)]).then(reported, reported)
  }
}
