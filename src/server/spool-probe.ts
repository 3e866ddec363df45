/**
 * How the spool is, without ever waiting long for it: a disk that hangs holds up the spool's thread, and that is when
 * health and metrics are looked at.
 */
import type { Books } from '../delivery/cursor.ts'
import type { SpoolStatus } from '../delivery/messages.ts'
import type { Spool } from '../delivery/spool.ts'
import { goOn, within } from '../within.ts'

export interface SpoolView {
  /** Undefined before the spool has answered for the first time. */
  readonly status: SpoolStatus | undefined
  /** Of every output that has a cursor, configured or not. */
  readonly books: ReadonlyMap<string, Books>
  /** For how long the spool has owed an answer; 0 when it has given one just now. */
  readonly unansweredMs: number
}

export class SpoolProbe {
  readonly #spool: Pick<Spool, 'status' | 'outputs' | 'books'>
  readonly #now: () => number
  #status: SpoolStatus | undefined
  #books: ReadonlyMap<string, Books> = new Map()
  #asking: { readonly answered: Promise<void>; readonly sinceMs: number } | undefined

  constructor(spool: Pick<Spool, 'status' | 'outputs' | 'books'>, now: () => number = () => performance.now()) {
    this.#spool = spool
    this.#now = now
  }

  /** Asks the spool, together with others that ask at the same time; after `waitMs`, what was known before. */
  async look(waitMs: number): Promise<SpoolView> {
    this.#asking ??= this.#ask()
    await within(this.#asking.answered, waitMs, goOn)
    const unansweredMs = this.#asking === undefined ? 0 : this.#now() - this.#asking.sinceMs
    return { status: this.#status, books: this.#books, unansweredMs }
  }

  #ask(): { answered: Promise<void>; sinceMs: number } {
    const answered = this.#refresh().finally(() => {
      this.#asking = undefined
    })
    return { answered, sinceMs: this.#now() }
  }

  async #refresh(): Promise<void> {
    try {
      this.#status = await this.#spool.status()
      const names = await this.#spool.outputs()
      const books = await Promise.all(names.map(async name => [name, await this.#spool.books(name)] as const))
      this.#books = new Map(books)
    } catch {
      // A spool that cannot be read says so in its state; what it said before stays.
    }
  }
}
