/**
 * The spool itself, synchronous: alerts in a row, a cursor for each output, dead letters. It knows no threads and no
 * time-outs; the worker around it decides when to commit and what to do when the disk fails.
 *
 * What outputs settle is kept in memory and written by the next commit, in one transaction with the alerts that came
 * in: a crash between the two means that those alerts are sent again, never that one is lost.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { type Books, type CursorRow, cursorWindow, OutputCursor, type Settlement } from './cursor.ts'
import { Cursors } from './cursors.ts'
import type { AlertBatch, DeadLetter, ReadRequest, SpooledAlert } from './records.ts'
import { ReserveFile } from './reserve.ts'
import { corruptError, DatabaseSize, openDatabase, verifyDatabase } from './spool-database.ts'
import { SpoolLock } from './spool-lock.ts'
import { prepareStatements, type SpoolStatements } from './spool-statements.ts'
import { sqliteFailure } from './sqlite-errors.ts'

export interface SpoolStoreOptions {
  readonly directory: string
  /** Limit for used pages plus WAL. */
  readonly maxBytes: number
  readonly reserveBytes: number
  readonly now?: () => number
  /** Opens the database file; tests put failing disks here. */
  readonly open?: (file: string) => DatabaseSync
}

/** A transaction deletes no more rows than this, so that none takes long. */
const deleteStep = 5_000

const maxReasonLength = 1_000

export class SpoolStore {
  readonly file: string
  readonly reserve: ReserveFile
  readonly maxBytes: number
  readonly #lock: SpoolLock
  readonly #now: () => number
  readonly #open: (file: string) => DatabaseSync
  readonly #cursors = new Cursors()
  #db!: DatabaseSync
  #size!: DatabaseSize
  #sql!: SpoolStatements
  #head = 0
  #oldest = 1
  /** The head that a failed transaction would have made, until a reopened database shows whether it did. */
  #uncertainHead: number | undefined

  /**
   * Takes the directory's lock and opens the spool in it; makes both where they are missing.
   *
   * @throws TercelError TERCEL_SPOOL when another process has it, or the file is corrupt or not ours.
   */
  constructor(options: SpoolStoreOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    this.file = join(options.directory, 'spool.db')
    this.maxBytes = options.maxBytes
    this.#now = options.now ?? Date.now
    this.#open = options.open ?? openDatabase
    this.#lock = new SpoolLock(options.directory)
    try {
      this.reserve = new ReserveFile(join(options.directory, 'reserve'), options.reserveBytes)
      this.#connectOnFullDisk()
      for (const row of this.#sql.outputs.all() as unknown as CursorRow[]) {
        this.#cursors.add(new OutputCursor(row))
      }
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  /** The newest accepted alert's seq; 0 before the first. */
  get head(): number {
    return this.#head
  }

  /** How many settlements only memory knows: what a crash now would send again. */
  get unwritten(): number {
    return this.#cursors.unwritten
  }

  get usedBytes(): number {
    return this.#size.usedBytes
  }

  get outputs(): string[] {
    return this.#cursors.names
  }

  /** Whether alerts that nobody waits for are still in the file. */
  get deletable(): boolean {
    return this.#oldest <= this.#cursors.lowest(this.#head)
  }

  /** Adds an output, or finds it where it was left. A new one waits for what comes from now on, or for all that is kept. */
  register(name: string, from: 'now' | 'oldest'): void {
    if (this.#cursors.names.includes(name)) return
    const cursor = OutputCursor.at(name, from === 'now' ? this.#head : this.#oldest - 1)
    this.#writeCursor(cursor)
    this.#cursors.add(cursor)
  }

  /** Forgets an output; what only it waited for is deleted. Its dead letters stay. */
  unregister(name: string): void {
    this.#sql.deleteOutput.run(name)
    this.#cursors.remove(name)
  }

  /** How much may be added under the limit, in bytes as `footprint` reckons them. */
  get room(): number {
    return this.#size.room
  }

  /**
   * Writes alerts, and all that was settled since the last commit, in one transaction. When it throws, nothing of it
   * counts and all of it may be committed again, after `reopen` where the failure was not a full disk.
   */
  commit(batches: readonly AlertBatch[]): void {
    const now = this.#now()
    const lowest = Math.min(this.#cursors.lowest(this.#head), this.#oldest + deleteStep - 1)
    const before = this.#head
    let head = before
    this.#sql.begin.run()
    try {
      for (const { texts, severities, rules, bytes } of batches) {
        for (let i = 0; i < texts.length; i += 1) {
          head += 1
          this.#sql.insertAlert.run(head, severities[i]!, rules[i]!, bytes[i]!, now, texts[i]!)
        }
      }
      for (const { output, settlement } of this.#cursors.dead) {
        const reason = settlement.reason.slice(0, maxReasonLength)
        this.#sql.insertDead.run(output, reason, settlement.attempts, now, settlement.seq)
      }
      for (const cursor of this.#cursors.changed) this.#writeCursor(cursor)
      if (lowest >= this.#oldest) this.#sql.deleteAlerts.run(lowest)
      if (head !== before) this.#sql.setHead.run(head)
      this.#sql.commit.run()
    } catch (error) {
      this.#uncertainHead = head
      if (this.#db.isTransaction) this.#sql.rollback.run()
      throw error
    }
    this.#head = head
    this.#uncertainHead = undefined
    this.#cursors.written()
    const bytes = batches.reduce((sum, { totalBytes }) => sum + totalBytes, 0)
    this.#size.wrote(bytes, head - before)
    this.#oldest = Math.max(this.#oldest, lowest + 1)
  }

  /**
   * Opens the database anew after a failure and proves it sound. The transaction that failed may turn out to be there,
   * since it was whole in the WAL: true then, and its alerts are accepted.
   */
  reopen(): boolean {
    const uncertain = this.#uncertainHead
    const before = this.#head
    this.#disconnect()
    try {
      this.#connect()
      verifyDatabase(this.#db, this.file)
    } catch (error) {
      this.#head = before
      throw sqliteFailure(error) === 'corrupt' ? corruptError(this.file, error) : error
    }
    if (this.#head < before) throw corruptError(this.file, 'accepted alerts are missing from it')
    const there = uncertain !== undefined && uncertain !== before && this.#head === uncertain
    this.#uncertainHead = undefined
    return there
  }

  /** The next alerts that the output has not settled, oldest first. */
  read(output: string, { after, maxCount, maxBytes }: ReadRequest): SpooledAlert[] {
    const cursor = this.#cursors.of(output)
    const found: SpooledAlert[] = []
    const start = Math.max(after, cursor.cursor)
    const end = Math.min(this.#head, cursor.cursor + cursorWindow)
    if (start >= end || this.#cursors.tooManyDead) return found
    let bytes = 0
    for (const row of this.#sql.read.iterate(start, end) as Iterable<unknown> as Iterable<SpooledAlert>) {
      if (cursor.isSettled(row.seq)) continue
      bytes += row.bytes
      if (found.length > 0 && bytes > maxBytes) break
      found.push(row)
      if (found.length >= maxCount) break
    }
    return found
  }

  /** Marks alerts as done for an output; the next commit writes it. */
  settle(output: string, settlements: readonly Settlement[]): void {
    this.#cursors.settle(output, settlements, this.#head)
  }

  /**
   * Gives up the oldest alerts, as shed, for the outputs that are furthest behind, so that the next commit can delete
   * them. Others lose nothing: it goes no further than the next cursor, even if that frees less than `bytes`. An alert
   * that a lane is sending may be among them; what comes of it does not count any more.
   */
  shed(bytes: number, onShed: (output: string, severity: number) => void): void {
    const { outputs, upTo } = this.#cursors.furthestBehind(this.#head)
    const lowest = this.#cursors.lowest(this.#head)
    let freed = 0
    for (const row of this.#sql.oldestAlerts.iterate(lowest, upTo, deleteStep)) {
      if (freed >= bytes) break
      freed += Number(row.bytes)
      for (const output of outputs) {
        if (this.#cursors.shed(output, Number(row.seq))) onShed(output.name, Number(row.severity))
      }
    }
  }

  /** The output's accounts, with what only memory knows yet. */
  books(output: string): Books {
    return this.#cursors.of(output).books(this.#head)
  }

  /** Dead letters that are written, oldest first. */
  deadLetters(limit: number): DeadLetter[] {
    return this.#sql.deadLetters.all(limit) as unknown as DeadLetter[]
  }

  /** Copies a grown WAL into the database. */
  checkpoint(): void {
    this.#size.checkpoint()
  }

  /** Gives free pages back to the disk, a step at a time. True when there is more to give. */
  vacuumStep(): boolean {
    return this.#size.vacuumStep()
  }

  /** On a full disk: gives back what can be given. */
  shrink(): void {
    this.#size.shrink()
  }

  /** Closes the files. What was not committed is gone. */
  close(): void {
    this.#disconnect()
    this.#lock.release()
  }

  #writeCursor(cursor: OutputCursor): void {
    this.#sql.writeCursor.run({ ...cursor.toRow() })
  }

  #disconnect(): void {
    try {
      this.#db.close()
    } catch {
      // An attempt to reopen it had closed it, and could not go on.
    }
  }

  #connectOnFullDisk(): void {
    try {
      this.#connect()
    } catch (error) {
      if (sqliteFailure(error) !== 'full') throw error
      this.reserve.release()
      this.#connect()
    }
  }

  #connect(): void {
    this.#db = this.#open(this.file)
    this.#size = new DatabaseSize(this.#db, this.file, { maxBytes: this.maxBytes, reserveBytes: this.reserve.bytes })
    this.#sql = prepareStatements(this.#db)
    this.#head = Number((this.#sql.head.get() as { head: number }).head)
    this.#oldest = Number((this.#sql.oldest.get() as { oldest: number | null }).oldest ?? this.#head + 1)
  }
}
