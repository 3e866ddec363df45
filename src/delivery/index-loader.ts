/** Fills the index from the file when the spool is opened. Takes some seconds for a million alerts. */
import type { AlertIndex } from './alert-index.ts'
import { alertTables, isInternalTable } from './alert-tables.ts'
import type { SpoolStatements } from './spool-statements.ts'

/** Seq, severity, rule, bytes, and milliseconds since the epoch. */
type Row = readonly [number, number, string, number, number]

/** @param nowMs an alert that seems to be of a later time was accepted before the clock was set back: it is young. */
export function loadIndex(index: AlertIndex, sql: SpoolStatements, nowMs: number): void {
  const tables = alertTables.map((_, table) => {
    const scan = sql.scanAlerts[table]!
    // Objects would take half as long again.
    scan.setReturnArrays(true)
    return scan.iterate() as unknown as Iterator<Row, null>
  })
  // Each table is in order: the oldest of their next rows is the next of all.
  const next = tables.map(table => table.next().value)
  for (;;) {
    let first = -1
    for (let table = 0; table < next.length; table += 1) {
      const row = next[table]
      if (row !== null && row !== undefined && (first === -1 || row[0] < next[first]![0])) first = table
    }
    if (first === -1) return
    const [seq, severity, rule, bytes, acceptedMs] = next[first]!
    const alert = { seq, severity, internal: isInternalTable(first), bytes, acceptedMs: Math.min(acceptedMs, nowMs) }
    index.append(alert, rule)
    next[first] = tables[first]!.next().value
  }
}
