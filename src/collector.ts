/**
 * The collector's thread: a source and the rules. Events become alerts here and go to the spool over a port of their
 * own; the main thread (pipeline.ts) only starts and stops it.
 */
import { hostname } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { Problem } from '../base/errors.ts'
import { Accounts } from '../collector/accounts.ts'
import { callOfName } from '../collector/calls.ts'
import type { SourceState } from '../collector/source.ts'
import { sources } from '../collector/sources/index.ts'
import type { Config } from '../config/schema.ts'
import { Engine } from '../rules/engine/engine.ts'
import { createUuidFactory } from '../rules/uuid.ts'
import { aborted } from './abort.ts'
import type { CollectorCounts } from './collector-counts.ts'
import { type ProducerConnection, SpoolProducer } from './delivery/producer.ts'
import { HostNames } from './host-names.ts'
import { Matcher } from './matcher.ts'
import { type PlainError, plainError } from './plain-error.ts'
import { loadRules } from './rules.ts'

export type ToCollector =
  | { readonly kind: 'start'; readonly connection: ProducerConnection }
  | Report
  | { readonly kind: 'stop' }

/** Something that rules can raise an alert for: how much of what, by reason. */
interface Report {
  readonly kind: 'report'
  readonly type: string
  readonly counters: Readonly<Record<string, number>>
}

export type FromCollector =
  /** The rules are loaded; nothing runs yet. */
  | { readonly kind: 'ready'; readonly rules: number; readonly warnings: readonly Problem[] }
  | { readonly kind: 'state'; readonly state: SourceState }
  /** Once a second, and at the end. */
  | { readonly kind: 'counts'; readonly counts: CollectorCounts }
  | { readonly kind: 'warning'; readonly message: string }
  /** Something that should not happen, and was got over. */
  | { readonly kind: 'defect'; readonly message: string }
  | { readonly kind: 'failed'; readonly error: PlainError }

const reportEveryMs = 1000

async function run(config: Config, say: (message: FromCollector) => void): Promise<void> {
  const ruleset = await loadRules(config)
  const { started, stopped, reports } = commands()
  const hosts = new HostNames({ names: ruleset.hostNames, onWarning: message => say({ kind: 'warning', message }) })
  await hosts.start(stopped)
  const types = ruleset.eventTypes('syscall')
  ruleset.prepare(
    'syscall',
    [...types].filter(type => callOfName.has(type))
  )
  const newUuid = createUuidFactory()
  const engine = new Engine(ruleset, { hostname: hostname(), newUuid, names: new Accounts(), hosts })
  say({ kind: 'ready', rules: ruleset.rules.length, warnings: ruleset.warnings })

  const producer = new SpoolProducer(await started)
  const matcher = new Matcher({ engine, producer, onDefect: message => say({ kind: 'defect', message }) })
  const report = () => {
    for (const { type, counters } of reports.splice(0)) matcher.add(type, counters)
    matcher.report()
    say({ kind: 'counts', counts: matcher.counts })
  }
  const reporting = setInterval(report, reportEveryMs)
  try {
    if (config.sensor.enabled) {
      const source = sources.ebpf({
        socket: config.sensor.socket,
        processes: config.sensor.processes,
        types,
        onState: state => say({ kind: 'state', state })
      })
      await source.start(matcher.emit, stopped)
    } else {
      await aborted(stopped)
    }
  } finally {
    clearInterval(reporting)
    report()
    const { unreported } = matcher
    if (unreported !== '')
      say({ kind: 'defect', message: `the spool took no more alerts; not reported: ${unreported}` })
    await producer.close()
  }
}

interface Commands {
  readonly started: Promise<ProducerConnection>
  readonly stopped: AbortSignal
  /** Those that have come and were not taken out yet; also before the start. */
  readonly reports: Report[]
}

/** What the main thread asks for: the connection to the spool, reports at any time, then the end. */
function commands(): Commands {
  const started = Promise.withResolvers<ProducerConnection>()
  const stopping = new AbortController()
  const reports: Report[] = []
  parentPort?.on('message', (message: ToCollector) => {
    if (message.kind === 'start') started.resolve(message.connection)
    else if (message.kind === 'report') reports.push(message)
    else stopping.abort()
  })
  return { started: started.promise, stopped: stopping.signal, reports }
}

if (parentPort !== null) {
  const port = parentPort
  const say = (message: FromCollector) => port.postMessage(message)
  run(workerData as Config, say).then(
    () => port.close(),
    (error: unknown) => {
      say({ kind: 'failed', error: plainError(error) })
      port.close()
    }
  )
}
