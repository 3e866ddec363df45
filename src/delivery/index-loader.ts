/** Fills the index from the file when the spool is opened. Takes some seconds for a million alerts. */
import type { AlertIndex } from './alert-index.ts'
import { alertTables, isInternalTable } from './alert-tables.ts'
import type { SpoolStatements } from './spool-statements.ts'

interface StoredAlert {
  readonly seq: number
  readonly severity: number
  readonly rule: string
  readonly bytes: number
  readonly acceptedMs: number
  readonly internal: boolean
}

/** @param nowMs an alert that seems to be of a later time was accepted before the clock was set back: it is young. */
export function loadIndex(index: AlertIndex, sql: SpoolStatements, nowMs: number): void {
  for (const alert of inOrder(alertTables.map((_, table) => scan(sql, table)))) {
    index.append({ ...alert, acceptedMs: Math.min(alert.acceptedMs, nowMs) }, alert.rule)
  }
}

function* scan(sql: SpoolStatements, table: number): Generator<StoredAlert> {
  const internal = isInternalTable(table)
  for (const row of sql.scanAlerts[table]!.iterate()) {
    yield { ...(row as unknown as Omit<StoredAlert, 'internal'>), internal }
  }
}

/** What several tables hold, each in order, as one. */
function* inOrder(tables: Generator<StoredAlert>[]): Generator<StoredAlert> {
  const next = tables.map(table => table.next().value as StoredAlert | undefined)
  for (;;) {
    let first = -1
    for (let table = 0; table < next.length; table += 1) {
      const seq = next[table]?.seq
      if (seq !== undefined && (first === -1 || seq < next[first]!.seq)) first = table
    }
    if (first === -1) return
    yield next[first]!
    next[first] = tables[first]!.next().value as StoredAlert | undefined
  }
}
