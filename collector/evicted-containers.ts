/**
 * The containers of living processes that the process table gave up for want of room: a rule for containers must hold for
 * them, and for what they start, as before. Bounded as the table is.
 */
export interface ContainerProcess {
  readonly pid: number
  readonly startKey: number
  /** Empty on the host; undefined when it is not known. */
  readonly containerId: string | undefined
}

export class EvictedContainers {
  readonly #limit: number
  readonly #processes = new Map<number, ContainerProcess>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#processes.size
  }

  add({ pid, startKey, containerId }: ContainerProcess): void {
    this.#processes.delete(pid)
    const first = this.#processes.keys().next().value
    if (first !== undefined && this.#processes.size >= this.#limit) this.#processes.delete(first)
    this.#processes.set(pid, { pid, startKey, containerId })
  }

  /** The container of the process with this pid and start; undefined when it is not known. */
  find(pid: number, startKey: number): string | undefined {
    const process = this.#processes.get(pid)
    return process?.startKey === startKey ? process.containerId : undefined
  }

  /** The process with this pid and start has ended, or is in the table again. */
  remove(pid: number, startKey: number): void {
    if (this.#processes.get(pid)?.startKey === startKey) this.#processes.delete(pid)
  }

  clear(): void {
    this.#processes.clear()
  }
}
