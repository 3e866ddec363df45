/** An EbpfSource that runs against a fake reader, and what comes of it. */
import type { TestContext } from 'node:test'
import type { Event, SyscallEvent } from '../../../collector/event.ts'
import { type Emit, nothingToCommit, type SourceState } from '../../../collector/source.ts'
import { EbpfSource } from '../../../collector/sources/ebpf.ts'

export interface SourceOptions {
  readonly types?: readonly string[]
  readonly processes?: number
  /** What is made of an event: the promise of its commit. */
  readonly onEvent?: (event: Event) => Promise<void>
}

export interface RunningSource {
  readonly source: EbpfSource
  readonly states: SourceState[]
  /** `type executable descriptor` of each system call, `type counter=n …` of what happens inside. */
  readonly events: string[]
  readonly stopping: AbortController
  /** Settles when the source has stopped. */
  readonly stopped: Promise<void>
}

export function isSyscall(event: Event): event is SyscallEvent {
  return event.source === 'syscall'
}

export function textOf(event: Event): string {
  if (isSyscall(event))
    return [event.type, event.process.exe ?? event.process.name, event.descriptor?.name ?? ''].join(' ').trim()
  const { counters } = event as Event & { counters: Record<string, number> }
  return [event.type, ...Object.entries(counters).map(([name, count]) => `${name}=${count}`)].join(' ')
}

/** Starts a source; it is stopped at the end of the test. */
export function run(t: TestContext, socket: string, options: SourceOptions = {}): RunningSource {
  const { types = ['openat', 'execve'], processes = 1000, onEvent } = options
  const states: SourceState[] = []
  const events: string[] = []
  const source = new EbpfSource({ socket, types, processes, onState: state => states.push(state) })
  const emit: Emit = batch => {
    let commit = nothingToCommit
    for (const event of batch) {
      events.push(textOf(event))
      commit = onEvent?.(event) ?? nothingToCommit
    }
    return commit
  }
  const stopping = new AbortController()
  const stopped = source.start(emit, stopping.signal)
  t.after(async () => {
    stopping.abort()
    await stopped.catch(() => {})
  })
  return { source, states, events, stopping, stopped }
}
