/** What the tests of the server share: a real spool and a real server, on a free port and a socket of their own. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { SourceState } from '../../../collector/source.ts'
import type { ServerConfig } from '../../../config/server-schema.ts'
import { newCounts } from '../../../src/collector-counts.ts'
import type { SpoolStatus } from '../../../src/delivery/messages.ts'
import { SpoolProducer } from '../../../src/delivery/producer.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { createLogger } from '../../../src/log.ts'
import { SendDurations } from '../../../src/server/metrics/output-metrics.ts'
import { Server, type ServerParts } from '../../../src/server/server.ts'
import { temporaryDirectory } from '../delivery/support.ts'

/** A collector's thread that says what the test has it say. */
export function fakeCollector() {
  const state: SourceState | undefined = { state: 'running', message: 'tracing 8 system calls' }
  return { state: state as SourceState | undefined, stateSinceMs: 0, counts: newCounts(), busyMs: 1500 }
}

export interface StartOptions extends Partial<Pick<ServerParts, 'lanes' | 'sendDurations' | 'retryMs'>> {
  readonly server?: Partial<ServerConfig>
  readonly outputs?: ServerParts['config']['outputs']
  readonly sensorEnabled?: boolean
}

/** Starts a server over an empty spool. */
export async function startServer(t: TestContext, options: StartOptions = {}) {
  const { lanes = new Map(), sendDurations = new SendDurations(), outputs = [], sensorEnabled = true } = options
  const directory = temporaryDirectory(t)
  const lines: { level: string; message: string; [field: string]: unknown }[] = []
  const log = createLogger({
    pretty: false,
    write: line => {
      const { msg: message, ...fields } = JSON.parse(line)
      lines.push({ message, ...fields })
    }
  })
  const spool = await Spool.open({ directory: join(directory, 'spool'), log })
  const collector = fakeCollector()
  const config = {
    server: {
      enabled: true,
      listen: { host: '127.0.0.1', port: 0 },
      token: undefined,
      socket: join(directory, 'spool', 'control.sock'),
      outputFailingSeconds: 300,
      ...options.server
    },
    sensor: { enabled: sensorEnabled, socket: '/run/tercel/reader.sock', processes: 1024 },
    outputs
  }
  const { retryMs = 20 } = options
  const server = new Server({ config, log, spool, collector, lanes, sendDurations, retryMs })
  t.after(async () => {
    await server.close()
    await spool.close()
  })
  await server.start()
  server.enter('running')
  const producer = new SpoolProducer(spool.connectProducer())
  return { server, spool, producer, collector, directory, lines, log, socket: config.server.socket }
}

/** What an idle spool says of itself, but for what the test says. */
export function spoolStatus(fields: Partial<SpoolStatus> = {}): SpoolStatus {
  return {
    ...{ usedBytes: 1, pageBytes: 1, walBytes: 0, freeBytes: 0 },
    ...{ state: { kind: 'ok' }, maxBytes: 2, head: 0, commits: 0, alerts: 0, oldestAlertMs: 0 },
    ...{ deadLetters: { count: 0, bytes: 0 }, droppedDeadLetters: 0 },
    ...fields
  }
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Question {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

type Where = { readonly socketPath: string } | { readonly host: string; readonly port: number }

/** Asks over a connection of its own. */
export function ask(where: Where, { method = 'GET', path, headers = {}, body }: Question): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const json = body === undefined ? undefined : JSON.stringify(body)
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const options = { ...where, method, path, headers: { ...type, ...headers }, agent: new Agent({ keepAlive: false }) }
  const request = httpRequest(options, async response => {
    try {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk as Buffer)
      const text = Buffer.concat(chunks).toString()
      resolve({ status: response.statusCode!, headers: response.headers, text })
    } catch (error) {
      reject(error)
    }
  })
  request.once('error', reject)
  request.end(json)
  return promise
}

/** The samples of a page of metrics: `name{label="value"}` to number. */
export function samplesOf(page: string): Map<string, number> {
  const lines = page.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))])
  )
}
