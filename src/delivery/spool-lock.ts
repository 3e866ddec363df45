/**
 * One process per spool directory. The lock is SQLite's own on a small database beside the spool: a POSIX record lock,
 * so the kernel takes it back when the process dies, however it dies.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TercelError } from '../../base/errors.ts'
import { isBusy } from './sqlite-errors.ts'

export class SpoolLock {
  readonly #db: DatabaseSync

  /** @throws TercelError TERCEL_SPOOL when another process holds the directory. */
  constructor(directory: string) {
    this.#db = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 })
    try {
      this.#db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    } catch (error) {
      this.#db.close()
      if (!isBusy(error)) throw error
      throw new TercelError(
        'TERCEL_SPOOL',
        `${directory} is in use by another tercel: stop it, or give this one a spool.directory of its own`,
        { cause: error }
      )
    }
  }

  release(): void {
    this.#db.close()
  }
}
