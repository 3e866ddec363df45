/** The short reads of whoever looks into the spool's file, each of one state of it. */

import type { DatabaseSync } from 'node:sqlite'
import { messageOf } from '../../base/errors.ts'
import { printableJson, printableText } from '../../base/printable.ts'
import { priorities } from '../../rules/alert.ts'
import { wildcardMatcher } from '../../rules/engine/switches.ts'
import { shapeProblem } from './alert-shape.ts'
import type { CheckedRows, ExportOptions, ExportPage, InspectorRequestName, InspectorRequests } from './inspection.ts'
import { prepareStatements, type SpoolStatements } from './spool-statements.ts'
import { sqliteFailure } from './sqlite-errors.ts'
import { waitingReader } from './waiting-reader.ts'

/** A step reads up to so many rows, and no further once it has so much JSON. */
const stepRows = 1_000
const stepLength = 1024 * 1024

interface Row {
  readonly severity: number
  readonly rule: string
  readonly json: string
}

interface AlertRow extends Row {
  readonly seq: number
  readonly bytes: number
  readonly acceptedMs: number
}

interface LetterRow extends Row {
  readonly id: number
  readonly output: string
  readonly reason: string
  readonly attempts: number
  readonly deadMs: number
}

type Steps = {
  [Name in InspectorRequestName]: (give: InspectorRequests[Name]['give']) => InspectorRequests[Name]['get']
}

/** @param db a connection that only reads. */
export function inspectorSteps(db: DatabaseSync): Steps {
  const sql = prepareStatements(db)
  const inOneState = <T>(read: () => T): T => {
    sql.beginRead.run()
    try {
      return read()
    } finally {
      sql.rollback.run()
    }
  }
  return {
    exportAlerts: ({ options, after }) => inOneState(() => exportAlerts(sql, options, after)),
    exportDeadLetters: ({ options, after }) => exportDeadLetters(sql, options, after),
    tables: () => sql.tables.all().map(({ name }) => String(name)),
    checkTable: ({ table }) => checkTable(db, table),
    checkAlerts: ({ after }) => asFarAsItGoes(() => checkAlerts(sql, after)),
    checkDeadLetters: ({ after }) => asFarAsItGoes(() => checkDeadLetters(sql, after))
  }
}

/** Where a page is damaged, that is what a check has found. */
function asFarAsItGoes(check: () => CheckedRows): CheckedRows {
  try {
    return check()
  } catch (error) {
    if (sqliteFailure(error) !== 'corrupt') throw error
    const problems = [printableText(`the file cannot be read any further: ${messageOf(error)}`)]
    return { count: 0, after: 0, done: true, problems }
  }
}

/** Visits rows until the step is done. */
function visitSome<T extends Row>(rows: Iterable<T>, idOf: (row: T) => number, visit: (row: T) => void) {
  let count = 0
  let length = 0
  let after = 0
  let done = true
  for (const row of rows) {
    visit(row)
    count += 1
    length += row.json.length
    after = idOf(row)
    done = count < stepRows && length < stepLength
    if (!done) break
  }
  return { count, after, done }
}

function visitAlerts(sql: SpoolStatements, after: number, visit: (row: AlertRow) => void) {
  return visitSome(sql.alertRows.iterate(after, stepRows) as unknown as Iterable<AlertRow>, ({ seq }) => seq, visit)
}

function visitDeadLetters(sql: SpoolStatements, after: number, visit: (row: LetterRow) => void) {
  return visitSome(sql.letterRows.iterate(after, stepRows) as unknown as Iterable<LetterRow>, ({ id }) => id, visit)
}

function exportAlerts(sql: SpoolStatements, options: ExportOptions, start: number): ExportPage {
  const lines: string[] = []
  const waitingFor = waitingReader(sql)
  const fits = rowMatcher(options)
  const { after, done } = visitAlerts(sql, start, row => {
    const { seq, acceptedMs, json } = row
    if (!fits(row, acceptedMs)) return
    const outputs = waitingFor(seq)
    if (options.output !== undefined && !outputs.includes(options.output)) return
    lines.push(printableJson({ seq, accepted: isoTime(acceptedMs), waiting_for: outputs, ...parsed(json) }))
  })
  return { lines, after, done }
}

function exportDeadLetters(sql: SpoolStatements, options: ExportOptions, start: number): ExportPage {
  const lines: string[] = []
  const fits = rowMatcher(options)
  const { after, done } = visitDeadLetters(sql, start, row => {
    const { id, output, reason, attempts, deadMs, json } = row
    if (!fits(row, deadMs) || (options.output ?? output) !== output) return
    lines.push(printableJson({ dead_letter: id, died: isoTime(deadMs), output, reason, attempts, ...parsed(json) }))
  })
  return { lines, after, done }
}

function checkTable(db: DatabaseSync, table: string): string[] {
  const found = db.prepare(`PRAGMA integrity_check("${table.replaceAll('"', '""')}")`).all()
  const texts = found.map(row => String(row.integrity_check))
  return texts.filter(text => text !== 'ok').map(text => printableText(`table ${table}: ${text}`))
}

function checkAlerts(sql: SpoolStatements, start: number): CheckedRows {
  const problems: string[] = []
  const rest = visitAlerts(sql, start, row => {
    const sizeProblem = Buffer.byteLength(row.json) === row.bytes ? undefined : 'its size is wrong'
    const problem = problemOf(row) ?? sizeProblem
    if (problem !== undefined) problems.push(`alert ${row.seq}: ${problem}`)
  })
  return { ...rest, problems }
}

function checkDeadLetters(sql: SpoolStatements, start: number): CheckedRows {
  const problems: string[] = []
  const rest = visitDeadLetters(sql, start, row => {
    const problem = problemOf(row)
    if (problem !== undefined) problems.push(`dead letter ${row.id}: ${problem}`)
  })
  return { ...rest, problems }
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function rowMatcher({ rule, maxSeverity = 7, sinceMs, untilMs }: ExportOptions) {
  const isRule = rule === undefined ? () => true : wildcardMatcher(rule)
  return (row: Row, timeMs: number): boolean =>
    row.severity <= maxSeverity &&
    timeMs >= (sinceMs ?? Number.NEGATIVE_INFINITY) &&
    timeMs < (untilMs ?? Number.POSITIVE_INFINITY) &&
    isRule(row.rule)
}

/** The alert as it was spooled; of a damaged one its text. */
function parsed(json: string): { alert: unknown; damaged?: string } {
  try {
    return { alert: JSON.parse(json) }
  } catch {
    return { alert: null, damaged: json }
  }
}

/** What keeps a row from being an alert that an output could send. */
function problemOf({ json, rule, severity }: Row): string | undefined {
  let alert: unknown
  try {
    alert = JSON.parse(json)
  } catch (error) {
    return printableText(`its JSON is damaged: ${messageOf(error)}`)
  }
  const problem = shapeProblem(alert)
  if (problem !== undefined) return problem
  const fields = alert as Record<string, unknown>
  if (fields.rule !== rule) return 'its rule is another than the one it is found by'
  if (fields.priority !== priorities[severity]) return 'its priority is another than the one it is found by'
  return undefined
}
