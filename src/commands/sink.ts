/** `tercel sink`: a far end to try out what tercel sends, and how it bears a sink that fails. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { printableJson, printableText } from '../../base/printable.ts'
import { decodeText, readSmallFile } from '../../config/files.ts'
import { aborted, termination } from '../abort.ts'
import { LineWriter } from '../line-writer.ts'
import { cannotPrint, print, readerWentAway } from '../print.ts'
import type { SinkAlert } from '../sink/body.ts'
import { type Sink, type SinkOptions, startSink } from '../sink/sink.ts'

interface CommandOptions {
  readonly port: number
  readonly host: string
  readonly faults?: string
  readonly print?: true
  readonly countOnly?: true
  readonly keep: number
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsClientCa?: string
}

export const sinkCommand = new Command('sink')
  .description('receive alerts like a webhook would, to see what arrives; can be told to misbehave')
  .addOption(
    new Option('-p, --port <number>', 'where to listen; 0 takes a port that is free').default(0).argParser(port)
  )
  .option('--host <address>', 'the address to listen on', '127.0.0.1')
  .option('--faults <file or json>', 'how to misbehave: see docs/sink.md')
  .option('--print', 'print the line of each alert that is taken')
  .addOption(new Option('--keep <number>', 'how many requests to keep whole').default(10).argParser(wholeNumber))
  .option('--count-only', 'only count, neither parse nor keep anything: for benchmarks')
  .option('--tls-cert <file>', 'speak HTTPS with this certificate (PEM)')
  .option('--tls-key <file>', 'its key (PEM)')
  .option('--tls-client-ca <file>', 'demand certificates of clients that this CA has signed (PEM)')
  .action(async (options: CommandOptions) => {
    const ending = termination()
    const unprinted = new AbortController()
    const lines = new LineWriter(process.stdout)
    const printAlert = (alert: SinkAlert) => {
      lines.add(lineOf(alert)).catch((error: unknown) => unprinted.abort(error))
    }
    const sink = await startSink(await sinkOptions(options, printAlert))
    await print(`${sink.url}\n`)
    await aborted(AbortSignal.any([ending, unprinted.signal]))
    await sink.close()
    const { reason } = unprinted.signal
    if (reason !== undefined && !readerWentAway(reason)) throw cannotPrint(reason)
    await print(`${summaryLine(sink)}\n`)
  })

async function sinkOptions(options: CommandOptions, printAlert: (alert: SinkAlert) => void): Promise<SinkOptions> {
  const { port, host, faults, tlsCert, tlsKey, tlsClientCa, keep } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined) || (tlsClientCa !== undefined && tlsCert === undefined)) {
    throw new TercelError('TERCEL_CONFIG', 'HTTPS needs both --tls-cert and --tls-key')
  }
  return {
    port,
    host,
    keepRequests: keep,
    countOnly: options.countOnly === true,
    ...(faults === undefined ? {} : { faults: await faultsOf(faults) }),
    ...(options.print === true ? { onAlert: printAlert } : {}),
    ...(tlsCert === undefined || tlsKey === undefined
      ? {}
      : {
          tls: {
            cert: await readText(tlsCert),
            key: await readText(tlsKey),
            ...(tlsClientCa === undefined ? {} : { clientCa: await readText(tlsClientCa) })
          }
        })
  }
}

/** JSON begins with a brace or a bracket, as no sensible name of a file does. */
function faultsOf(value: string): string | Promise<string> {
  return /^\s*[{[]/.test(value) ? value : readText(value)
}

/** @throws TercelError when it cannot be read as text. */
async function readText(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await readSmallFile(path)
  } catch (error) {
    throw new TercelError('TERCEL_CONFIG', `cannot read ${path}: ${readFailure(error)}`)
  }
  const decoded = decodeText(bytes)
  if ('text' in decoded) return decoded.text
  throw new TercelError('TERCEL_CONFIG', `cannot read ${path}: it is not UTF-8 text`)
}

function lineOf(alert: SinkAlert): string {
  const { output } = alert
  return typeof output === 'string' ? printableText(output) : printableJson(alert)
}

function summaryLine(sink: Sink): string {
  const { requests, alerts, unique, duplicates, invalid, faults } = sink.summary()
  const parts = [
    `${alerts} ${alerts === 1 ? 'alert' : 'alerts'}`,
    `${unique} different ones taken`,
    `${duplicates} of them more than once`
  ]
  return `${requests} ${requests === 1 ? 'request' : 'requests'} (${faults} met a fault, ${invalid} invalid): ${parts.join(', ')}`
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number')
  return Number(text)
}

function port(text: string): number {
  const number = wholeNumber(text)
  if (number > 65_535) throw new InvalidArgumentError('expected a port from 0 to 65535')
  return number
}
