/**
 * The collector's thread: a source and the rules. Events become alerts here and go to the spool over a port of their
 * own; the main thread (pipeline.ts) only starts and stops it.
 */
import { hostname } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import type { Problem } from '../base/errors.ts'
import { Accounts } from '../collector/accounts.ts'
import type { Event, InternalEvent } from '../collector/event.ts'
import { nothingToCommit, type SourceState } from '../collector/source.ts'
import { sources } from '../collector/sources/index.ts'
import type { Config } from '../config/schema.ts'
import { Engine } from '../rules/engine/engine.ts'
import { createUuidFactory } from '../rules/uuid.ts'
import { type ProducerConnection, SpoolProducer } from './delivery/producer.ts'
import { type PlainError, plainError } from './plain-error.ts'
import { loadRules } from './rules.ts'

export type ToCollector =
  | { readonly kind: 'start'; readonly connection: ProducerConnection }
  | { readonly kind: 'stop' }

export type FromCollector =
  /** The rules are loaded; nothing runs yet. */
  | { readonly kind: 'ready'; readonly rules: number; readonly warnings: readonly Problem[] }
  | { readonly kind: 'state'; readonly state: SourceState }
  | { readonly kind: 'failed'; readonly error: PlainError }
  /** Everything that it took is on disk. */
  | { readonly kind: 'stopped' }

const reportEveryMs = 1000

async function run(config: Config, say: (message: FromCollector) => void): Promise<void> {
  const ruleset = await loadRules(config)
  const engine = new Engine(ruleset, { hostname: hostname(), newUuid: createUuidFactory(), names: new Accounts() })
  const { started, stopped } = commands()
  say({ kind: 'ready', rules: ruleset.rules.length, warnings: ruleset.warnings })

  const producer = new SpoolProducer(await started)
  const emit = (events: readonly Event[]) => raise(events, engine, producer)
  const reporting = setInterval(() => report(engine, producer), reportEveryMs)
  if (config.sensor.enabled) {
    const source = sources.ebpf({
      socket: config.sensor.socket,
      processes: config.sensor.processes,
      types: ruleset.eventTypes('syscall'),
      onState: state => say({ kind: 'state', state })
    })
    await source.start(emit, stopped)
  } else {
    await new Promise(resolve => stopped.addEventListener('abort', resolve, { once: true }))
  }
  clearInterval(reporting)
  report(engine, producer)
  await producer.close()
  say({ kind: 'stopped' })
}

/** What the main thread asks for: the connection to the spool, then the end. */
function commands(): { started: Promise<ProducerConnection>; stopped: AbortSignal } {
  const started = Promise.withResolvers<ProducerConnection>()
  const stopping = new AbortController()
  parentPort?.on('message', (message: ToCollector) => {
    if (message.kind === 'start') started.resolve(message.connection)
    else stopping.abort()
  })
  return { started: started.promise, stopped: stopping.signal }
}

/** Matches events and offers what they raise to the spool. An alert that is shed is settled: it is counted and reported. */
function raise(events: readonly Event[], engine: Engine, producer: SpoolProducer): Promise<void> {
  let commit = nothingToCommit
  for (const event of events) {
    const alert = engine.evaluate(event)
    if (alert === undefined) continue
    const accepted = producer.offer(alert, { internal: event.source === 'internal' })
    if (accepted === undefined) continue
    commit = commit === nothingToCommit ? accepted : Promise.all([commit, accepted]).then(() => {})
  }
  return commit
}

/** Raises alerts for what was shed or held back since the last report. */
function report(engine: Engine, producer: SpoolProducer): void {
  const reports = { shed: producer.takeShed(), rate_limit: engine.takeSuppressed() }
  for (const [type, counters] of Object.entries(reports)) {
    if (Object.keys(counters).length === 0) continue
    const time = BigInt(Date.now()) * 1_000_000n
    const event: InternalEvent = { source: 'internal', type, time, counters: { ...counters } }
    raise([event], engine, producer).catch(() => {})
  }
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
