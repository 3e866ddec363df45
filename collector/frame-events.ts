/**
 * Frames to events: what each frame of the stream does to the table of processes, and what of it rules may see. The live
 * source and a replay share it; where the bytes come from, and what a commit means to that end, is theirs.
 */
import type { Nanoseconds } from './event.ts'
import { FrameBuffer, StreamError } from './frames.ts'
import { checkHello, gapBefore } from './hello.ts'
import { eventKinds, FrameKind, offsets } from './layout.ts'
import { Losses } from './losses.ts'
import { ProcessTable } from './processes.ts'
import { type Emit, nothingToCommit } from './source.ts'
import { SyscallEventView } from './syscall-event.ts'

export interface FrameEventsOptions {
  /** Bound of the process table. */
  readonly processes: number
  /**
   * Numbers of the calls by which a successful exec is an event: the stream tells of every exec, for the sake of the
   * table. Undefined stands for all.
   */
  readonly execCalls?: ReadonlySet<number>
  /** Takes the bytes of whole frames after they were walked; valid until it returns. */
  readonly onWhole?: (bytes: Uint8Array) => void
}

/** What the source learns of the stream, beside the events. */
export interface FrameListener {
  /** An exec, fork, exit or syscall frame was taken; what came of it is committed when `commit` resolves. */
  taken(commit: Promise<void>): void
  /** Something was lost before this frame: `drop` or `gap`, and how much of what, which is never nothing. */
  lost(type: 'drop' | 'gap', counters: Readonly<Record<string, number>>): void
  greeted?(): void
  /** The calls are traced, or could not be: an errno, 0 without an error. */
  configured?(error: number): void
  left?(): void
}

export class FrameEvents {
  readonly frames = new FrameBuffer()
  emit: Emit = () => nothingToCommit
  readonly #options: FrameEventsOptions
  readonly #listener: FrameListener
  readonly #event = new SyscallEventView(this.frames)
  readonly #batch = [this.#event]
  readonly #processes: ProcessTable
  readonly #losses: Losses
  #greeted = false
  #connections = 0
  /** Of the last frame that had one, ns since boot. */
  #lastTime = 0

  constructor(options: FrameEventsOptions, listener: FrameListener) {
    this.#options = options
    this.#listener = listener
    this.#processes = new ProcessTable(options.processes)
    this.#losses = new Losses(this.frames, this.#processes)
  }

  /** Whether the stream has begun with a hello that fits. */
  get greeted(): boolean {
    return this.#greeted
  }

  /** Wall-clock time of the last frame that had one; undefined before there was one. */
  get lastTime(): Nanoseconds | undefined {
    return this.#lastTime === 0 ? undefined : BigInt(this.#lastTime) + this.#event.bootOffset
  }

  /** A new connection: a hello is expected, and what was left of a frame is forgotten. */
  reset(): void {
    this.frames.reset()
    this.#greeted = false
  }

  /** Takes `count` bytes, which stand in `frames.space()`. Throws a StreamError where the stream makes no sense. */
  advance(count: number): void {
    this.frames.advance(count, this.#visit, this.#skip, this.#options.onWhole)
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
        this.#takeTime(at)
        this.#processes.end(this.frames, at)
        this.#listener.taken(nothingToCommit)
        break
      case FrameKind.process:
        this.#takeTime(at)
        if (this.#readFields(at, length, offsets.process.fieldCount, offsets.process.fields)) {
          this.#processes.update(this.frames, at, kind, this.#event.fields)
        }
        break
      case FrameKind.stats:
        this.#setBootOffset(this.frames.bigI64(at + offsets.stats.bootOffset))
        this.#lose('drop', this.#losses.take(at + offsets.stats.counters))
        break
      case FrameKind.hello:
        this.#onHello(at)
        break
      case FrameKind.configured:
        this.#listener.configured?.(this.frames.u32(at + offsets.configured.error))
        break
      case FrameKind.scanned:
        this.#processes.linkScanned()
        break
      case FrameKind.left:
        this.#listener.left?.()
        break
    }
  }

  /** The reader counts a malformed event like any other; here it counts among the losses. */
  readonly #skip = (kind: number): void => {
    if (eventKinds.has(kind)) this.#listener.taken(nothingToCommit)
  }

  #onSyscall(at: number, length: number): void {
    this.#takeTime(at)
    const process = this.#processes.ofTask(this.frames, at)
    const whole = this.#readFields(at, length, offsets.syscall.fieldCount, offsets.syscall.fields)
    const known = whole && this.#event.point(at, FrameKind.syscall, process)
    this.#listener.taken(known ? this.emit(this.#batch) : nothingToCommit)
  }

  #onProcess(at: number, length: number, kind: number): void {
    this.#takeTime(at)
    const { fieldCount, fields } = offsets.process
    const { execCalls } = this.#options
    let commit = nothingToCommit
    if (this.#readFields(at, length, fieldCount, fields)) {
      const process = this.#processes.update(this.frames, at, kind, this.#event.fields)
      const known = kind === FrameKind.exec && this.#event.point(at, kind, process)
      if (known && (execCalls?.has(this.#event.number) ?? true)) commit = this.emit(this.#batch)
    }
    this.#listener.taken(commit)
  }

  #readFields(at: number, length: number, countAt: number, fieldsAt: number): boolean {
    const whole = this.#event.fields.read(this.frames, at + fieldsAt, this.frames.u16(at + countAt), at + length)
    if (!whole) this.frames.malformed++
    return whole
  }

  #takeTime(at: number): void {
    this.#lastTime = this.frames.u64(at + offsets.task.time)
  }

  #setBootOffset(offset: bigint): void {
    this.#processes.bootOffset = offset
    this.#event.bootOffset = offset
  }

  #onHello(at: number): void {
    checkHello(this.frames, at)
    this.#setBootOffset(this.frames.bigI64(at + offsets.hello.bootOffset))
    this.#processes.clear()
    this.#losses.start(at + offsets.hello.counters)
    this.#greeted = true
    this.#connections++
    this.#listener.greeted?.()
    this.#lose('gap', gapBefore(this.frames, at, this.#connections))
  }

  #lose(type: 'drop' | 'gap', counters: Readonly<Record<string, number>>): void {
    if (Object.keys(counters).length > 0) this.#listener.lost(type, counters)
  }
}
