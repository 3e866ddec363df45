/** Fills the index from the file when the spool is opened, then the cursors. Takes some seconds for a million alerts. */
import type { AlertIndex } from './alert-index.ts'
import { alertTables, isInternalTable } from './alert-tables.ts'
import { type CursorRow, OutputCursor } from './cursor.ts'
import type { Cursors } from './cursors.ts'
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
  const addressed = sql.addressed.iterate()
  let nextAddressed = addressed.next().value?.seq
  for (;;) {
    let first = -1
    for (let table = 0; table < next.length; table += 1) {
      const row = next[table]
      if (row !== null && row !== undefined && (first === -1 || row[0] < next[first]![0])) first = table
    }
    if (first === -1) return
    const [seq, severity, rule, bytes, acceptedMs] = next[first]!
    const isAddressed = seq === nextAddressed
    if (isAddressed) nextAddressed = addressed.next().value?.seq
    const alert = {
      seq,
      severity,
      internal: isInternalTable(first),
      bytes,
      acceptedMs: Math.min(acceptedMs, nowMs),
      addressed: isAddressed
    }
    index.append(alert, rule)
    next[first] = tables[first]!.next().value
  }
}

/** To be called once the index is full. */
export function loadCursors(cursors: Cursors, index: AlertIndex, sql: SpoolStatements): void {
  for (const row of sql.outputs.all() as unknown as CursorRow[]) {
    const settled = sql.settled.all(row.name).map(({ chunk, bits }) => [Number(chunk), bits as Uint8Array] as const)
    const addressed = sql.addressedTo.iterate(row.name).map(({ seq }) => Number(seq))
    cursors.add(new OutputCursor(index, row, new Map(settled), addressed))
  }
}
