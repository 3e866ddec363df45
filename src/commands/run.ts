/** `tercel run`: everything. As root it supervises the reader and the collector; else it is the collector alone. */
import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { TercelError } from '../../base/errors.ts'
import type { Config } from '../../config/schema.ts'
import { termination } from '../abort.ts'
import { runCollector } from '../collector-process.ts'
import { loadConfiguration } from '../configuration.ts'
import { createLogger } from '../log.ts'
import { loadRules } from '../rules.ts'
import { supervise } from '../supervisor.ts'
import { configOption } from './options.ts'

interface RunOptions {
  readonly config?: string
}

export const runCommand = new Command('run')
  .description('watch this machine: as root start the sensor and the collector, and keep them running')
  .addOption(configOption())
  .addHelpText(
    'after',
    '\nCtrl-C ends it, as SIGTERM does: outputs then have shutdown_seconds for what waits; the rest stays in the spool.'
  )
  .action(async ({ config: file }: RunOptions) => {
    const config = await loadConfiguration(file)
    const log = createLogger({ level: config.log.level })
    const signal = termination()
    if (process.getuid?.() === 0) {
      await loadRules(config) // nothing is started with rules that do not load
      await supervise(config, ['--config', config.file], log, signal)
    } else {
      requireReader(config)
      await runCollector(config, log, signal)
    }
  })

/** @throws TercelError when this user cannot start a reader and none runs. */
function requireReader({ sensor }: Config): void {
  if (!sensor.enabled || existsSync(sensor.socket)) return
  throw new TercelError(
    'TERCEL_SENSOR',
    `watching system calls needs root, and no tercel-reader listens on ${sensor.socket}: run this as root (sudo)`
  )
}
