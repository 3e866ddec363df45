/**
 * tercel's own log. It goes to standard error, because standard output belongs to alerts: JSON lines, or a readable
 * form on a terminal. Writes are synchronous, so that the last line before a crash is not lost and worker threads can
 * log as well. No secret of the configuration and no control character reaches a line.
 */
import { isatty } from 'node:tty'
import { type Logger, pino, stdTimeFunctions } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { printableJson, printableText } from '../base/printable.ts'
import { Redactor } from '../config/redactor.ts'

export type { Logger } from 'pino'

export interface LogOptions {
  readonly level?: string
  /** Members of every line, such as `{ component: 'spool' }`. */
  readonly base?: Readonly<Record<string, unknown>>
  /** Readable lines instead of JSON; by default when standard error is a terminal. */
  readonly pretty?: boolean
  /** Where lines go instead of standard error. */
  readonly write?: (line: string) => void
}

const stderr = 2
const redactor = new Redactor()

/** From now on the log and `redact` leave these values out. Per thread: a worker that knows secrets calls it too. */
export function hideSecrets(secrets: Iterable<string>): void {
  redactor.add(secrets)
}

/** Takes the hidden secrets out of a text. */
export function redact(text: string): string {
  return redactor.redact(text)
}

/** Makes a logger; `logger.child({ … })` makes the logger of a part. */
export function createLogger({ level = 'info', base = {}, pretty = isatty(stderr), write }: LogOptions = {}): Logger {
  const destination = write === undefined ? pino.destination({ dest: stderr, sync: true }) : { write }
  const prettify = prettyFactory({ colorize: isatty(stderr), translateTime: 'SYS:HH:MM:ss.l', singleLine: true })
  const stream = {
    write(line: string): void {
      if (!pretty) destination.write(`${printableJson(cleaned(line, redact))}\n`)
      else destination.write(prettify(cleaned(line, text => printableText(redact(text)))) ?? '')
    }
  }
  const formatters = { level: (label: string) => ({ level: label }) }
  return pino({ level, base, timestamp: stdTimeFunctions.isoTime, formatters }, stream)
}

/** Reads a line of pino and puts each of its texts through `clean`. */
function cleaned(line: string, clean: (text: string) => string): Record<string, unknown> {
  return JSON.parse(line, (key, value: unknown) => {
    if (typeof value !== 'string' || key === 'level' || key === 'time') return value
    return key === 'stack' ? value.split('\n').map(clean).join('\n') : clean(value)
  })
}
