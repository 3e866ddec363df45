/** The spool's tables, as migrations that run one after another; `user_version` counts those that have run. */
import type { DatabaseSync } from 'node:sqlite'
import { TercelError } from '../../base/errors.ts'
import { createFirstTables } from './migrations/1-first-tables.ts'
import { divideByPriority } from './migrations/2-divide-by-priority.ts'
import { addressAlerts } from './migrations/3-address-alerts.ts'

/** `terc`: marks the file as ours (PRAGMA application_id). */
const applicationId = 0x74657263

/** Runs inside a transaction. What a released version has run does not change any more. */
export type Migration = (db: DatabaseSync) => void

const migrations: readonly Migration[] = [createFirstTables, divideByPriority, addressAlerts]

/** The value of a PRAGMA that is a number. */
export function pragma(db: DatabaseSync, name: string): number {
  return Number(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
}

/**
 * Brings an open database to the newest schema.
 *
 * @throws TercelError TERCEL_SPOOL when the file belongs to another program or to a newer tercel.
 */
export function migrate(db: DatabaseSync, file: string): void {
  const tables = Number(db.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count)
  if (tables > 0 && pragma(db, 'application_id') !== applicationId) {
    throw new TercelError('TERCEL_SPOOL', `${file} is a database of another program: name another spool.directory`)
  }
  const version = pragma(db, 'user_version')
  if (version === migrations.length) return
  if (version > migrations.length) {
    throw new TercelError(
      'TERCEL_SPOOL',
      `${file} was written by a newer tercel (schema ${version}, this one knows ${migrations.length}): run that version, or name another spool.directory`
    )
  }
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(version)) migration(db)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
  // A migration may write everything anew: left in the WAL, that would count as room that is taken.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}
