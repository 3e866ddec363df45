/** The spool's thread: takes batches from producers and requests from the main thread, and serves them from the store. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { messageOf, TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { type PlainError, plainError } from '../plain-error.ts'
import type { Settlement } from './cursor.ts'
import { GroupCommit } from './group-commit.ts'
import type {
  FromSpool,
  SpoolRequestName,
  SpoolRequests,
  SpoolStatus,
  SpoolWorkerData,
  ToProducer,
  ToSpool,
  ToSpoolFromProducer
} from './messages.ts'
import { ShedTally } from './shed-tally.ts'
import { diskFullError } from './spool-database.ts'
import type { SpoolState } from './spool-state.ts'
import { SpoolStore } from './spool-store.ts'
import { sqliteFailure } from './sqlite-errors.ts'

type Handlers = {
  [Name in Exclude<SpoolRequestName, 'next'>]: (give: SpoolRequests[Name]['give']) => SpoolRequests[Name]['get']
}

/**
 * How often alerts are looked at that grow old where nothing happens, and dropped dead letters are told of, in
 * milliseconds.
 */
const checkInterval = 1_000

class SpoolThread {
  readonly #port: MessagePort
  readonly #store: SpoolStore
  readonly #commits: GroupCommit
  readonly #readers = new Map<number, SpoolRequests['next']['give']>()
  readonly #producers = new Set<MessagePort>()
  readonly #shed = new ShedTally((output, cause, counts) => {
    this.#post({ kind: 'shed', output, cause, counts })
  })
  readonly #checking: NodeJS.Timeout
  #usedBytes = 0
  #toldDropped = 0

  readonly #handlers: Handlers = {
    register: ({ output, from, backlog }) => {
      this.#commits.withReserve(() => this.#store.register(output, from, backlog))
      this.#commits.checkLimits()
    },
    unregister: ({ output }) => {
      this.#commits.withReserve(() => this.#store.unregister(output))
      this.#commits.checkLimits()
    },
    books: ({ output }) => this.#store.books(output),
    outputs: () => this.#store.outputs,
    deadLetters: ({ limit }) => {
      // Those that only memory knows yet are dead letters too.
      this.#commits.flush()
      return this.#store.deadLetters(limit)
    },
    status: () => this.#status(),
    close: () => void this.#close()
  }

  constructor(port: MessagePort, data: SpoolWorkerData) {
    this.#port = port
    this.#store = new SpoolStore(data)
    this.#commits = new GroupCommit({
      store: this.#store,
      onState: () => this.#post({ kind: 'status', status: this.#status() }),
      onCommit: () => this.#serveReaders(),
      onShed: this.#shed.add,
      onFatal: error => this.#fail(error)
    })
    this.#post({ kind: 'opened' })
    this.#commits.start()
    this.#checking = setInterval(() => {
      this.#commits.checkLimits()
      this.#tellDropped()
    }, checkInterval)
    port.on('message', (message: ToSpool) => this.#take(message))
  }

  #take(message: ToSpool): void {
    if (message.kind === 'producer') this.#addProducer(message.port, message.outstanding)
    else if (message.kind === 'settle') this.#settle(message.output, message.settlements)
    else if (message.kind === 'cancel') this.#cancel(message.id)
    else if (message.name !== 'next') this.#answer(message)
    else {
      this.#readers.set(message.id, message.give)
      this.#serve(message.id)
    }
  }

  #settle(output: string, settlements: readonly Settlement[]): void {
    this.#store.settle(output, settlements)
    this.#commits.settled()
  }

  #cancel(id: number): void {
    if (this.#readers.delete(id)) this.#post({ kind: 'reply', id, value: [] })
  }

  #answer(message: Extract<ToSpool, { kind: 'request' }>): void {
    const { id, name, give } = message
    try {
      if (!this.#commits.readable && name !== 'status' && name !== 'close') throw unreadable(this.#commits.state)
      const handler = this.#handlers[name as keyof Handlers] as (give: unknown) => unknown
      this.#post({ kind: 'reply', id, value: handler(give) })
    } catch (error) {
      this.#post({ kind: 'refused', id, error: spoolError(error) })
    } finally {
      if (name === 'close') this.#port.close()
    }
  }

  #addProducer(port: MessagePort, outstanding: Int32Array): void {
    this.#producers.add(port)
    let accepted = 0
    const tell = () => {
      port.postMessage({ kind: 'accepted', batches: accepted } satisfies ToProducer)
      accepted = 0
    }
    const count = (alerts: number) => {
      Atomics.sub(outstanding, 0, alerts)
      // One message for all batches of a transaction.
      if (accepted === 0) queueMicrotask(tell)
      accepted += 1
    }
    port.on('message', ({ batch }: ToSpoolFromProducer) => {
      this.#commits.append(batch, () => count(batch.texts.length))
    })
    port.on('close', () => this.#producers.delete(port))
  }

  #serveReaders(): void {
    for (const id of this.#readers.keys()) this.#serve(id)
  }

  #serve(id: number): void {
    const { output, request, wait } = this.#readers.get(id)!
    if (!this.#commits.readable) return
    try {
      const alerts = this.#store.read(output, request)
      if (alerts.length === 0 && wait) return
      this.#readers.delete(id)
      this.#post({ kind: 'reply', id, value: alerts })
    } catch (error) {
      if (error instanceof TercelError) {
        this.#readers.delete(id)
        this.#post({ kind: 'refused', id, error: spoolError(error) })
      } else this.#commits.failed(error)
    }
  }

  #status(): SpoolStatus {
    if (this.#commits.readable) this.#usedBytes = this.#store.size.usedBytes
    const { maxBytes, head, droppedDeadLetters } = this.#store
    return { state: this.#commits.state, usedBytes: this.#usedBytes, maxBytes, head, droppedDeadLetters }
  }

  #tellLosses(): void {
    this.#shed.flush()
    this.#tellDropped()
  }

  #tellDropped(): void {
    const count = this.#store.droppedDeadLetters - this.#toldDropped
    if (count === 0) return
    this.#toldDropped += count
    this.#post({ kind: 'droppedDeadLetters', count })
  }

  #close(): void {
    clearInterval(this.#checking)
    try {
      this.#commits.finish()
    } finally {
      this.#commits.stop()
      this.#tellLosses()
      for (const port of this.#producers) port.close()
      this.#store.close()
    }
  }

  #fail(error: unknown): void {
    clearInterval(this.#checking)
    this.#commits.stop()
    this.#tellLosses()
    this.#post({ kind: 'failed', error: spoolError(error) })
    for (const port of this.#producers) port.close()
    this.#port.close()
  }

  #post(message: FromSpool): void {
    this.#port.postMessage(message)
  }
}

function unreadable(state: SpoolState): TercelError {
  const reason = 'reason' in state ? state.reason : 'it is not open'
  return new TercelError('TERCEL_SPOOL', `the spool cannot be read now: ${reason}`)
}

function openError(directory: string, cause: unknown): unknown {
  if (cause instanceof TercelError) return cause
  if (sqliteFailure(cause) === 'full') return diskFullError(directory, cause)
  const message = `cannot open the spool in ${directory}: ${readFailure(cause)}; the user that tercel runs as must be able to write there`
  return new TercelError('TERCEL_SPOOL', message, { cause })
}

/** What SQLite or the file system has thrown is the operator's to mend, as far as it is not known better. */
function spoolError(error: unknown): PlainError {
  return plainError(
    error instanceof TercelError ? error : new TercelError('TERCEL_SPOOL', messageOf(error), { cause: error })
  )
}

if (parentPort === null) throw new TercelError('TERCEL_DEFECT', 'the spool runs in a worker thread')
const port = parentPort
const data = workerData as SpoolWorkerData
try {
  new SpoolThread(port, data)
} catch (error) {
  port.postMessage({ kind: 'failed', error: plainError(openError(data.directory, error)) } satisfies FromSpool)
  port.close()
}
