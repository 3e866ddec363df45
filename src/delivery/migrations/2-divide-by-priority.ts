/**
 * Schema 2: a table of alerts for each priority and one for tercel's own reports, and what was settled out of order as
 * bits in chunks of 8,192 alerts. `alerts` is all tables together, for whoever looks.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Migration } from '../schema.ts'

const tables = [
  'alerts_emergency',
  'alerts_alert',
  'alerts_critical',
  'alerts_error',
  'alerts_warning',
  'alerts_notice',
  'alerts_informational',
  'alerts_debug',
  'alerts_internal'
]

const chunkSize = 8_192

export const divideByPriority: Migration = db => {
  const columns = 'seq, severity, rule, bytes, accepted_ms, json'
  for (const [severity, table] of tables.entries()) {
    db.exec(`
      CREATE TABLE ${table} (
        seq INTEGER PRIMARY KEY,
        severity INTEGER NOT NULL,
        rule TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        accepted_ms INTEGER NOT NULL,
        json TEXT NOT NULL
      ) STRICT;
      INSERT INTO ${table} SELECT ${columns} FROM alerts WHERE severity = ${severity} ORDER BY seq;
    `)
  }
  db.exec(`
    DROP TABLE alerts;
    CREATE VIEW alerts AS ${tables.map(table => `SELECT ${columns} FROM ${table}`).join(' UNION ALL ')};

    CREATE TABLE settled (
      output TEXT NOT NULL,
      chunk INTEGER NOT NULL,
      bits BLOB NOT NULL,
      PRIMARY KEY (output, chunk)
    ) STRICT, WITHOUT ROWID;
  `)
  convertSettled(db)
  db.exec('ALTER TABLE outputs DROP COLUMN settled_above')
}

/** Inclusive ranges as JSON, such as `[[5,6],[9,9]]`, become bits. */
function convertSettled(db: DatabaseSync): void {
  const insert = db.prepare('INSERT INTO settled (output, chunk, bits) VALUES (?, ?, ?)')
  for (const { name, settled_above } of db.prepare('SELECT name, settled_above FROM outputs').all()) {
    const chunks = new Map<number, Uint8Array>()
    for (const [first, last] of JSON.parse(String(settled_above)) as [number, number][]) {
      for (let seq = first; seq <= last; seq += 1) {
        const chunk = Math.floor(seq / chunkSize)
        const bits = chunks.get(chunk) ?? new Uint8Array(chunkSize / 8)
        bits[(seq % chunkSize) >>> 3]! |= 1 << (seq & 7)
        chunks.set(chunk, bits)
      }
    }
    for (const [chunk, bits] of chunks) insert.run(name ?? null, chunk, bits)
  }
}
