/** The attempts of a lane: each within its time, and no more at once than the far end keeps up with. */
import PQueue from 'p-queue'
import type { Output } from '../../outputs/output.ts'
import { AdaptiveLimit } from './adaptive-limit.ts'
import type { Clock } from './clock.ts'
import { sendBatch } from './send.ts'
import { type Held, judge, type Verdict } from './verdict.ts'

export interface AttemptsOptions {
  readonly output: Output
  readonly clock: Clock
  /** A send that takes longer is given up on. */
  readonly timeoutMs: number
  /** How many there may be at a time, at most. */
  readonly concurrency: number
  /** Ends them: tercel is stopping. */
  readonly signal: AbortSignal
  /** Told of each that has ended, with when it began, in milliseconds since the epoch. */
  readonly onSent: (sent: readonly Held[], verdict: Verdict, startedMs: number) => void
}

export class Attempts {
  readonly #options: AttemptsOptions
  readonly #limit: AdaptiveLimit
  readonly #queue: PQueue

  constructor(options: AttemptsOptions) {
    this.#options = options
    this.#limit = new AdaptiveLimit(options.concurrency)
    this.#queue = new PQueue({ concurrency: options.concurrency })
  }

  /** How many there may be at a time now. */
  get limit(): number {
    return this.#limit.value
  }

  /** Sends a batch once its turn has come, and says what came of it. */
  make(batch: readonly Held[]): Promise<Verdict> {
    return this.#queue.add(() => this.#make(batch))
  }

  async #make(batch: readonly Held[]): Promise<Verdict> {
    const { output, clock, timeoutMs, signal, onSent } = this.#options
    const alerts = batch.map(({ alert }) => alert)
    const startedMs = clock.now()
    const verdict = judge(batch, await sendBatch(output, alerts, { clock, timeoutMs, signal }))
    onSent(batch, verdict, startedMs)
    this.#queue.concurrency = this.#limit.after({
      ms: clock.now() - startedMs,
      taken: verdict.settlements.length > 0 || verdict.split,
      waiting: this.#queue.size > 0
    })
    return verdict
  }
}
