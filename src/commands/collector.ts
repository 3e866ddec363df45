/** `tercel collector`: the part without privileges, for a reader that is started on its own (systemd, Kubernetes). */
import { Command } from 'commander'
import { termination } from '../abort.ts'
import { runCollector } from '../collector-process.ts'
import { loadConfiguration } from '../configuration.ts'
import { createLogger } from '../log.ts'
import { configOption } from './options.ts'

interface CollectorOptions {
  readonly config?: string
}

export const collectorCommand = new Command('collector')
  .description('match and deliver what a tercel-reader ships; needs no privileges, and waits for the reader')
  .addOption(configOption())
  .addHelpText(
    'after',
    '\nThe reader needs root: collector/reader/build/tercel-reader --socket PATH --uid UID, with the path of sensor.socket' +
      '\nand the uid of the collector. Either may be started first.'
  )
  .action(async ({ config: file }: CollectorOptions) => {
    const config = await loadConfiguration(file)
    await runCollector(config, createLogger({ level: config.log.level }), termination())
  })
