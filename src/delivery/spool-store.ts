/**
 * The spool itself, synchronous: alerts in a row, a cursor for each output, dead letters. It knows no threads and no
 * time-outs; the worker around it decides when to commit and what to do when the disk fails.
 *
 * What outputs settle is kept in memory and written by the next commit, in one transaction with the alerts that came
 * in: a crash between the two means that those alerts are sent again, never that one is lost.
 */
import { AlertIndex } from './alert-index.ts'
import { readAlerts } from './alert-reader.ts'
import { type BacklogLimits, unlimitedBacklog } from './backlog.ts'
import { type Books, OutputCursor, type Settlement } from './cursor.ts'
import { Cursors } from './cursors.ts'
import { DeadLetters } from './dead-letters.ts'
import { checkIndex } from './index-check.ts'
import { loadCursors, loadIndex } from './index-loader.ts'
import type { CheckedRows } from './inspection.ts'
import type { AlertBatch, ReadRequest, SpooledAlert } from './records.ts'
import type { ReserveFile } from './reserve.ts'
import type { ChunkChange } from './settled-chunks.ts'
import { Shedder } from './shedder.ts'
import { corruptError, type DatabaseSize } from './spool-database.ts'
import { SpoolFile, type SpoolFileOptions } from './spool-file.ts'
import { deleteAlerts, deleteOutput, insertAlerts, writeCursors, writeSettled } from './spool-writes.ts'
import { SteadyTime, type SteadyTimeOptions } from './steady-time.ts'
import type { ThrottleWindow } from './throttle-windows.ts'

export interface SpoolStoreOptions extends SpoolFileOptions, SteadyTimeOptions {}

/**
 * A transaction deletes no more alerts than this, and from no more places in the file, so that none takes long: each
 * place is a page to be written.
 */
const deleteStep = { alerts: 5_000, runs: 1_000 }

export class SpoolStore {
  readonly shedder: Shedder
  readonly deadLetters: DeadLetters
  readonly #file: SpoolFile
  readonly #time: SteadyTime
  readonly #index = new AlertIndex()
  readonly #cursors = new Cursors(this.#index)
  /** Those of a transaction whose end is not known. */
  #commits = 0
  #uncertain: readonly AlertBatch[] = []

  /**
   * Takes the directory's lock and opens the spool in it; makes both where they are missing.
   *
   * @throws TercelError TERCEL_SPOOL when another process has it, or the file is corrupt or not ours.
   */
  constructor(options: SpoolStoreOptions) {
    this.#time = new SteadyTime(options)
    this.#file = new SpoolFile(options)
    this.deadLetters = new DeadLetters(this.#file)
    this.shedder = new Shedder(this.#index, this.#cursors)
    try {
      this.#load()
    } catch (error) {
      this.#file.close()
      throw error
    }
  }

  get file(): string {
    return this.#file.path
  }

  get reserve(): ReserveFile {
    return this.#file.reserve
  }

  get maxBytes(): number {
    return this.#file.maxBytes
  }

  /** The size of the file, and what keeps it small. */
  get size(): DatabaseSize {
    return this.#file.size
  }

  /** The newest accepted alert's seq; 0 before the first. */
  get head(): number {
    return this.#index.head
  }

  /** Milliseconds since the epoch as the ages of alerts are reckoned: without jumps. */
  get nowMs(): number {
    return this.#time.now()
  }

  /** How many transactions were committed since the start. */
  get commits(): number {
    return this.#commits
  }

  /** How many settlements only memory knows: what a crash now would send again. */
  get unwritten(): number {
    return this.#cursors.unwritten
  }

  /** How many alerts are in the file, and how long ago the oldest was accepted, in milliseconds. */
  get kept(): { readonly alerts: number; readonly oldestAlertMs: number } {
    return { alerts: this.#index.size, oldestAlertMs: this.#index.oldestMs(this.nowMs) }
  }

  get outputs(): string[] {
    return this.#cursors.names
  }

  get cursors(): Iterable<OutputCursor> {
    return this.#cursors.all
  }

  /** Whether alerts that nobody waits for, or more dead letters than may be, are still in the file. */
  get deletable(): boolean {
    return this.#index.idle > 0 || this.deadLetters.tooMany
  }

  /**
   * Adds an output, or finds it where it was left, and sets its limits. A new one waits for what comes from now on, or
   * for all that is kept.
   */
  register(name: string, from: 'now' | 'oldest', limits: BacklogLimits = unlimitedBacklog): void {
    if (!this.#cursors.has(name)) {
      const cursor = OutputCursor.at(this.#index, name, from)
      try {
        this.#file.sql.writeCursor.run({ ...cursor.toRow() })
      } catch (error) {
        this.#index.removeOutput(cursor.slot)
        throw error
      }
      this.#cursors.add(cursor)
    }
    this.#cursors.of(name).limits = limits
  }

  hasOutput(name: string): boolean {
    return this.#cursors.has(name)
  }

  /** Forgets an output; what only it waited for is deleted. Its dead letters stay. */
  unregister(name: string): void {
    this.#file.transaction(() => deleteOutput(this.#file.sql, name))
    this.#cursors.remove(name)
  }

  /**
   * Writes alerts, and all that was settled since the last commit, in one transaction. When it throws, nothing of it
   * counts and all of it may be committed again, after `reopen` where the failure was not a full disk.
   */
  commit(batches: readonly AlertBatch[]): void {
    const { sql } = this.#file
    const acceptedMs = this.#time.wall()
    const runs = this.#index.idleRuns(deleteStep.alerts, deleteStep.runs)
    let head = this.head
    const chunks: [OutputCursor, ChunkChange[]][] = []
    try {
      this.#file.transaction(() => {
        head = insertAlerts(sql, this.head, batches, acceptedMs)
        this.deadLetters.write(this.#cursors.dead, batches, acceptedMs)
        this.#cursors.windows.write(sql, batches)
        writeCursors(sql, this.#cursors, batches)
        for (const cursor of this.#cursors.all) chunks.push([cursor, writeSettled(sql, this.#index, cursor, runs)])
        deleteAlerts(sql, runs)
        if (head !== this.head) sql.setHead.run(head)
      })
    } catch (error) {
      this.#uncertain = batches
      throw error
    }
    this.#uncertain = []
    this.#cursors.written()
    this.deadLetters.committed()
    for (const [cursor, changes] of chunks) cursor.chunks.written(changes)
    this.#index.remove(runs)
    for (const { chunks } of this.#cursors.all) {
      for (const { firstSeq, lastSeq } of runs) chunks.deleted(firstSeq, lastSeq)
    }
    const bytes = batches.reduce((sum, { totalBytes }) => sum + totalBytes, 0)
    this.size.wrote(bytes, head - this.head)
    this.size.deleted(runs.length)
    this.#accept(batches)
    this.#commits += 1
  }

  /**
   * Opens the database anew after a failure and proves it sound. The transaction that failed may turn out to be there,
   * since it was whole in the WAL: true then, and its alerts are accepted. A commit is due after it: what the other one
   * has deleted is still in the index.
   */
  reopen(): boolean {
    this.#file.reopen()
    const head = this.#storedHead()
    if (head < this.head) throw corruptError(this.file, 'accepted alerts are missing from it')
    this.deadLetters.load()
    const uncertain = this.#uncertain
    this.#uncertain = []
    if (head === this.head) return false
    this.#accept(uncertain)
    return true
  }

  /** The next alerts that the output has not settled, oldest first. */
  read(output: string, request: ReadRequest): SpooledAlert[] {
    const cursor = this.#cursors.of(output)
    if (this.#cursors.tooManyDead) return []
    return readAlerts(this.#file, this.#index, cursor, request)
  }

  /** Marks alerts as done for an output; the next commit writes it. */
  settle(output: string, settlements: readonly Settlement[]): void {
    this.#cursors.settle(output, settlements)
  }

  /** The output's accounts, with what only memory knows yet. */
  books(output: string): Books {
    return this.#cursors.of(output).books(this.nowMs)
  }

  /** The output's throttle windows that are open, with what only memory knows yet. */
  windows(output: string): ThrottleWindow[] {
    return this.#cursors.windows.of(output, this.#file.sql)
  }

  /** Compares a step of the file with memory; all that was settled has to be written. */
  checkIndex(after: number): CheckedRows {
    const { sql } = this.#file
    return checkIndex({ index: this.#index, cursors: [...this.#cursors.all], sql, nowMs: this.nowMs }, after)
  }

  /** Closes the files. What was not committed is gone. */
  close(): void {
    this.#file.close()
  }

  #load(): void {
    const { sql } = this.#file
    this.#index.head = this.#storedHead()
    this.deadLetters.load()
    loadIndex(this.#index, sql, this.nowMs)
    loadCursors(this.#cursors, this.#index, sql)
  }

  #storedHead(): number {
    return Number(this.#file.sql.head.get()?.head)
  }

  #accept(batches: readonly AlertBatch[]): void {
    const acceptedMs = this.nowMs
    for (const batch of batches) this.#cursors.accept(batch, acceptedMs)
  }
}
