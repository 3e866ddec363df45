/** The spool's directory while it is open: its lock, its reserve, and the database with its statements. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { ReserveFile } from './reserve.ts'
import { corruptError, DatabaseSize, databasePath, openDatabase, verifyDatabase } from './spool-database.ts'
import { SpoolLock } from './spool-lock.ts'
import { prepareStatements, type SpoolStatements } from './spool-statements.ts'
import { sqliteFailure } from './sqlite-errors.ts'

export interface SpoolFileOptions {
  readonly directory: string
  /** Limit for used pages plus WAL. */
  readonly maxBytes: number
  readonly reserveBytes: number
  /** Opens the database file; tests put failing disks here. */
  readonly open?: (file: string) => DatabaseSync
}

export class SpoolFile {
  readonly path: string
  readonly reserve: ReserveFile
  readonly maxBytes: number
  readonly #lock: SpoolLock
  readonly #open: (file: string) => DatabaseSync
  #db!: DatabaseSync
  #size!: DatabaseSize
  #sql!: SpoolStatements

  /**
   * Takes the directory's lock and opens the database in it; makes both where they are missing.
   *
   * @throws TercelError TERCEL_SPOOL when another process has it, or the file is corrupt or not ours.
   */
  constructor(options: SpoolFileOptions) {
    mkdirSync(options.directory, { recursive: true, mode: 0o700 })
    this.path = databasePath(options.directory)
    this.maxBytes = options.maxBytes
    this.#open = options.open ?? openDatabase
    this.#lock = new SpoolLock(options.directory)
    try {
      this.reserve = new ReserveFile(join(options.directory, 'reserve'), options.reserveBytes)
      this.#connectOnFullDisk()
    } catch (error) {
      this.#lock.release()
      throw error
    }
  }

  get sql(): SpoolStatements {
    return this.#sql
  }

  get size(): DatabaseSize {
    return this.#size
  }

  /** Does something in one transaction: all of it or nothing. */
  transaction(write: () => void): void {
    this.#sql.begin.run()
    try {
      write()
      this.#sql.commit.run()
    } catch (error) {
      if (this.#db.isTransaction) this.#sql.rollback.run()
      throw error
    }
  }

  /** Reads several times from one state of the file; the lock is taken once, which costs more than a row. */
  snapshot<T>(read: () => T): T {
    this.#sql.beginRead.run()
    try {
      return read()
    } finally {
      if (this.#db.isTransaction) this.#sql.rollback.run()
    }
  }

  /** Opens the database anew after a failure and proves it sound. */
  reopen(): void {
    this.#disconnect()
    try {
      this.#connect()
      verifyDatabase(this.#db, this.path)
    } catch (error) {
      throw sqliteFailure(error) === 'corrupt' ? corruptError(this.path, error) : error
    }
  }

  close(): void {
    this.#disconnect()
    this.#lock.release()
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
    this.#db = this.#open(this.path)
    this.#size = new DatabaseSize(this.#db, this.path, { maxBytes: this.maxBytes, reserveBytes: this.reserve.bytes })
    this.#sql = prepareStatements(this.#db)
  }
}
