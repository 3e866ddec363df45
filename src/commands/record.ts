/** `tercel record`: keeps what the sensor sends in a file, for `tercel replay`. */
import { isatty } from 'node:tty'
import { Command, InvalidArgumentError, Option } from 'commander'
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { calls } from '../../collector/calls.ts'
import { formatDuration, formatSize, parseDuration } from '../../config/quantities.ts'
import type { Config } from '../../config/schema.ts'
import { termination } from '../abort.ts'
import { loadConfiguration } from '../configuration.ts'
import { createLogger } from '../log.ts'
import { Recorder } from '../recorder.ts'
import { loadRules } from '../rules.ts'
import { tercelVersion } from '../version.ts'
import { configOption } from './options.ts'

interface RecordOptions {
  readonly config?: string
  readonly duration?: number
  readonly all?: boolean
  readonly force?: boolean
}

const statusEveryMs = 500
const stderr = 2

export const recordCommand = new Command('record')
  .description('keep the events of this machine in a file, for tercel replay; needs root')
  .argument('<file>', 'the file to make')
  .addOption(
    new Option('-d, --duration <time>', 'how long to record, such as 30s, 5m or 1h30m').argParser(readDuration)
  )
  .option('-a, --all', 'trace every system call that the sensor knows, not only those that the rules ask for')
  .option('-f, --force', 'replace the file if it is there already')
  .addOption(configOption())
  .addHelpText(
    'after',
    '\nA recording holds command lines and paths: treat it as a secret. Ctrl-C ends it, as SIGTERM does.'
  )
  .action(async (path: string, { config: file, duration, all = false, force = false }: RecordOptions) => {
    if (process.getuid?.() !== 0) {
      throw new TercelError('TERCEL_SENSOR', 'recording system calls needs root: run this as root (sudo)')
    }
    const config = await loadConfiguration(file)
    const names = await callsToTrace(config, all)
    const ended = new AbortController()
    let start: number | undefined
    const recorder = new Recorder({
      path,
      replace: force,
      calls: names,
      processes: config.sensor.processes,
      version: tercelVersion(),
      log: createLogger({ level: config.log.level }),
      onStart: () => {
        start = performance.now()
        if (duration !== undefined) setTimeout(() => ended.abort(), duration)
        say(`recording ${names.length} system calls to ${path}; Ctrl-C ends it`)
      }
    })
    const signal = AbortSignal.any([termination(), ended.signal])
    let end: number | undefined // the reader is then asked once more what was lost, which is no part of the recording
    const hasEnded = () => {
      end = performance.now()
    }
    signal.addEventListener('abort', hasEnded, { once: true })
    const elapsed = () => (start === undefined ? 0 : Math.max(0, (end ?? performance.now()) - start))
    const status = () => `${amounts(recorder)} in ${formatDuration(Math.round(elapsed() / 1000) * 1000)}`
    const showing = isatty(stderr) ? setInterval(() => show(status()), statusEveryMs) : undefined
    try {
      await recorder.run(signal)
    } finally {
      clearInterval(showing)
      if (showing !== undefined) show('')
      if (start !== undefined) say(`${path}: ${status()}; ${losses(recorder)}`)
    }
  })

/** The names of the calls to trace, in the sensor's order. */
async function callsToTrace(config: Config, all: boolean): Promise<string[]> {
  const known = calls.map(({ name }) => name)
  if (all) return known
  const asked = (await loadRules(config)).eventTypes('syscall')
  return known.filter(name => asked.has(name))
}

function readDuration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('expected a time such as 30s, 5m or 1h30m')
  // What Node's timers hold.
  if (ms >= 2 ** 31) throw new InvalidArgumentError('expected at most 24d')
  return ms
}

function amounts({ events, bytes }: Recorder): string {
  return `${events.toLocaleString('en')} events, ${formatSize(bytes)}`
}

function losses({ lost }: Recorder): string {
  if (lost.size === 0) return 'nothing was lost'
  return `lost: ${[...lost].map(([reason, count]) => `${reason}=${count}`).join(' ')}`
}

function say(line: string): void {
  process.stderr.write(`${printableText(line)}\n`)
}

/** In place of the line that the terminal shows. */
function show(line: string): void {
  process.stderr.write(`\r\x1b[K${line}`)
}
