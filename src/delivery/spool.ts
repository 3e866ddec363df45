/**
 * The spool as the main thread sees it: a worker thread that holds the store, asked by messages. Lanes read and settle
 * here; threads that make alerts get a connection of their own.
 */
import { MessageChannel, Worker } from 'node:worker_threads'
import { TercelError } from '../../base/errors.ts'
import { leastSpoolBytes } from '../../config/schema.ts'
import { resolveModule } from '../paths.ts'
import { tercelError } from '../plain-error.ts'
import { type BacklogLimits, type ShedCause, shedTexts, unlimitedBacklog } from './backlog.ts'
import { type CreditLimits, defaultCredits } from './credits.ts'
import type { Books, Settlement } from './cursor.ts'
import type { Log } from './log.ts'
import type { FromSpool, SpoolRequestName, SpoolRequests, SpoolStatus, SpoolWorkerData, ToSpool } from './messages.ts'
import type { ProducerConnection } from './producer.ts'
import type { DeadLetter, ReadRequest, ShedCounts, SpooledAlert } from './records.ts'
import { SettlementBuffer } from './settlement-buffer.ts'
import { ShedTotals } from './shed-totals.ts'
import { stateTexts } from './spool-state.ts'

const mib = 1024 * 1024

const defaultMaxBytes = 1024 * mib

const defaultReserveBytes = 16 * mib

/** Half for the WAL, the rest for the largest batch that may come on top of it. */
const leastReserveBytes = 8 * mib

export interface SpoolOptions {
  readonly directory: string
  /** Limit for used pages plus WAL; default 1 GiB, at least 16 MiB. */
  readonly maxBytes?: number
  /** Kept on the disk for the day it is full, beside the limit; default 16 MiB, at least 8 MiB. */
  readonly reserveBytes?: number
  readonly log: Log
  /** Called once if the spool ends on its own: a corrupt file, or a defect. Nothing is accepted after it. */
  readonly onFailure?: (error: TercelError) => void
  /** Told, at most once a second for each cause, what an output lost because a limit was reached. */
  readonly onShed?: (output: string, counts: ShedCounts, cause: ShedCause) => void
  /** Told, at most once a second, how many dead letters were deleted because they took more than their share. */
  readonly onDroppedDeadLetters?: (count: number) => void
}

export interface RegisterOptions {
  /** Where a new output starts: with what comes from now on (the default), or with all that is kept. */
  readonly from?: 'now' | 'oldest'
  /** Without them only the limit of the spool counts, and alerts are shed there. */
  readonly backlog?: BacklogLimits | undefined
}

export interface NextOptions {
  /** Whether to wait until there is something; default true. */
  readonly wait?: boolean
  /** Ends the waiting: the answer is empty then. */
  readonly signal?: AbortSignal
}

export class Spool {
  readonly shed = new ShedTotals()
  readonly #worker: Worker
  readonly #log: Log
  readonly #onFailure: (error: TercelError) => void
  readonly #onShed: NonNullable<SpoolOptions['onShed']>
  readonly #onDroppedDeadLetters: (count: number) => void
  readonly #settlements = new SettlementBuffer((output, settlements) => {
    this.#worker.postMessage({ kind: 'settle', output, settlements } satisfies ToSpool)
  })
  readonly #requests = new Map<number, PromiseWithResolvers<unknown>>()
  /** One counter for each producer: what it has taken and is not on disk. */
  readonly #outstanding: Int32Array[] = []
  readonly #opened = Promise.withResolvers<void>()
  #nextId = 1
  #stateSinceMs = Date.now()
  #failure: TercelError | undefined
  #closed: Promise<void> | undefined

  private constructor(options: SpoolOptions, data: SpoolWorkerData) {
    this.#log = options.log
    this.#onFailure = options.onFailure ?? (() => {})
    this.#onShed = options.onShed ?? (() => {})
    this.#onDroppedDeadLetters = options.onDroppedDeadLetters ?? (() => {})
    this.#worker = new Worker(resolveModule('src/delivery/spool-worker.ts'), { workerData: data, name: 'spool' })
    this.#worker.on('message', (message: FromSpool) => this.#take(message))
    this.#worker.on('error', error =>
      this.#fail(new TercelError('TERCEL_DEFECT', 'the spool failed', { cause: error }))
    )
    this.#worker.on('exit', () => this.#fail(new TercelError('TERCEL_SPOOL', 'the spool is closed')))
  }

  /**
   * Opens the spool in a directory, which is made if it is missing.
   *
   * @throws TercelError TERCEL_CONFIG when a size is too small; TERCEL_SPOOL when another tercel has it, when the file is corrupt or not ours, or when the disk
   *   does not let us.
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const { directory, maxBytes = defaultMaxBytes, reserveBytes = defaultReserveBytes } = options
    atLeast("the spool's limit", maxBytes, leastSpoolBytes)
    atLeast("the spool's reserve", reserveBytes, leastReserveBytes)
    const spool = new Spool(options, { directory, maxBytes, reserveBytes })
    await spool.#opened.promise
    return spool
  }

  /** A way into the spool for one thread, which makes a SpoolProducer of it. Send it with its port transferred. */
  connectProducer(credits: CreditLimits = defaultCredits): ProducerConnection {
    const { port1, port2 } = new MessageChannel()
    const outstanding = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    this.#outstanding.push(outstanding)
    this.#worker.postMessage({ kind: 'producer', port: port1, outstanding } satisfies ToSpool, [port1])
    return { port: port2, credits, outstanding }
  }

  /** Adds an output, or finds it where it was left; in either case its limits are these from now on. */
  register(output: string, { from = 'now', backlog = unlimitedBacklog }: RegisterOptions = {}): Promise<void> {
    return this.#ask('register', { output, from, backlog })
  }

  /** Forgets an output that is no longer configured; what only it waited for is deleted. */
  unregister(output: string): Promise<void> {
    return this.#ask('unregister', { output })
  }

  /** The names of all outputs that have a cursor, configured or not. */
  outputs(): Promise<string[]> {
    return this.#ask('outputs', {})
  }

  /** The next alerts that an output has not settled, oldest first; waits until there are some. */
  async next(output: string, request: ReadRequest, options: NextOptions = {}): Promise<SpooledAlert[]> {
    const { wait = true, signal } = options
    if (signal?.aborted) return []
    const id = this.#nextId
    const cancel = () => {
      this.#post({ kind: 'cancel', id })
      // Without waiting for the spool's thread, which a failing disk may hold up.
      this.#answered(id)?.resolve([])
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await this.#ask('next', { output, request, wait })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  /**
   * Marks alerts as done for an output. On disk at most about 100 ms or 1,000 settlements later. Costs little to call for
   * each alert: what is settled in a moment goes to the spool's thread together.
   */
  settle(output: string, settlements: readonly Settlement[]): void {
    this.#settlements.add(output, settlements)
  }

  books(output: string): Promise<Books> {
    return this.#ask('books', { output })
  }

  /** The oldest dead letters of all outputs. */
  deadLetters(limit: number): Promise<DeadLetter[]> {
    return this.#ask('deadLetters', { limit })
  }

  status(): Promise<SpoolStatus> {
    return this.#ask('status', {})
  }

  /** When it came into the state that it is in, in milliseconds since the epoch. */
  get stateSinceMs(): number {
    return this.#stateSinceMs
  }

  /**
   * Commits what has arrived, closes the files and ends the thread. Producers are to be closed before: alerts of theirs
   * that are not on disk by then are lost, which is logged.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close().finally(() => this.#logLost())
    return this.#closed
  }

  async #close(): Promise<void> {
    if (this.#failure !== undefined) return
    const exited = new Promise(resolve => this.#worker.once('exit', resolve))
    await this.#ask('close', {})
    await exited
  }

  #logLost(): void {
    const lost = this.#outstanding.reduce((sum, outstanding) => sum + Atomics.load(outstanding, 0), 0)
    if (lost > 0) this.#log.error({ alerts: lost }, 'alerts were not on disk when tercel had to stop: they are lost')
  }

  #ask<Name extends SpoolRequestName>(
    name: Name,
    give: SpoolRequests[Name]['give']
  ): Promise<SpoolRequests[Name]['get']> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const id = this.#nextId++
    const answer = Promise.withResolvers<unknown>()
    this.#requests.set(id, answer)
    this.#post({ kind: 'request', id, name, give } as ToSpool)
    return answer.promise as Promise<SpoolRequests[Name]['get']>
  }

  #post(message: ToSpool): void {
    // What was settled before something is asked is known when it is answered.
    this.#settlements.flush()
    this.#worker.postMessage(message)
  }

  #take(message: FromSpool): void {
    if (message.kind === 'opened') this.#opened.resolve()
    else if (message.kind === 'reply') this.#answered(message.id)?.resolve(message.value)
    else if (message.kind === 'refused') this.#answered(message.id)?.reject(tercelError(message.error))
    else if (message.kind === 'status') this.#logState(message.status)
    else if (message.kind === 'shed') this.#shed(message)
    else if (message.kind === 'droppedDeadLetters') this.#droppedDeadLetters(message.count)
    else this.#fail(tercelError(message.error))
  }

  #answered(id: number): PromiseWithResolvers<unknown> | undefined {
    const answer = this.#requests.get(id)
    this.#requests.delete(id)
    return answer
  }

  #logState({ state, usedBytes, maxBytes }: SpoolStatus): void {
    this.#stateSinceMs = Date.now()
    const { kind, ...details } = state
    const fields = { state: kind, ...details, usedBytes, maxBytes }
    if (kind === 'ok') this.#log.info(fields, stateTexts.ok)
    else this.#log.error(fields, stateTexts[kind])
  }

  #shed({ output, cause, counts }: Extract<FromSpool, { kind: 'shed' }>): void {
    this.shed.add(output, cause, counts)
    this.#log.warn({ output, shed: counts }, shedTexts[cause])
    this.#onShed(output, counts, cause)
  }

  #droppedDeadLetters(count: number): void {
    this.#log.error({ dropped: count }, 'dead letters take a quarter of the spool: the oldest were deleted')
    this.#onDroppedDeadLetters(count)
  }

  #fail(error: TercelError): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#opened.promise.catch(() => {})
    this.#opened.reject(error)
    for (const answer of this.#requests.values()) answer.reject(error)
    this.#requests.clear()
    if (this.#closed === undefined) this.#onFailure(error)
  }
}

function atLeast(what: string, bytes: number, least: number): void {
  if (bytes >= least) return
  throw new TercelError('TERCEL_CONFIG', `${what} is ${bytes} bytes; it must be at least ${least}`)
}
