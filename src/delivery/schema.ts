/** The spool's tables, as migrations that run one after another; `user_version` counts those that have run. */
import type { DatabaseSync } from 'node:sqlite'
import { TercelError } from '../../base/errors.ts'

/** `terc`: marks the file as ours (PRAGMA application_id). */
const applicationId = 0x74657263

const migrations: readonly string[] = [
  `
  CREATE TABLE spool (
    id INTEGER PRIMARY KEY CHECK (id = 0),
    head INTEGER NOT NULL
  ) STRICT;
  INSERT INTO spool VALUES (0, 0);

  CREATE TABLE alerts (
    seq INTEGER PRIMARY KEY,
    severity INTEGER NOT NULL,
    rule TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;

  CREATE TABLE outputs (
    name TEXT PRIMARY KEY,
    start INTEGER NOT NULL,
    cursor INTEGER NOT NULL,
    settled_above TEXT NOT NULL,
    delivered INTEGER NOT NULL,
    dead INTEGER NOT NULL,
    shed INTEGER NOT NULL,
    filtered INTEGER NOT NULL,
    throttled INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    output TEXT NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    dead_ms INTEGER NOT NULL,
    json TEXT NOT NULL,
    UNIQUE (output, seq)
  ) STRICT;
  `
]

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
    throw new TercelError('TERCEL_SPOOL', `${file} is a database of another program: use another spool directory`)
  }
  const version = pragma(db, 'user_version')
  if (version === migrations.length) return
  if (version > migrations.length) {
    throw new TercelError(
      'TERCEL_SPOOL',
      `${file} was written by a newer tercel (schema ${version}, this one knows ${migrations.length}): run that version, or use another spool directory`
    )
  }
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(version)) db.exec(migration)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}; COMMIT`)
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
