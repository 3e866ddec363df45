/** What a commit writes, inside its transaction: new alerts, where outputs stand, and what can go. */
import type { AlertIndex, IdleRun } from './alert-index.ts'
import { alertTables, tableOf } from './alert-tables.ts'
import type { OutputCursor } from './cursor.ts'
import type { Cursors } from './cursors.ts'
import type { AlertBatch } from './records.ts'
import { type ChunkChange, encodeSettled } from './settled-chunks.ts'
import type { SpoolStatements } from './spool-statements.ts'

/** Writes alerts after `head`. Gives the new head. */
export function insertAlerts(
  sql: SpoolStatements,
  head: number,
  batches: readonly AlertBatch[],
  acceptedMs: number
): number {
  let seq = head
  for (const { texts, severities, rules, internal, bytes, address } of batches) {
    for (let i = 0; i < texts.length; i += 1) {
      seq += 1
      if (address !== undefined) sql.insertAddressed.run(seq, address.output)
      const table = tableOf(severities[i]!, internal[i]!)
      sql.insertAlert[table]!.run(seq, severities[i]!, rules[i]!, bytes[i]!, acceptedMs, texts[i]!)
    }
  }
  return seq
}

/** Writes where outputs stand: those that have settled something, or all that have alerts of others to pass. */
export function writeCursors(sql: SpoolStatements, cursors: Cursors, batches: readonly AlertBatch[]): void {
  const addressed = batches.filter(({ address }) => address !== undefined)
  for (const cursor of addressed.length > 0 ? cursors.all : cursors.changed) {
    const others = addressed.filter(({ address }) => address?.output !== cursor.name)
    sql.writeCursor.run({ ...cursor.toRow(others.reduce((sum, { texts }) => sum + texts.length, 0)) })
  }
}

/**
 * Writes the chunks of an output that have changed.
 *
 * @param deleted what is deleted with the same commit, which needs no bits.
 */
export function writeSettled(
  sql: SpoolStatements,
  index: AlertIndex,
  { name, slot, cursor, chunks }: OutputCursor,
  deleted: readonly IdleRun[]
): ChunkChange[] {
  const deletedTo = deleted.at(-1)?.lastSeq ?? 0
  const changes = chunks.changes(cursor, chunk => encodeSettled(index, slot, { chunk, cursor, deletedTo }))
  for (const { chunk, bits } of changes) {
    if (bits === undefined) sql.deleteSettled.run(name, chunk)
    else sql.writeSettled.run(name, chunk, bits)
  }
  return changes
}

export function deleteAlerts(sql: SpoolStatements, runs: readonly IdleRun[]): void {
  for (const { firstSeq, lastSeq, tables, addressed } of runs) {
    if (addressed) sql.deleteAddressed.run(firstSeq, lastSeq)
    for (let table = 0; table < alertTables.length; table += 1) {
      if ((tables >>> table) & 1) sql.deleteAlerts[table]!.run(firstSeq, lastSeq)
    }
  }
}

/** Deletes all that is known of an output. Its alerts stay, and nobody waits for them. */
export function deleteOutput(sql: SpoolStatements, name: string): void {
  sql.deleteOutput.run(name)
  sql.deleteAllSettled.run(name)
  sql.deleteAllWindows.run(name)
  sql.addressToNobody.run(name)
}
