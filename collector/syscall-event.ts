/** The event that rules see of a syscall or exec frame: a view, made once and pointed at one frame after the other. */
import { type Call, type CallFrame, callOfNumber } from './calls.ts'
import type { Argument, Descriptor, Nanoseconds, SyscallEvent } from './event.ts'
import { FieldIndex, type FrameBuffer } from './frames.ts'
import { FieldTag, FrameKind, offsets } from './layout.ts'
import type { ProcessRecord } from './process-record.ts'

export class SyscallEventView implements SyscallEvent, CallFrame {
  readonly source = 'syscall'
  readonly frames: FrameBuffer
  readonly fields = new FieldIndex()
  /** ns to add to a boot time to get the wall clock. */
  bootOffset: Nanoseconds = 0n
  at = 0
  type = ''
  #kind = 0
  #call: Call | undefined
  #process: ProcessRecord | undefined
  #args: Argument[] | undefined
  #descriptor: Descriptor | undefined

  constructor(frames: FrameBuffer) {
    this.frames = frames
  }

  /** Looks at the frame at `at`, whose fields are in `fields`. False when its call is not known here. */
  point(at: number, kind: number, process: ProcessRecord): boolean {
    const callAt = kind === FrameKind.exec ? offsets.process.call : offsets.syscall.call
    // Without the start of the call an exec is taken for an execve: execveat is rare.
    const call = callOfNumber[this.frames.u16(at + callAt) || (kind === FrameKind.exec ? 1 : 0)]
    if (call === undefined) return false
    this.at = at
    this.type = call.name
    this.#kind = kind
    this.#call = call
    this.#process = process
    this.#args = undefined
    this.#descriptor = undefined
    return true
  }

  get time(): Nanoseconds {
    return this.frames.bigU64(this.at + offsets.task.time) + this.bootOffset
  }

  get number(): number {
    return this.#call!.number
  }

  get cpu(): number {
    return this.frames.u16(this.at + offsets.cpu)
  }

  get tid(): number {
    return this.frames.u32(this.at + offsets.task.tid)
  }

  get threadName(): string {
    return this.tid === this.process.pid ? this.process.name : this.frames.text(this.at + offsets.task.comm, 16)
  }

  get uid(): number {
    return this.frames.u32(this.at + offsets.task.uid)
  }

  get gid(): number {
    return this.frames.u32(this.at + offsets.task.gid)
  }

  get result(): number {
    return this.#kind === FrameKind.exec ? 0 : this.frames.i64(this.at + offsets.syscall.result)
  }

  get process(): ProcessRecord {
    return this.#process!
  }

  get descriptor(): Descriptor | undefined {
    const decode = this.#call!.descriptor
    if (decode === undefined || this.#kind === FrameKind.exec) return undefined
    this.#descriptor ??= decode(this.frames, this.at, this.fields)
    return this.#descriptor
  }

  get args(): readonly Argument[] {
    this.#args ??= this.#kind === FrameKind.exec ? execArguments(this) : this.#call!.args(this)
    return this.#args
  }

  get openFlags(): number | undefined {
    return this.#call!.openFlags?.(this)
  }
}

/** The arguments of a successful exec: what runs now. */
function execArguments({ frames, fields, process }: SyscallEventView): Argument[] {
  return [
    { name: 'res', value: '0' },
    { name: 'exe', value: process.exe ?? '<NA>' },
    { name: 'args', value: process.args.join(' ') },
    { name: 'tid', value: `${process.pid}` },
    { name: 'pid', value: `${process.pid}` },
    { name: 'ptid', value: `${process.ppid}` },
    { name: 'cwd', value: process.cwd ?? '<NA>' },
    { name: 'comm', value: process.name },
    { name: 'tty', value: `${process.tty}` },
    { name: 'vpgid', value: `${process.vpgid}` },
    { name: 'loginuid', value: `${process.loginUid}` },
    { name: 'uid', value: `${process.uid}` },
    { name: 'trusted_exepath', value: process.exepath ?? '<NA>' },
    { name: 'pgid', value: `${process.pgid}` },
    { name: 'gid', value: `${process.gid}` },
    { name: 'filename', value: fields.marked(frames, FieldTag.filename) ?? '<NA>' }
  ]
}
