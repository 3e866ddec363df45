/** Lets a few in at a time: what takes memory or a thread of its own must not be had by everybody at once. */
import { RequestError } from './errors.ts'

export interface GateOptions {
  /** How many may be inside. */
  readonly most: number
  /** What the others are answered: 409 where waiting is the client's to decide, 503 where trying again soon will do. */
  readonly status: 409 | 503
  readonly message: string
}

export class Gate {
  readonly #options: GateOptions
  #inside = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  /**
   * Gives what says that it is over.
   *
   * @throws RequestError `busy` when there are as many inside as may be.
   */
  enter(): () => void {
    const { most, status, message } = this.#options
    if (this.#inside >= most) throw new RequestError(status, 'busy', message)
    this.#inside += 1
    return () => {
      this.#inside -= 1
    }
  }
}
