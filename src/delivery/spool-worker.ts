/** The spool's thread: takes batches from producers and requests from the main thread, and serves them from the store. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { messageOf, TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { type PlainError, plainError } from '../plain-error.ts'
import type { Settlement } from './cursor.ts'
import { DeadLetterOffice } from './dead-letter-office.ts'
import { GroupCommit } from './group-commit.ts'
import type {
  FromSpool,
  SpoolRequestName,
  SpoolStatus,
  SpoolWorkerData,
  ToProducer,
  ToSpool,
  ToSpoolFromProducer
} from './messages.ts'
import { ShedTally } from './shed-tally.ts'
import { type DatabaseParts, diskFullError } from './spool-database.ts'
import { type SpoolHandlers, spoolHandlers } from './spool-handlers.ts'
import { SpoolReaders } from './spool-readers.ts'
import { unreadable } from './spool-state.ts'
import { SpoolStore } from './spool-store.ts'
import { sqliteFailure } from './sqlite-errors.ts'

/** What is answered however the database is. */
const always: ReadonlySet<SpoolRequestName> = new Set(['append', 'status', 'close'])

/**
 * How often alerts are looked at that grow old where nothing happens, and dropped dead letters are told of, in
 * milliseconds.
 */
const checkInterval = 1_000

class SpoolThread {
  readonly #port: MessagePort
  readonly #store: SpoolStore
  readonly #commits: GroupCommit
  readonly #readers: SpoolReaders
  readonly #handlers: SpoolHandlers
  readonly #producers = new Set<MessagePort>()
  readonly #shed = new ShedTally((output, cause, counts) => {
    this.#post({ kind: 'shed', output, cause, counts })
  })
  readonly #checking: NodeJS.Timeout
  #parts: DatabaseParts = { usedBytes: 0, pageBytes: 0, walBytes: 0, freeBytes: 0 }
  #toldDropped = 0

  constructor(port: MessagePort, data: SpoolWorkerData) {
    this.#port = port
    this.#store = new SpoolStore(data)
    this.#commits = new GroupCommit({
      store: this.#store,
      onState: () => this.#post({ kind: 'status', status: this.#status() }),
      onCommit: () => this.#readers.serve(),
      onShed: this.#shed.add,
      onFatal: error => this.#fail(error)
    })
    this.#readers = new SpoolReaders({
      store: this.#store,
      commits: this.#commits,
      answer: (id, alerts) => this.#post({ kind: 'reply', id, value: alerts }),
      refuse: (id, error) => this.#refuse(id, error)
    })
    this.#handlers = spoolHandlers({
      store: this.#store,
      commits: this.#commits,
      deadLetters: new DeadLetterOffice(this.#store, this.#commits),
      status: () => this.#status(),
      close: () => this.#close()
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
    else if (message.kind === 'cancel') this.#readers.cancel(message.id)
    else if (message.name === 'next') this.#readers.add(message.id, message.give)
    else void this.#answer(message)
  }

  #settle(output: string, settlements: readonly Settlement[]): void {
    this.#store.settle(output, settlements)
    this.#commits.settled()
  }

  async #answer({ id, name, give }: Extract<ToSpool, { kind: 'request' }>): Promise<void> {
    try {
      if (!this.#commits.readable && !always.has(name)) throw unreadable(this.#commits.state)
      const handler = this.#handlers[name as keyof SpoolHandlers] as (give: unknown) => unknown
      this.#post({ kind: 'reply', id, value: await handler(give) })
    } catch (error) {
      this.#refuse(id, error)
    } finally {
      if (name === 'close') this.#port.close()
    }
  }

  #refuse(id: number, error: unknown): void {
    this.#post({ kind: 'refused', id, error: spoolError(error) })
    // Whoever asked may ask again; the database has to be opened anew before.
    const failure = sqliteFailure(error)
    if (failure === 'io' || failure === 'corrupt') this.#commits.failed(error)
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

  #status(): SpoolStatus {
    if (this.#commits.readable) this.#parts = this.#store.size.parts
    const { maxBytes, head, commits, kept, deadLetters } = this.#store
    return {
      ...this.#parts,
      state: this.#commits.state,
      maxBytes,
      head,
      commits,
      ...kept,
      deadLetters: deadLetters.sum,
      droppedDeadLetters: deadLetters.dropped
    }
  }

  #tellLosses(): void {
    this.#shed.flush()
    this.#tellDropped()
  }

  #tellDropped(): void {
    const count = this.#store.deadLetters.dropped - this.#toldDropped
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
