/** The collector's thread (collector.ts) as the main thread sees it. */
import { Worker } from 'node:worker_threads'
import { formatProblem, TercelError } from '../base/errors.ts'
import type { SourceState } from '../collector/source.ts'
import type { Config } from '../config/schema.ts'
import type { FromCollector, ToCollector } from './collector.ts'
import { type CollectorCounts, newCounts } from './collector-counts.ts'
import type { ProducerConnection } from './delivery/producer.ts'
import type { ShedCounts } from './delivery/records.ts'
import type { Logger } from './log.ts'
import { resolveModule } from './paths.ts'
import { tercelError } from './plain-error.ts'
import { goOn, within } from './within.ts'

export class CollectorThread {
  /** Resolves when the rules are loaded; rejects with what is wrong with them. */
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #log: Logger
  readonly #fail: (error: TercelError) => void
  #state: SourceState | undefined
  #stateSinceMs = Date.now()
  #counts = newCounts()
  /** Whether its end is no surprise. */
  #ending = false

  /** @param module what the thread runs; tests put their own here. */
  constructor(
    config: Config,
    log: Logger,
    fail: (error: TercelError) => void,
    module: URL = resolveModule('src/collector.ts')
  ) {
    this.#log = log.child({ component: 'collector' })
    this.#fail = fail
    this.ready = this.#ready.promise
    this.#worker = new Worker(module, { workerData: config, name: 'collector' })
    this.#ended = new Promise(resolve => this.#worker.once('exit', () => resolve()))
    this.#ended.then(() => {
      if (!this.#ending) this.#end(new TercelError('TERCEL_DEFECT', 'the collector ended without a word'))
    })
    this.#worker.on('message', (message: FromCollector) => this.#take(message))
    this.#worker.on('error', error =>
      this.#end(new TercelError('TERCEL_DEFECT', 'the collector failed', { cause: error }))
    )
  }

  /** What the source says of itself; undefined before it has said anything. */
  get state(): SourceState | undefined {
    return this.#state
  }

  /** When it became `state`, in milliseconds since the epoch. */
  get stateSinceMs(): number {
    return this.#stateSinceMs
  }

  /** As of about a second ago. */
  get counts(): CollectorCounts {
    return this.#counts
  }

  /** How long the thread has been busy since it started, in milliseconds. */
  get busyMs(): number {
    return this.#worker.performance.eventLoopUtilization().active
  }

  start(connection: ProducerConnection): void {
    this.#worker.postMessage({ kind: 'start', connection } satisfies ToCollector, [connection.port])
  }

  /** Has an alert raised for what an output lost at a limit. */
  reportShed(output: string, counts: ShedCounts): void {
    const named = Object.entries(counts).map(([priority, count]) => [`${output}:${priority}`, count])
    this.report('shed', Object.fromEntries(named))
  }

  /** Has an alert raised: how much of what, by reason. */
  report(type: string, counters: Readonly<Record<string, number>>): void {
    this.#worker.postMessage({ kind: 'report', type, counters } satisfies ToCollector)
  }

  /** Stops the source and waits until what it gave is on disk, until `deadline` (ms since the Unix epoch). */
  async stop(deadline: number): Promise<void> {
    this.#ending = true
    this.#worker.postMessage({ kind: 'stop' } satisfies ToCollector)
    await within(this.#ended, Math.max(0, deadline - Date.now()), goOn)
  }

  async terminate(): Promise<void> {
    this.#ending = true
    await this.#worker.terminate()
  }

  #take(message: FromCollector): void {
    if (message.kind === 'ready') {
      for (const warning of message.warnings) this.#log.warn(formatProblem(warning))
      this.#log.info({ rules: message.rules }, 'rules loaded')
      this.#ready.resolve()
    } else if (message.kind === 'state') {
      const { state, message: text } = message.state
      // A source that tries again and again says the same each time.
      if (state === this.#state?.state && text === this.#state.message) return
      if (state !== this.#state?.state) this.#stateSinceMs = Date.now()
      this.#state = message.state
      this.#log[state === 'running' ? 'info' : 'warn']({ state }, text)
    } else if (message.kind === 'counts') {
      this.#counts = message.counts
    } else if (message.kind === 'warning') {
      this.#log.warn(message.message)
    } else if (message.kind === 'defect') {
      this.#log.error(message.message)
    } else if (message.kind === 'failed') {
      this.#end(tercelError(message.error))
    }
  }

  #end(error: TercelError): void {
    this.#ending = true
    this.#ready.promise.catch(() => {})
    this.#ready.reject(error)
    this.#fail(error)
  }
}
