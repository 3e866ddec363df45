/** `tercel spool export`: what is in the spool, as JSON lines. */
import { createWriteStream, openSync } from 'node:fs'
import type { Writable } from 'node:stream'
import { isatty } from 'node:tty'
import { Command } from 'commander'
import { TercelError } from '../../../base/errors.ts'
import { writeFailure } from '../../../base/file-failure.ts'
import { formatSize } from '../../../config/quantities.ts'
import type { Priority } from '../../../rules/alert.ts'
import type { ControlClient } from '../../control/client.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { cannotPrint, readerWentAway } from '../../print.ts'
import { addControlOptions } from '../control-options.ts'
import { priorityOption, timeOption } from '../options.ts'

interface ExportOptions extends ConnectOptions {
  readonly output?: string
  readonly rule?: string
  readonly priority?: Priority
  readonly since?: string
  readonly until?: string
  readonly deadLetters?: true
  readonly file?: string
}

const stdout = 1
const stderr = 2
const statusEveryMs = 200

export const exportCommand = addControlOptions(
  new Command('export')
    .description('copy what is in the spool, as JSON lines; nothing of it changes')
    .option('-o, --file <file>', 'the file to make, for its owner alone; standard output when absent')
    .option('--output <name>', 'only what waits for this output')
    .option('--rule <name>', 'only alerts of this rule; * stands for any text')
    .addOption(priorityOption('only alerts of this priority, or more severe'))
    .addOption(timeOption('--since <time>', 'only what came since then: a time (UTC), or 2h for two hours ago'))
    .addOption(timeOption('--until <time>', 'only what came before then'))
    .option('--dead-letters', 'dead letters too, behind the alerts')
).action(async (options: ExportOptions) => {
  // Before the spool is opened as its owner, who may not write here.
  const target = options.file === undefined ? process.stdout : newFile(options.file)
  const { lines, bytes } = await withControl(options, client => copy(client, options, target))
  if (options.file === undefined) return
  await new Promise<void>((resolve, reject) =>
    target.end((error?: Error | null) => (error ? reject(error) : resolve()))
  )
  process.stderr.write(`${options.file}: ${amount(lines, bytes)}\n`)
})

/** @throws TercelError TERCEL_WRITE when it cannot be made, or is there already. */
function newFile(path: string): Writable {
  try {
    return createWriteStream(path, { fd: openSync(path, 'wx', 0o600) })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'it is there already: choose another name' : writeFailure(path, error)
    throw new TercelError('TERCEL_WRITE', `cannot write ${path}: ${reason}`, { cause: error })
  }
}

async function copy(client: ControlClient, options: ExportOptions, target: Writable) {
  const { output, rule, priority, since, until, deadLetters, file } = options
  const query = { output, rule, priority, since, until, dead_letters: deadLetters }
  const showsStatus = isatty(stderr) && (file !== undefined || !isatty(stdout))
  const copied = { lines: 0, bytes: 0 }
  const status = () => process.stderr.write(`\r\x1b[K${amount(copied.lines, copied.bytes)}`)
  const showing = showsStatus ? setInterval(status, statusEveryMs) : undefined
  target.on('error', () => {}) // each write tells of its own
  try {
    for await (const lines of client.lines('GET', '/spool/export', { query })) {
      const text = lines.map(line => `${line}\n`).join('')
      await write(target, text)
      copied.lines += lines.length
      copied.bytes += Buffer.byteLength(text)
    }
  } catch (error) {
    if (!readerWentAway(error)) throw file === undefined ? cannotPrint(error) : cannotWrite(file, error)
  } finally {
    clearInterval(showing)
    if (showsStatus) process.stderr.write('\r\x1b[K')
  }
  return copied
}

function write(target: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => target.write(text, error => (error ? reject(error) : resolve())))
}

function cannotWrite(path: string, error: unknown): unknown {
  const rest = 'what is in it is not all'
  if (error instanceof TercelError)
    return new TercelError(error.code, `${path}: ${rest}: ${error.message}`, { cause: error })
  return new TercelError('TERCEL_WRITE', `cannot write ${path}: ${writeFailure(path, error)}; ${rest}`, {
    cause: error
  })
}

function amount(lines: number, bytes: number): string {
  return `${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}, ${formatSize(bytes)}`
}
