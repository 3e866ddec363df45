/** Every SQL statement of the spool, prepared once per connection. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { alertTables } from './alert-tables.ts'
import { settlementKinds } from './cursor.ts'

const cursorColumns = ['name', 'start', 'cursor', ...settlementKinds]

/** What a dead letter takes in the file, about: its texts, its entry in the index, and 100 bytes. */
const deadLetterBytes =
  'octet_length(json) + octet_length(reason) + octet_length(rule) + 2 * octet_length(output) + 100'

const sources = {
  begin: 'BEGIN IMMEDIATE',
  beginRead: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  head: 'SELECT head FROM spool',
  setHead: 'UPDATE spool SET head = ?',
  outputs: `SELECT ${cursorColumns.join(', ')} FROM outputs`,
  writeCursor: `INSERT OR REPLACE INTO outputs (${cursorColumns.join(', ')})
    VALUES (${cursorColumns.map(name => `:${name}`).join(', ')})`,
  deleteOutput: 'DELETE FROM outputs WHERE name = ?',
  settled: 'SELECT chunk, bits FROM settled WHERE output = ?',
  writeSettled: 'INSERT OR REPLACE INTO settled (output, chunk, bits) VALUES (?, ?, ?)',
  deleteSettled: 'DELETE FROM settled WHERE output = ? AND chunk = ?',
  deleteAllSettled: 'DELETE FROM settled WHERE output = ?',
  addressed: 'SELECT seq FROM addressed ORDER BY seq',
  addressedTo: 'SELECT seq FROM addressed WHERE output = ? ORDER BY seq',
  insertAddressed: 'INSERT INTO addressed (seq, output) VALUES (?, ?)',
  deleteAddressed: 'DELETE FROM addressed WHERE seq BETWEEN ? AND ?',
  // Until they are deleted, its alerts are not to be taken for those that all wait for.
  addressToNobody: 'UPDATE addressed SET output = NULL WHERE output = ?',
  addressee: 'SELECT output FROM addressed WHERE seq = ?',
  settledChunk: 'SELECT bits FROM settled WHERE output = ? AND chunk = ?',
  alertKeys: 'SELECT seq, severity, bytes FROM alerts WHERE seq > ? ORDER BY seq LIMIT ?',
  alertRows: `SELECT seq, severity, rule, bytes, accepted_ms AS acceptedMs, json
    FROM alerts WHERE seq > ? ORDER BY seq LIMIT ?`,
  letterRows: `SELECT id, output, rule, severity, reason, attempts, dead_ms AS deadMs, json
    FROM dead_letters WHERE id > ? ORDER BY id LIMIT ?`,
  tables: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  windows: 'SELECT id, start_ms AS startMs, end_ms AS endMs, state FROM throttle_windows WHERE output = ?',
  writeWindow: 'INSERT OR REPLACE INTO throttle_windows (output, id, start_ms, end_ms, state) VALUES (?, ?, ?, ?, ?)',
  deleteWindow: 'DELETE FROM throttle_windows WHERE output = ? AND id = ?',
  deleteAllWindows: 'DELETE FROM throttle_windows WHERE output = ?',
  // An alert that was written as dead by a commit that seemed to fail is not written twice.
  insertDead: `INSERT OR IGNORE INTO dead_letters (output, reason, attempts, dead_ms, seq, rule, severity, json)
    SELECT ?, ?, ?, ?, seq, rule, severity, json FROM alerts WHERE seq = ? RETURNING ${deadLetterBytes} AS bytes`,
  deadSum: `SELECT count(*) AS count, coalesce(sum(${deadLetterBytes}), 0) AS bytes FROM dead_letters`,
  oldestDead: `SELECT id, ${deadLetterBytes} AS bytes FROM dead_letters ORDER BY id LIMIT ?`,
  deleteDeadUpTo: 'DELETE FROM dead_letters WHERE id <= ?',
  deleteDead: `DELETE FROM dead_letters WHERE id = ? RETURNING ${deadLetterBytes} AS bytes`,
  newestDead: 'SELECT coalesce(max(id), 0) AS id FROM dead_letters',
  deadLetterHeads: `SELECT id, output, rule, severity, reason, dead_ms AS deadMs, ${deadLetterBytes} AS bytes
    FROM dead_letters WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
  deadLetter: `SELECT id, output, rule, severity, reason, attempts, dead_ms AS deadMs, json
    FROM dead_letters WHERE id = ?`
} as const

/** One statement for each of `alertTables`. */
const tableSources = {
  insertAlert: (table: string) =>
    `INSERT INTO ${table} (seq, severity, rule, bytes, accepted_ms, json) VALUES (?, ?, ?, ?, ?, ?)`,
  deleteAlerts: (table: string) => `DELETE FROM ${table} WHERE seq BETWEEN ? AND ?`,
  readAlert: (table: string) => `SELECT seq, accepted_ms AS acceptedMs, bytes, json FROM ${table} WHERE seq = ?`,
  scanAlerts: (table: string) => `SELECT seq, severity, rule, bytes, accepted_ms FROM ${table} ORDER BY seq`
} as const

export type SpoolStatements = Readonly<Record<keyof typeof sources, StatementSync>> &
  Readonly<Record<keyof typeof tableSources, readonly StatementSync[]>>

export function prepareStatements(db: DatabaseSync): SpoolStatements {
  const single = Object.entries(sources).map(([name, sql]) => [name, db.prepare(sql)])
  const byTable = Object.entries(tableSources).map(([name, sql]) => [name, alertTables.map(t => db.prepare(sql(t)))])
  return Object.fromEntries([...single, ...byTable]) as SpoolStatements
}
