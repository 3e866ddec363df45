/**
 * The whole of the collector's process, wired together: read this and you know the program.
 *
 *     collector's thread (collector.ts)      spool's thread (delivery/spool-worker.ts)      this thread
 *     a source → events → rules → alerts  →  SQLite, group commit                        →  a lane and an output each
 */
import { Worker } from 'node:worker_threads'
import { formatProblem, messageOf, TercelError } from '../base/errors.ts'
import type { SourceState } from '../collector/source.ts'
import type { OutputConfig } from '../config/output-schema.ts'
import type { Config } from '../config/schema.ts'
import { definitionsWith } from '../outputs/index.ts'
import type { OutputDefinition } from '../outputs/output.ts'
import { aborted } from './abort.ts'
import type { FromCollector, ToCollector } from './collector.ts'
import { Lane } from './delivery/lane.ts'
import type { ProducerConnection } from './delivery/producer.ts'
import type { ShedCounts } from './delivery/records.ts'
import { Spool } from './delivery/spool.ts'
import type { Logger } from './log.ts'
import { resolveModule } from './paths.ts'
import { tercelError } from './plain-error.ts'

const checkTimeoutMs = 10_000

/**
 * Runs until `signal` aborts; then stops the source, delivers what it can within `config.shutdownSeconds`, and leaves the
 * rest in the spool.
 *
 * @throws TercelError when the rules, the spool or an output cannot be used; nothing has been started then. Also when a
 *   part fails later: what is committed is in the spool.
 */
export async function runPipeline(config: Config, log: Logger, signal: AbortSignal): Promise<void> {
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  const collector = new CollectorThread(config, log, failed.reject)
  try {
    await collector.ready
    const { directory, maxBytes } = config.spool
    const spool = await Spool.open({
      directory,
      maxBytes,
      log: log.child({ component: 'spool' }),
      onFailure: failed.reject,
      onShed: (output, counts) => collector.reportShed(output, counts),
      onDroppedDeadLetters: count => collector.report('shed', { dead_letters: count })
    })
    try {
      const definitions = definitionsWith(config.presets)
      const parts = { definitions, spool, log, onFailure: failed.reject }
      const lanes = config.outputs.map(output => makeLane(output, config, parts))
      for (const { name, delivery } of config.outputs) await spool.register(name, { backlog: delivery.backlog })
      await warnOfLeftOutputs(spool, config, log)
      for (const lane of lanes) lane.start()
      collector.start(spool.connectProducer())
      await Promise.race([aborted(signal), failed.promise]).finally(async () => {
        const deadline = Date.now() + config.shutdownSeconds * 1000
        await collector.stop(deadline)
        await Promise.all(lanes.map(lane => lane.drain(Math.max(0, deadline - Date.now()))))
      })
      await sayWhatWaits(spool, config, log)
    } finally {
      await spool.close()
    }
  } finally {
    await collector.terminate()
  }
}

/** An output that is no longer configured keeps what it has not delivered; that takes room, so it is said. */
async function warnOfLeftOutputs(spool: Spool, { outputs }: Config, log: Logger): Promise<void> {
  for (const name of await spool.outputs()) {
    if (outputs.some(output => output.name === name)) continue
    const { waiting } = await spool.books(name)
    log.warn({ output: name, waiting }, 'an output that is not configured any more still has alerts in the spool')
  }
}

/** For each output that has not delivered everything: how much is left. */
async function sayWhatWaits(spool: Spool, { outputs }: Config, log: Logger): Promise<void> {
  for (const { name } of outputs) {
    // A spool that cannot be read has said so, and is no reason to end otherwise than in order.
    const { waiting } = await spool.books(name).catch(() => ({ waiting: 0 }))
    if (waiting > 0) log.warn({ output: name, waiting }, 'alerts wait in the spool for the next start')
  }
}

interface LaneParts {
  readonly definitions: ReadonlyMap<string, OutputDefinition>
  readonly spool: Spool
  readonly log: Logger
  readonly onFailure: (error: TercelError) => void
}

function makeLane(
  { name, type, settings, delivery }: OutputConfig,
  config: Config,
  { definitions, spool, log, onFailure }: LaneParts
): Lane {
  const definition = definitions.get(type)
  if (definition === undefined) throw new TercelError('TERCEL_DEFECT', `output ${name}: there is no type ${type}`)
  const output = definition.create(settings as never, { name, baseDirectory: config.baseDirectory })
  const laneLog = log.child({ component: 'output', output: name })
  output.check(AbortSignal.timeout(checkTimeoutMs)).catch((error: unknown) => {
    laneLog.warn({ reason: messageOf(error) }, 'the output does not answer as it should; its alerts wait in the spool')
  })
  const { concurrency, rateLimit, timeoutMs: sendTimeoutMs } = delivery
  const batch = definition.batch(settings as never)
  return new Lane({ name, output, spool, batch, concurrency, rateLimit, sendTimeoutMs, log: laneLog, onFailure })
}

/** The collector's thread as this thread sees it. */
class CollectorThread {
  /** Resolves when the rules are loaded; rejects with what is wrong with them. */
  readonly ready: Promise<void>
  readonly #ready = Promise.withResolvers<void>()
  readonly #worker: Worker
  readonly #ended: Promise<void>
  readonly #log: Logger
  readonly #fail: (error: TercelError) => void
  #state: SourceState | undefined

  constructor(config: Config, log: Logger, fail: (error: TercelError) => void) {
    this.#log = log.child({ component: 'collector' })
    this.#fail = fail
    this.ready = this.#ready.promise
    this.#worker = new Worker(resolveModule('src/collector.ts'), { workerData: config, name: 'collector' })
    this.#ended = new Promise(resolve => this.#worker.once('exit', () => resolve()))
    this.#worker.on('message', (message: FromCollector) => this.#take(message))
    this.#worker.on('error', error =>
      this.#end(new TercelError('TERCEL_DEFECT', 'the collector failed', { cause: error }))
    )
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
    this.#worker.postMessage({ kind: 'stop' } satisfies ToCollector)
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, Math.max(0, deadline - Date.now()))
    await Promise.race([this.#ended, late.promise])
    clearTimeout(timer)
  }

  async terminate(): Promise<void> {
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
      this.#state = message.state
      this.#log[state === 'running' ? 'info' : 'warn']({ state }, text)
    } else if (message.kind === 'warning') {
      this.#log.warn(message.message)
    } else if (message.kind === 'defect') {
      this.#log.error(message.message)
    } else if (message.kind === 'failed') {
      this.#end(tercelError(message.error))
    }
  }

  #end(error: TercelError): void {
    this.#ready.promise.catch(() => {})
    this.#ready.reject(error)
    this.#fail(error)
  }
}
