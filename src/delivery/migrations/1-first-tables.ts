/** Schema 1: alerts in a row, a cursor for each output with what it settled above as JSON, dead letters. */
import type { Migration } from '../schema.ts'

export const createFirstTables: Migration = db => {
  db.exec(`
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
  `)
}
