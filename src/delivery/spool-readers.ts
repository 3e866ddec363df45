/** Lanes that have asked for alerts, answered as soon as there are some. */
import { TercelError } from '../../base/errors.ts'
import type { GroupCommit } from './group-commit.ts'
import type { SpoolRequests } from './messages.ts'
import type { SpooledAlert } from './records.ts'
import type { SpoolStore } from './spool-store.ts'

export interface SpoolReadersOptions {
  readonly store: SpoolStore
  readonly commits: GroupCommit
  readonly answer: (id: number, alerts: readonly SpooledAlert[]) => void
  readonly refuse: (id: number, error: TercelError) => void
}

export class SpoolReaders {
  readonly #options: SpoolReadersOptions
  readonly #waiting = new Map<number, SpoolRequests['next']['give']>()

  constructor(options: SpoolReadersOptions) {
    this.#options = options
  }

  /** Takes a request, by the number under which it is answered. */
  add(id: number, request: SpoolRequests['next']['give']): void {
    this.#waiting.set(id, request)
    this.#serve(id, request)
  }

  /** The lane waits no longer: the answer is empty. */
  cancel(id: number): void {
    if (this.#waiting.delete(id)) this.#options.answer(id, [])
  }

  /** There may be something to read. */
  serve(): void {
    for (const [id, request] of this.#waiting) this.#serve(id, request)
  }

  #serve(id: number, { output, request, wait }: SpoolRequests['next']['give']): void {
    const { store, commits, answer, refuse } = this.#options
    if (!commits.readable) return
    try {
      const alerts = store.read(output, request)
      if (alerts.length === 0 && wait) return
      this.#waiting.delete(id)
      answer(id, alerts)
    } catch (error) {
      if (error instanceof TercelError) {
        this.#waiting.delete(id)
        refuse(id, error)
      } else commits.failed(error)
    }
  }
}
