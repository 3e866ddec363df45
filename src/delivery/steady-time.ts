/**
 * Time for reckoning ages: it starts with the clock of the machine and goes on without it, so an alert does not turn old
 * because somebody sets the clock. What is shown to people is the clock's.
 */
export interface SteadyTimeOptions {
  /** The machine's clock, in milliseconds since the epoch. */
  readonly now?: () => number
  /** A clock that never jumps, in milliseconds since any moment. */
  readonly monotonic?: () => number
}

export class SteadyTime {
  readonly #wall: () => number
  readonly #monotonic: () => number
  readonly #offset: number

  constructor({ now = Date.now, monotonic = () => performance.now() }: SteadyTimeOptions = {}) {
    this.#wall = now
    this.#monotonic = monotonic
    this.#offset = now() - monotonic()
  }

  /** What the machine's clock says: milliseconds since the epoch. */
  wall(): number {
    return this.#wall()
  }

  /** Milliseconds since the epoch, as if the clock had not been set since the start. */
  now(): number {
    return Math.floor(this.#offset + this.#monotonic())
  }
}
