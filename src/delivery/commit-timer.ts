/** When the next commit is due: at once, a little later, or after a pause that grows as long as the disk fails. */

/** Pauses between attempts on a failing disk, in milliseconds. */
const firstPause = 100
const longestPause = 2_000

export class CommitTimer {
  readonly #run: () => void
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause

  constructor(run: () => void) {
    this.#run = run
  }

  /** In the next turn of the event loop. */
  soon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      this.#run()
    })
  }

  /** In so many milliseconds, or when it was due anyway. */
  later(milliseconds: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#run()
    }, milliseconds)
  }

  /** After a pause, which is longer each time until `recovered`. */
  backOff(): void {
    this.stop()
    this.later(this.#pause)
    this.#pause = Math.min(2 * this.#pause, longestPause)
  }

  recovered(): void {
    this.#pause = firstPause
  }

  /** Nothing is due any more. */
  stop(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
  }
}
