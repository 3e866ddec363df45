/** A real reader and a real EbpfSource in this process, the events of which are copied as they come; programs in C. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { Descriptor, Event, Process, SyscallEvent } from '../../collector/event.ts'
import { FrameKind, fieldCut, offsets } from '../../collector/layout.ts'
import { type Emit, nothingToCommit } from '../../collector/source.ts'
import { EbpfSource } from '../../collector/sources/ebpf.ts'
import type { SyscallEventView } from '../../collector/syscall-event.ts'
import { Running, readerProgram, temporaryFolder, until } from './support.ts'

/** What a process was at the time of the event. */
export type Snapshot = Omit<Process, 'parent' | 'sessionLeader'> & {
  readonly ancestors: readonly string[]
  readonly parentArgs: readonly string[] | undefined
}

/** A copy of an event: a view is valid for a moment only. */
export interface Seen {
  readonly type: string
  readonly tid: number
  readonly threadName: string
  readonly uid: number
  readonly result: number
  readonly process: Snapshot
  readonly descriptor: Descriptor | undefined
  readonly args: Readonly<Record<string, string>>
  readonly openFlags: number | undefined
  readonly compat: boolean
  /** Tags of the fields that were cut. */
  readonly cut: readonly number[]
}

export interface Sensor {
  readonly reader: Running
  readonly socket: string
  readonly source: EbpfSource
  readonly events: Seen[]
  /** What was lost, by counter. */
  readonly losses: Record<string, number>
  /** The events of a process, as soon as one that `last` knows is among them. */
  eventsOf(pid: number, last: (event: Seen) => boolean): Promise<Seen[]>
  stop(): Promise<void>
}

interface Context {
  after(end: () => Promise<void>): void
}

/** Starts a reader and waits until it listens. */
export async function startReader(
  context: Context,
  ...options: string[]
): Promise<{ reader: Running; socket: string }> {
  const socket = join(temporaryFolder(), 'reader.sock')
  const reader = new Running(readerProgram, ['--socket', socket, ...options])
  context.after(async () => void (await reader.stop()))
  await until(
    () => readFileSync('/proc/net/unix', 'latin1').includes(socket),
    () => `the reader to listen; it said: ${reader.stderr}`
  )
  return { reader, socket }
}

/** Starts reader and source, and waits until the calls are traced. `keep` says which events to copy. */
export async function startSensor(
  context: Context,
  types: readonly string[],
  { keep = () => true, processes = 10_000 }: { keep?: (event: SyscallEvent) => boolean; processes?: number } = {}
): Promise<Sensor> {
  const events: Seen[] = []
  const losses: Record<string, number> = {}
  const emit: Emit = batch => {
    for (const event of batch) {
      if (isSyscall(event)) {
        if (keep(event)) events.push(copy(event))
      } else addLosses(losses, event)
    }
    return nothingToCommit
  }
  const { reader, socket } = await startReader(context)
  let running = false
  const onState = ({ state }: { state: string }) => {
    running = state === 'running'
  }
  const source = new EbpfSource({ socket, types, processes, onState })
  const stopping = new AbortController()
  const stopped = source.start(emit, stopping.signal)
  const stop = async () => {
    stopping.abort()
    await stopped
  }
  context.after(stop)
  await until(() => running, 'the calls to be traced')
  const eventsOf = async (pid: number, last: (event: Seen) => boolean) => {
    const own = () => events.filter(({ process }) => process.pid === pid)
    await until(
      () => own().some(last),
      () => `an event of process ${pid}; there are ${inspect(own(), { depth: 3 })}`,
      10
    )
    return own()
  }
  return { reader, socket, source, events, losses, eventsOf, stop }
}

function isSyscall(event: Event): event is SyscallEventView {
  return event.source === 'syscall'
}

function addLosses(losses: Record<string, number>, event: Event): void {
  const { counters } = event as Event & { counters: Record<string, number> }
  for (const [name, count] of Object.entries(counters)) losses[name] = (losses[name] ?? 0) + count
}

export function copy(event: SyscallEventView): Seen {
  const { type, tid, threadName, uid, result, descriptor, openFlags, frames, at, fields } = event
  return {
    ...{ type, tid, threadName, uid, result, openFlags },
    descriptor: descriptor && copyOf(descriptor),
    process: snapshot(event.process),
    args: Object.fromEntries(event.args.map(({ name, value }) => [name, value])),
    compat: frames.bytes[at + offsets.kind] === FrameKind.syscall && (frames.u32(at + offsets.syscall.flags) & 1) !== 0,
    cut: [...fields.starts.keys()].filter(tag => fields.has(tag) && (fields.flags[tag]! & fieldCut) !== 0)
  }
}

/** Its members may be made when they are asked for. */
function copyOf(descriptor: Descriptor): Descriptor {
  const { number, type, name, nameAsked, nameRaw, l4proto, client, server, local, remote, connected, nameChanged } =
    descriptor
  return { number, type, name, nameAsked, nameRaw, l4proto, client, server, local, remote, connected, nameChanged }
}

function snapshot({ parent, sessionLeader: _, ...process }: Process): Snapshot {
  const ancestors: string[] = []
  for (let ancestor = parent; ancestor !== undefined; ancestor = ancestor.parent) ancestors.push(ancestor.name)
  return { ...process, ancestors, parentArgs: parent?.args }
}

const programs = fileURLToPath(new URL('programs', import.meta.url))

/** Compiles a program of programs/ and gives its path. */
export function compile(name: string): string {
  const program = join(temporaryFolder(), name)
  const options = ['-static', '-O1', '-pthread', '-Wall', '-Werror', '-Wno-unused-result']
  const { status, stderr } = spawnSync('clang', [...options, join(programs, `${name}.c`), '-o', program], {
    encoding: 'utf8'
  })
  if (status !== 0) throw new Error(stderr)
  return program
}

/** What a program wrote in hexadecimal, as bytes (latin1); undefined for `-`. */
export function bytesOf(hexadecimal: string): string | undefined {
  return hexadecimal === '-' ? undefined : Buffer.from(hexadecimal, 'hex').toString('latin1')
}
