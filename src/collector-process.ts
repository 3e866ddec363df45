/** The collector's process from the first line of its log to the last: what it uses, and that it ends. */
import type { Config } from '../config/schema.ts'
import type { Logger } from './log.ts'
import { runPipeline } from './pipeline.ts'
import { tercelVersion } from './version.ts'

/**
 * Runs the pipeline until `signal` aborts.
 *
 * @throws TercelError as `runPipeline` does; the log then has no line that it has stopped.
 */
export async function runCollector(config: Config, log: Logger, signal: AbortSignal): Promise<void> {
  const { file, spool, outputs, shutdownSeconds } = config
  const names = outputs.map(({ name, type }) => (name === type ? name : `${name} (${type})`))
  log.info({ config: file, spool: spool.directory, outputs: names }, `tercel ${tercelVersion()} starts`)
  const stopping = () => log.info(`stopping: outputs may go on sending for ${shutdownSeconds} s`)
  signal.addEventListener('abort', stopping, { once: true })
  await runPipeline(config, log, signal)
  log.info('stopped: alerts that were not delivered wait in the spool')
}
