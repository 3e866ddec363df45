/** The database file of the spool: opening it safely, its size, and giving room back to the disk. */
import { closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, TercelError } from '../../base/errors.ts'
import { migrate, pragma } from './schema.ts'
import { sqliteFailure } from './sqlite-errors.ts'

const mib = 1024 * 1024

/** How long another connection is waited for, in milliseconds. */
const busyTimeout = 1_000

/** Pages that are given back at once. */
const vacuumPages = 256

/** Free pages below this stay in the file: they are used again soon. */
const vacuumThresholdBytes = 16 * mib

/** Of the database in a spool's directory. */
export function databasePath(directory: string): string {
  return join(directory, 'spool.db')
}

/**
 * Opens or makes the database: WAL, every commit synced, the newest schema.
 *
 * @throws TercelError TERCEL_SPOOL when the file is corrupt or not ours; the error of node:sqlite when the disk fails.
 */
export function openDatabase(file: string): DatabaseSync {
  // Made here for its mode, which the WAL and its index inherit.
  closeSync(openSync(file, 'a', 0o600))
  const db = new DatabaseSync(file, { timeout: busyTimeout })
  try {
    db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    // Checkpoints are ours to run: SQLite's own hide their errors.
    db.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY')
    migrate(db, file)
    return db
  } catch (error) {
    db.close()
    throw sqliteFailure(error) === 'corrupt' ? corruptError(file, error) : error
  }
}

export function corruptError(file: string, cause: unknown): TercelError {
  return new TercelError(
    'TERCEL_SPOOL',
    `${file} is damaged (${messageOf(cause)}): move its directory aside to start with an empty spool; \`sqlite3 ${file} .recover\` gets out what can be saved`,
    { cause }
  )
}

/** @param path of the spool or a file in it. */
export function diskFullError(path: string, cause: unknown): TercelError {
  return new TercelError('TERCEL_SPOOL', `the disk of the spool is full (${path}): make room on it`, { cause })
}

/**
 * Reads the whole database and checks its structure; for after a failed write, when it has to be proved sound.
 *
 * @throws TercelError TERCEL_SPOOL when it is not.
 */
export function verifyDatabase(db: DatabaseSync, file: string): void {
  const verdict = db.prepare('PRAGMA quick_check(1)').get()?.quick_check
  if (verdict !== 'ok') throw corruptError(file, String(verdict))
  // Rewrites what is in the WAL to the database and syncs it: what was only in the page cache is on disk after it.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** How much the file and its WAL grow by alerts at most, in bytes. */
export function footprint(bytes: number, count: number): number {
  // A page of 4 KB holds few alerts and is seldom full; the WAL has each page again, with a header.
  return 2 * (1.35 * bytes + 64 * count + 16 * 1024)
}

/** What a database takes on the disk, in bytes. */
export interface DatabaseParts {
  /** Used pages plus WAL: what counts against the limit. */
  readonly usedBytes: number
  /** Pages in use. */
  readonly pageBytes: number
  readonly walBytes: number
  /** Pages that are in the file and not in use. */
  readonly freeBytes: number
}

/** Measures an open database and keeps it small. */
export class DatabaseSize {
  readonly #db: DatabaseSync
  readonly #wal: string
  readonly #pageSize: number
  readonly #maxBytes: number
  readonly #checkpointBytes: number
  /**
   * What the WAL holds that the database does not have yet, at most. The file's size does not say it: it keeps its
   * length when it begins anew, which makes syncing it twice as fast.
   */
  #pendingBytes: number

  constructor(db: DatabaseSync, file: string, { maxBytes, reserveBytes }: { maxBytes: number; reserveBytes: number }) {
    this.#db = db
    this.#wal = `${file}-wal`
    this.#pageSize = pragma(db, 'page_size')
    this.#maxBytes = maxBytes
    // On a full disk the WAL has to find room in the database by what the reserve gives back.
    this.#checkpointBytes = Math.min(8 * mib, Math.floor(maxBytes / 16), Math.floor(reserveBytes / 2))
    db.exec(`PRAGMA journal_size_limit = ${this.#checkpointBytes}`)
    this.#pendingBytes = this.#walBytes
  }

  get #walBytes(): number {
    return statSync(this.#wal, { throwIfNoEntry: false })?.size ?? 0
  }

  get #freeBytes(): number {
    return pragma(this.#db, 'freelist_count') * this.#pageSize
  }

  get #pageBytes(): number {
    return pragma(this.#db, 'page_count') * this.#pageSize - this.#freeBytes
  }

  /** Used pages plus WAL, in bytes. */
  get usedBytes(): number {
    return this.#pageBytes + this.#walBytes
  }

  /** All that is taken on the disk, in bytes. */
  get parts(): DatabaseParts {
    const pageBytes = this.#pageBytes
    const walBytes = this.#walBytes
    return { usedBytes: pageBytes + walBytes, pageBytes, walBytes, freeBytes: this.#freeBytes }
  }

  /** What used pages and the WAL may still grow by under the limit, in bytes. The WAL's usual size counts as taken. */
  get room(): number {
    return this.#maxBytes - this.#pageBytes - Math.max(this.#walBytes, this.#checkpointBytes)
  }

  /** Notes a transaction that wrote so many bytes of so many alerts, and a few pages beside. */
  wrote(bytes: number, count: number): void {
    this.#pendingBytes += footprint(bytes, count) / 2
  }

  /** Notes that deleting, or giving room back, wrote so many pages. */
  deleted(pages: number): void {
    this.#pendingBytes += pages * this.#pageSize
  }

  /** Moves the WAL into the database once it has grown; then the next commit starts the WAL from its beginning. */
  checkpoint(): void {
    if (this.#pendingBytes < this.#checkpointBytes && this.#walBytes < 2 * this.#checkpointBytes) return
    const { busy, log, checkpointed } = this.#db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? {}
    // A reader of another connection can hold it up; then the next commit tries again.
    if (busy === 0 && log === checkpointed) this.#pendingBytes = 0
  }

  /** Gives a step of free pages back to the disk, if they are many. True when there is more to give. */
  vacuumIfMany(): boolean {
    if (this.#freeBytes < vacuumThresholdBytes) return false
    this.vacuumStep()
    return true
  }

  /** Gives a step of free pages back to the disk. Gives how many bytes it was. */
  vacuumStep(): number {
    const before = this.#freeBytes
    this.#db.exec(`PRAGMA incremental_vacuum(${vacuumPages})`)
    this.deleted(vacuumPages)
    return before - this.#freeBytes
  }

  /** Moves the WAL into the database and cuts both to the length that is needed; less, where a reader is in the way. */
  emptyWal(): void {
    this.#db.exec(`PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = ${busyTimeout}`)
    this.#pendingBytes = this.#walBytes
  }

  /** Empties the WAL and gives free pages back to the disk, however few. For a full disk. */
  shrink(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA incremental_vacuum(512); PRAGMA wal_checkpoint(TRUNCATE)')
    this.#pendingBytes = this.#walBytes
  }
}
