/**
 * The spool as the main thread sees it: a worker thread that holds the store, asked by messages. Lanes read and settle
 * here; threads that make alerts get a connection of their own.
 */
import { MessageChannel } from 'node:worker_threads'
import { TercelError } from '../../base/errors.ts'
import { leastSpoolBytes } from '../../config/schema.ts'
import type { Alert } from '../../rules/alert.ts'
import { goOn, within } from '../within.ts'
import { addressedBatch } from './alert-batch.ts'
import { unlimitedBacklog } from './backlog.ts'
import { type CompactProgress, type CompactReport, compactSpool } from './compact-spool.ts'
import { type CreditLimits, defaultCredits } from './credits.ts'
import type { Books, Settlement } from './cursor.ts'
import type { DeadLetterFilter } from './dead-letter-scan.ts'
import type { ExportOptions, VerifyProgress, VerifyReport } from './inspection.ts'
import type { SpoolStatus, SpoolWorkerData } from './messages.ts'
import type { ProducerConnection } from './producer.ts'
import type { DeadLetter, DeadLetterCount, ReadRequest, SpooledAlert } from './records.ts'
import { ShedTotals } from './shed-totals.ts'
import { SpoolInspectors } from './spool-inspectors.ts'
import { SpoolLink, type SpoolNews } from './spool-link.ts'
import { tellNews } from './spool-news.ts'
import type { AppendOptions, NextOptions, RegisterOptions, SpoolOptions } from './spool-options.ts'
import { checkWindow, type ThrottleWindow } from './throttle-windows.ts'

const mib = 1024 * 1024

const inspectorsEndMs = 1_000

const defaultMaxBytes = 1024 * mib

const defaultReserveBytes = 16 * mib

/** Half for the WAL, the rest for the largest batch that may come on top of it. */
export const leastReserveBytes = 8 * mib

export class Spool {
  readonly shed = new ShedTotals()
  readonly #link: SpoolLink
  readonly #options: SpoolOptions
  readonly #inspectors: SpoolInspectors
  /** One counter for each producer: what it has taken and is not on disk. */
  readonly #outstanding: Int32Array[] = []
  #stateSinceMs = Date.now()
  #closed: Promise<void> | undefined

  private constructor(options: SpoolOptions, data: SpoolWorkerData) {
    this.#options = options
    this.#inspectors = new SpoolInspectors(data.directory)
    this.#link = new SpoolLink(data, {
      onNews: news => this.#take(news),
      onEnd: error => {
        if (this.#closed === undefined) options.onFailure?.(error)
      }
    })
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
    await spool.#link.opened
    return spool
  }

  /** A way into the spool for one thread, which makes a SpoolProducer of it. Send it with its port transferred. */
  connectProducer(credits: CreditLimits = defaultCredits): ProducerConnection {
    const { port1, port2 } = new MessageChannel()
    const outstanding = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    this.#outstanding.push(outstanding)
    this.#link.post({ kind: 'producer', port: port1, outstanding }, [port1])
    return { port: port2, credits, outstanding }
  }

  /** Adds an output, or finds it where it was left; in either case its limits are these from now on. */
  register(output: string, { from = 'now', backlog = unlimitedBacklog }: RegisterOptions = {}): Promise<void> {
    return this.#link.ask('register', { output, from, backlog }).answer
  }

  /**
   * Does the same for an operator.
   *
   * @returns how many alerts waited for the output and are given up.
   * @throws TercelError TERCEL_SPOOL when the spool has no such output.
   */
  forget(output: string): Promise<number> {
    return this.#link.ask('forget', { output }).answer
  }

  /** The names of all outputs that have a cursor, configured or not. */
  outputs(): Promise<string[]> {
    return this.#link.ask('outputs', {}).answer
  }

  /**
   * Puts in a few alerts that one output alone waits for. A backlog that blocks does not hold them up.
   *
   * @returns a promise that resolves when they are on disk, however long that takes.
   * @throws TercelError TERCEL_SPOOL when the spool has no such output, or it is forgotten before; when an alert is larger
   *   than 1 MiB; when the spool has gone.
   */
  async append(output: string, alerts: readonly Alert[], { closes = [] }: AppendOptions = {}): Promise<void> {
    await this.#link.ask('append', { batch: addressedBatch({ output, closes }, alerts) }).answer
  }

  /** The next alerts that an output has not settled, oldest first; waits until there are some. */
  async next(output: string, request: ReadRequest, options: NextOptions = {}): Promise<SpooledAlert[]> {
    const { wait = true, signal } = options
    if (signal?.aborted) return []
    const { answer, cancel } = this.#link.ask('next', { output, request, wait })
    const stop = () => cancel([])
    signal?.addEventListener('abort', stop, { once: true })
    try {
      return await answer
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  /**
   * Marks alerts as done for an output. On disk at most about 100 ms or 1,000 settlements later, each in one transaction
   * with its throttle window. Costs little to call for each alert: what is settled in a moment goes to the spool's thread
   * together.
   */
  settle(output: string, settlements: readonly Settlement[]): void {
    for (const settlement of settlements) {
      if (settlement.kind === 'throttled' && settlement.window !== undefined) checkWindow(settlement.window)
    }
    this.#link.settle(output, settlements)
  }

  /** The throttle windows of an output that are open, as last settled. */
  windows(output: string): Promise<ThrottleWindow[]> {
    return this.#link.ask('windows', { output }).answer
  }

  books(output: string): Promise<Books> {
    return this.#link.ask('books', { output }).answer
  }

  /**
   * The oldest dead letters that fit: up to `limit`, and fewer where they are large. Asked again `after` the last one, until
   * none comes, it gives them all.
   */
  deadLetters(filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
    return this.#link.ask('deadLetters', { filter, limit }).answer
  }

  /** How many dead letters fit, by output. */
  countDeadLetters(filter: DeadLetterFilter): Promise<DeadLetterCount[]> {
    return this.#link.ask('countDeadLetters', { filter }).answer
  }

  /**
   * Puts dead letters back into the spool, each for its output alone, as new alerts: a crash loses none and replays none
   * twice. Those that die after the call are left. Gives how many.
   *
   * @throws TercelError TERCEL_SPOOL, once all others were replayed, when the outputs of some are gone.
   */
  replayDeadLetters(filter: DeadLetterFilter): Promise<number> {
    return this.#link.ask('replayDeadLetters', { filter }).answer
  }

  /** Deletes dead letters for good. Gives how many. */
  dropDeadLetters(filter: DeadLetterFilter): Promise<number> {
    return this.#link.ask('dropDeadLetters', { filter }).answer
  }

  status(): Promise<SpoolStatus> {
    return this.#link.ask('status', {}).answer
  }

  /** When it came into the state that it is in, in milliseconds since the epoch. */
  get stateSinceMs(): number {
    return this.#stateSinceMs
  }

  /**
   * What is on disk, oldest first, one line of JSON each: `{"seq":…,"accepted":"2026-…Z","waiting_for":["siem"],"alert":{…}}`
   * for alerts, and `{"dead_letter":…,"died":"2026-…Z","output":"siem","reason":"…","attempts":…,"alert":{…}}` for dead
   * letters. Of a damaged alert, `alert` is null and `damaged` is its text. No more is read than is taken.
   */
  export(options: ExportOptions = {}): AsyncIterable<string> {
    return this.#inspectors.export(options)
  }

  /**
   * Checks the file, what is in it, and that memory knows the same. Reads all of it; lanes and producers go on meanwhile,
   * but the WAL grows by what comes in while one table's pages are checked.
   */
  verify(onProgress: (progress: VerifyProgress) => void = () => {}): Promise<VerifyReport> {
    return this.#inspectors.verify(this.#link, onProgress)
  }

  /** Gives the room that is free in the file back to the disk. */
  compact(onProgress: (progress: CompactProgress) => void = () => {}): Promise<CompactReport> {
    return compactSpool(this.#link, onProgress)
  }

  /**
   * Commits what has arrived, closes the files and ends the thread. Producers are to be closed before: alerts of theirs
   * that are not on disk by then are lost, which is logged.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      await this.#link.close()
      // A thread that checks pages cannot be interrupted while SQLite does; it only reads, and ends with the process.
      await within(this.#inspectors.close(), inspectorsEndMs, goOn)
    } finally {
      this.#logLost()
    }
  }

  #take(news: SpoolNews): void {
    if (news.kind === 'shed') this.shed.add(news.output, news.cause, news.counts)
    else if (news.kind === 'status') this.#stateSinceMs = Date.now()
    tellNews(news, this.#options)
  }

  #logLost(): void {
    const alerts = this.#outstanding.reduce((sum, outstanding) => sum + Atomics.load(outstanding, 0), 0)
    if (alerts === 0) return
    this.#options.log.error({ alerts }, 'alerts were not on disk when tercel had to stop: they are lost')
  }
}

function atLeast(what: string, bytes: number, least: number): void {
  if (bytes >= least) return
  throw new TercelError('TERCEL_CONFIG', `${what} is ${bytes} bytes; it must be at least ${least}`)
}
