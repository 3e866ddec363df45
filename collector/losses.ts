/** What was lost, from the counters of the reader and of the collector, which only ever grow. */
import type { FrameBuffer } from './frames.ts'
import { counterNames } from './layout.ts'
import type { ProcessTable } from './processes.ts'

/**
 * The counters that mean lost events, and calls whose new descriptor was gone before it could be looked at: a thread that
 * replaces descriptors hides files and sockets that way, and ordinary programs do not.
 */
const lossNames = ['ring_full', 'busy', 'storage', 'unresolved'] as const

export class Losses {
  readonly #frames: FrameBuffer
  readonly #processes: Pick<ProcessTable, 'evicted'>
  readonly #before = new Map<string, number>()

  constructor(frames: FrameBuffer, processes: Pick<ProcessTable, 'evicted'>) {
    this.#frames = frames
    this.#processes = processes
  }

  /** Starts from the counters at `at`: what they have counted is known already. */
  start(at: number): void {
    for (const name of lossNames) this.#before.set(name, this.#read(at, name))
  }

  /** What was lost since the counters were last looked at, by reason; those that lost nothing are left out. */
  take(at: number): Record<string, number> {
    const counters: Record<string, number> = {}
    const now = [
      ...lossNames.map(name => [name, this.#read(at, name)] as const),
      ['malformed', this.#frames.malformed] as const,
      // No event is lost with a process that the table gives up, but what is known of it.
      ['processes_evicted', this.#processes.evicted] as const
    ]
    for (const [name, total] of now) {
      const lost = total - (this.#before.get(name) ?? 0)
      if (lost > 0) counters[name] = lost
      this.#before.set(name, total)
    }
    return counters
  }

  #read(at: number, name: (typeof lossNames)[number]): number {
    return this.#frames.u64(at + counterNames.indexOf(name) * 8)
  }
}
