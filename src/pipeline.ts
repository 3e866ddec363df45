/**
 * The whole of the collector's process, wired together: read this and you know the program.
 *
 *     collector's thread (collector.ts)      spool's thread (delivery/spool-worker.ts)      this thread
 *     a source → events → rules → alerts  →  SQLite, group commit                        →  a lane and an output each,
 *                                                                                           and the server (server/)
 */
import { messageOf, type TercelError } from '../base/errors.ts'
import type { OutputConfig } from '../config/output-schema.ts'
import type { Config } from '../config/schema.ts'
import { aborted } from './abort.ts'
import { CollectorThread } from './collector-thread.ts'
import { Lane } from './delivery/lane.ts'
import { compileRouting } from './delivery/routing.ts'
import { Spool } from './delivery/spool.ts'
import type { Logger } from './log.ts'
import { checkOutput, createOutput } from './outputs.ts'
import { SendDurations } from './server/metrics/output-metrics.ts'
import { Server } from './server/server.ts'

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
      const sendDurations = new SendDurations()
      const shared = { config, log, spool, sendDurations, onFailure: failed.reject }
      const lanes = new Map(config.outputs.map(output => [output.name, makeLane(output, shared)]))
      const server = new Server({ ...shared, collector, lanes })
      try {
        await server.start()
        for (const { name, delivery } of config.outputs)
          await spool.register(name, { from: delivery.start, backlog: delivery.backlog })
        await warnOfLeftOutputs(spool, config, log)
        for (const lane of lanes.values()) lane.start()
        collector.start(spool.connectProducer())
        server.enter('running')
        await Promise.race([aborted(signal), failed.promise]).finally(async () => {
          server.enter('stopping')
          const deadline = Date.now() + config.shutdownSeconds * 1000
          await collector.stop(deadline)
          await Promise.all([...lanes.values()].map(lane => lane.drain(Math.max(0, deadline - Date.now()))))
        })
        await sayWhatWaits(spool, config, log)
      } finally {
        await server.close()
      }
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
  readonly config: Config
  readonly spool: Spool
  readonly log: Logger
  readonly sendDurations: SendDurations
  readonly onFailure: (error: TercelError) => void
}

function makeLane(outputConfig: OutputConfig, { config, spool, log, sendDurations, onFailure }: LaneParts): Lane {
  const { name, delivery } = outputConfig
  const { output, batch } = createOutput(outputConfig, config)
  const laneLog = log.child({ component: 'output', output: name })
  checkOutput(output).catch((error: unknown) => {
    laneLog.warn({ reason: messageOf(error) }, 'the output does not answer as it should; its alerts wait in the spool')
  })
  const { concurrency, rateLimit, lingerMs, timeoutMs: sendTimeoutMs } = delivery
  const onSend = sendDurations.of(name)
  return new Lane({
    name,
    output,
    spool,
    routing: compileRouting(delivery),
    batch,
    concurrency,
    rateLimit,
    lingerMs,
    sendTimeoutMs,
    log: laneLog,
    onSend,
    onFailure
  })
}
