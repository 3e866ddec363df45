/** What the tests of the collector share: frames in a buffer, a table of processes to play them to, waiting. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { callOfName } from '../../collector/calls.ts'
import { FieldIndex, FrameBuffer } from '../../collector/frames.ts'
import { FrameKind, offsets } from '../../collector/layout.ts'
import type { ProcessRecord } from '../../collector/process-record.ts'
import { ProcessTable } from '../../collector/processes.ts'
import { SyscallEventView } from '../../collector/syscall-event.ts'
import { type Field, syscallFrame } from './frame-builder.ts'

export interface VisitedFrame {
  readonly at: number
  readonly length: number
  readonly kind: number
}

/** Feeds bytes to the buffer, as far as it has room at a time; `visit` sees every whole frame. */
export function feed(frames: FrameBuffer, bytes: Uint8Array, visit: (frame: VisitedFrame) => void = () => {}): void {
  for (let fed = 0; fed < bytes.length; ) {
    const space = frames.space()
    const part = bytes.subarray(fed, fed + space.length)
    space.set(part)
    frames.advance(part.length, (at, length, kind) => visit({ at, length, kind }))
    fed += part.length
  }
}

/** One frame in a buffer of its own, and its fields. The bytes stay where they are until the next frame is fed. */
export function frameInBuffer(bytes: Uint8Array, fieldCountAt: number, fieldsAt: number) {
  const frames = new FrameBuffer()
  const fields = new FieldIndex()
  let at = -1
  let whole = false
  feed(frames, bytes, frame => {
    at = frame.at
    whole = fields.read(frames, at + fieldsAt, frames.u16(at + fieldCountAt), at + frame.length)
  })
  return { frames, fields, at, whole }
}

/** A table of processes, and the view of the call that was played last. */
export class Machine {
  readonly frames = new FrameBuffer()
  readonly processes: ProcessTable
  readonly event = new SyscallEventView(this.frames)

  constructor(limit = 1000) {
    this.processes = new ProcessTable(limit)
  }

  /** Takes one frame and gives the process that it tells of. */
  play(bytes: Uint8Array): ProcessRecord | undefined {
    let record: ProcessRecord | undefined
    feed(this.frames, bytes, ({ at, length, kind }) => {
      record = this.#take(at, length, kind)
    })
    return record
  }

  #take(at: number, length: number, kind: number): ProcessRecord | undefined {
    const { frames, processes, event } = this
    if (kind === FrameKind.scanned) processes.linkScanned()
    if (kind === FrameKind.exit) processes.end(frames, at)
    if (kind === FrameKind.exit || kind === FrameKind.scanned) return undefined
    const { fieldCount, fields } = kind === FrameKind.syscall ? offsets.syscall : offsets.process
    event.fields.read(frames, at + fields, frames.u16(at + fieldCount), at + length)
    const record =
      kind === FrameKind.syscall ? processes.ofTask(frames, at) : processes.update(frames, at, kind, event.fields)
    event.point(at, kind, record)
    return record
  }
}

/** The event of a call, with the fields that the reader collected for it. */
export function eventOf(
  name: string,
  result: number,
  args: readonly number[],
  fields: readonly Field[]
): SyscallEventView {
  const machine = new Machine()
  machine.play(syscallFrame({ call: callOfName.get(name)!.number, result, args, fields }))
  return machine.event
}

/** `name=value`, in the order of the event. */
export function argumentsOf(event: SyscallEventView): string[] {
  return event.args.map(({ name, value }) => `${name}=${value}`)
}

/** All records that these and their relatives hold in memory. */
export function reachable(...records: readonly (ProcessRecord | undefined)[]): Set<ProcessRecord> {
  const found = new Set<ProcessRecord>()
  const waiting = [...records]
  while (waiting.length > 0) {
    const record = waiting.pop()
    if (record === undefined || found.has(record)) continue
    found.add(record)
    waiting.push(record.parent, record.sessionLeader)
  }
  return found
}

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tercel-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Waits until something holds; fails with what was waited for. */
export async function until(what: string, holds: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`)
    await wait(2)
  }
}
