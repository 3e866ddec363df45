/** A collector that only looks at frames, and can say to the reader whatever a test wants. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { callOfName } from '../../collector/calls.ts'
import { configureMessage } from '../../collector/control.ts'
import { FieldIndex, FrameBuffer } from '../../collector/frames.ts'
import { counterNames, eventKinds, FrameKind, offsets } from '../../collector/layout.ts'
import { until } from './support.ts'

export class RawCollector {
  readonly socket: Socket
  readonly frames = new FrameBuffer()
  readonly fields = new FieldIndex()
  /** As the last stats frame has them. */
  readonly counters: Partial<Record<(typeof counterNames)[number], number>> = {}
  /** How many frames came, by kind, and how many stats frames. */
  readonly seen = new Map<number, number>()
  events = 0
  unsettled = -1
  closed = false

  constructor(path: string, onSyscall: (collector: RawCollector, at: number) => void = () => {}) {
    const visit = (at: number, length: number, kind: number) => {
      const { frames, fields } = this
      this.seen.set(kind, this.framesOf(kind) + 1)
      if (eventKinds.has(kind)) this.events++
      if (kind === FrameKind.hello) this.unsettled = frames.u64(at + offsets.hello.unsettled)
      if (kind === FrameKind.stats) this.#count(at + offsets.stats.counters)
      if (kind !== FrameKind.syscall) return
      const { fieldCount, fields: first } = offsets.syscall
      fields.read(frames, at + first, frames.u16(at + fieldCount), at + length)
      onSyscall(this, at)
    }
    const buffer = () => this.frames.space()
    this.socket = connect({
      path,
      onread: {
        buffer,
        callback: count => {
          this.frames.advance(count, visit)
          return true
        }
      }
    })
    this.socket.on('error', () => {})
    this.socket.on('close', () => {
      this.closed = true
    })
  }

  framesOf(kind: number): number {
    return this.seen.get(kind) ?? 0
  }

  async greeted(): Promise<this> {
    await until(() => this.framesOf(FrameKind.hello) > 0, 'the greeting of the reader')
    return this
  }

  /** Asks for calls by name and waits until they are traced. */
  async configure(...names: string[]): Promise<this> {
    this.socket.write(
      configureMessage(
        1,
        names.map(name => callOfName.get(name)!.number)
      )
    )
    await until(() => this.framesOf(FrameKind.configured) > 0, 'the calls to be traced')
    return this
  }

  /** Waits for counters that were read after this call. */
  async freshCounters(): Promise<RawCollector['counters']> {
    const wanted = this.framesOf(FrameKind.stats) + 2
    await until(() => this.framesOf(FrameKind.stats) >= wanted, 'two reports of the counters')
    return this.counters
  }

  async leave(): Promise<void> {
    if (this.closed) return
    this.socket.destroy()
    await once(this.socket, 'close')
  }

  #count(at: number): void {
    for (const [index, name] of counterNames.entries()) this.counters[name] = this.frames.u64(at + index * 8)
  }
}
