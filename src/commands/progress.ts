/** How far something long is: a bar on a terminal; elsewhere a line now and then, or nothing. */
import { isatty } from 'node:tty'
import { SingleBar } from 'cli-progress'
import { printableText } from '../../base/printable.ts'

const stderr = 2
const lineEveryMs = 10_000

export interface Step {
  /** What is being done. */
  readonly step: string
  readonly done: number
  readonly total: number
}

export interface ProgressOptions {
  /** Whether lines are written where there is no terminal. */
  readonly lines: boolean
}

export class Progress {
  readonly #bar: SingleBar | undefined
  readonly #lines: boolean
  #isShown = false
  #lastLineMs = performance.now()

  constructor({ lines }: ProgressOptions) {
    this.#lines = lines
    if (!isatty(stderr)) return
    const format = '{bar} {percentage} %  {step}  {duration_formatted}'
    this.#bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true, hideCursor: false })
  }

  /** The total may change from one call to the next. */
  show({ step, done, total }: Step): void {
    const text = printableText(step)
    if (this.#bar !== undefined) {
      if (!this.#isShown) this.#bar.start(Math.max(1, total), done, { step: text })
      this.#isShown = true
      this.#bar.setTotal(Math.max(1, total))
      this.#bar.update(done, { step: text })
    } else if (this.#lines && performance.now() - this.#lastLineMs >= lineEveryMs) {
      this.#lastLineMs = performance.now()
      process.stderr.write(`${text}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}\n`)
    }
  }

  /** Takes the bar away. */
  stop(): void {
    if (this.#isShown) this.#bar?.stop()
  }
}
