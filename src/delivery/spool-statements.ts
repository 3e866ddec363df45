/** Every SQL statement of the spool, prepared once per connection. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { settlementKinds } from './cursor.ts'

const cursorColumns = ['name', 'start', 'cursor', 'settled_above', ...settlementKinds]

const sources = {
  begin: 'BEGIN IMMEDIATE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  head: 'SELECT head FROM spool',
  setHead: 'UPDATE spool SET head = ?',
  oldest: 'SELECT min(seq) AS oldest FROM alerts',
  insertAlert: 'INSERT INTO alerts (seq, severity, rule, bytes, accepted_ms, json) VALUES (?, ?, ?, ?, ?, ?)',
  deleteAlerts: 'DELETE FROM alerts WHERE seq <= ?',
  read: `SELECT seq, accepted_ms AS acceptedMs, bytes, json FROM alerts WHERE seq > ? AND seq <= ? ORDER BY seq`,
  oldestAlerts: 'SELECT seq, severity, bytes FROM alerts WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  outputs: `SELECT ${cursorColumns.join(', ')} FROM outputs`,
  writeCursor: `INSERT OR REPLACE INTO outputs (${cursorColumns.join(', ')})
    VALUES (${cursorColumns.map(name => `:${name}`).join(', ')})`,
  deleteOutput: 'DELETE FROM outputs WHERE name = ?',
  // An alert that was written as dead by a commit that seemed to fail is not written twice.
  insertDead: `INSERT OR IGNORE INTO dead_letters (output, reason, attempts, dead_ms, seq, json)
    SELECT ?, ?, ?, ?, seq, json FROM alerts WHERE seq = ?`,
  deadLetters: `SELECT id, output, reason, attempts, dead_ms AS deadMs, json FROM dead_letters ORDER BY id LIMIT ?`
} as const

export type SpoolStatements = Readonly<Record<keyof typeof sources, StatementSync>>

export function prepareStatements(db: DatabaseSync): SpoolStatements {
  const entries = Object.entries(sources).map(([name, sql]) => [name, db.prepare(sql)])
  return Object.fromEntries(entries) as SpoolStatements
}
