/** Whether the file and what memory knows of it are the same, step by step: for whoever asks, with all written. */
import type { AlertIndex } from './alert-index.ts'
import type { OutputCursor } from './cursor.ts'
import { settlementKinds } from './cursor.ts'
import type { CheckedRows } from './inspection.ts'
import type { SpoolStatements } from './spool-statements.ts'
import { waitingReader } from './waiting-reader.ts'

/** Alerts that are looked at in a step: some milliseconds. */
const stepAlerts = 1_000

interface IndexCheck {
  readonly index: AlertIndex
  readonly cursors: readonly OutputCursor[]
  readonly sql: SpoolStatements
  readonly nowMs: number
}

/** Compares alerts after `after`, and with the last ones the books of all outputs. */
export function checkIndex({ index, cursors, sql, nowMs }: IndexCheck, after: number): CheckedRows {
  const rows = sql.alertKeys.all(after, stepAlerts)
  const done = rows.length < stepAlerts
  const last = done ? index.head : Number(rows.at(-1)?.seq)
  const known = new Map<number, string>()
  index.eachPresent(after, last, (segment, at) => {
    const waiting = cursors.filter(({ slot }) => segment.waits(slot, at)).map(({ name }) => name)
    known.set(segment.seqAt(at), describe(segment.severityAt(at), segment.bytesAt(at), waiting))
  })
  const problems: string[] = []
  const waitingFor = waitingReader(sql)
  for (const row of rows) {
    const seq = Number(row.seq)
    const inFile = describe(Number(row.severity), Number(row.bytes), waitingFor(seq))
    const inMemory = known.get(seq)
    if (inMemory === undefined) problems.push(`alert ${seq} is in the file, and memory does not know it`)
    else if (inMemory !== inFile) problems.push(`alert ${seq} is ${inFile} in the file, and ${inMemory} in memory`)
    known.delete(seq)
  }
  for (const seq of known.keys()) problems.push(`alert ${seq} is missing from the file`)
  if (done) problems.push(...checkBooks(cursors, sql, nowMs))
  return { count: rows.length, after: last, done, problems }
}

function describe(severity: number, bytes: number, waiting: readonly string[]): string {
  return `of severity ${severity} and ${bytes} bytes, awaited by ${[...waiting].sort().join(', ') || 'nobody'}`
}

function checkBooks(cursors: readonly OutputCursor[], sql: SpoolStatements, nowMs: number): string[] {
  const rows = new Map(sql.outputs.all().map(row => [String(row.name), row]))
  return cursors.flatMap(cursor => {
    const row = rows.get(cursor.name)
    if (row === undefined) return [`output ${cursor.name} is missing from the file`]
    const kept = cursor.toRow()
    const differing = [...settlementKinds, 'start' as const].filter(kind => row[kind] !== kept[kind])
    const books = cursor.books(nowMs)
    const settled = settlementKinds.reduce((sum, kind) => sum + books[kind], 0)
    const balance = books.accepted - settled - books.waiting
    return [
      ...differing.map(
        kind => `output ${cursor.name}: ${kind} is ${row[kind]} in the file, and ${kept[kind]} in memory`
      ),
      ...(balance === 0 ? [] : [`output ${cursor.name}: its books do not balance, by ${balance} alerts`])
    ]
  })
}
