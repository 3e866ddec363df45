/**
 * What can be seen of the spool by a look into its file, as plain data: what is asked of the thread that looks, and what
 * it answers. It has a connection of its own and reads in short steps, so that lanes and producers are not held up.
 */

export interface ExportOptions {
  /** Only what this output waits for; of dead letters, its own. */
  readonly output?: string | undefined
  /** A star stands for any text. */
  readonly rule?: string | undefined
  /** This severity or a graver one: 0 (Emergency) to 7 (Debug). */
  readonly maxSeverity?: number | undefined
  /** Accepted (died) at or after this, in milliseconds since the epoch. */
  readonly sinceMs?: number | undefined
  /** Accepted (died) before this. */
  readonly untilMs?: number | undefined
  /** Lines at most. */
  readonly limit?: number | undefined
  /** Dead letters too, behind the alerts. */
  readonly deadLetters?: boolean | undefined
}

/** A step of an export. */
export interface ExportPage {
  readonly lines: readonly string[]
  /** Where the next step begins. */
  readonly after: number
  readonly done: boolean
}

/** A step of a check: rows that were read, and what is wrong with them. */
export interface CheckedRows {
  readonly count: number
  readonly after: number
  readonly done: boolean
  readonly problems: readonly string[]
}

/** What the thread that looks may be asked; each name maps what it gives to what it gets. */
export interface InspectorRequests {
  exportAlerts: { give: { options: ExportOptions; after: number }; get: ExportPage }
  exportDeadLetters: { give: { options: ExportOptions; after: number }; get: ExportPage }
  tables: { give: object; get: string[] }
  /** Reads all of a table and its indexes. Gives what is wrong with them. */
  checkTable: { give: { table: string }; get: string[] }
  checkAlerts: { give: { after: number }; get: CheckedRows }
  checkDeadLetters: { give: { after: number }; get: CheckedRows }
}

export type InspectorRequestName = keyof InspectorRequests

export interface InspectorWorkerData {
  /** The database. */
  readonly file: string
}

export interface VerifyProgress {
  /** What is read, in words. */
  readonly step: string
  /** Alerts, letters or tables; the total may grow or shrink meanwhile. */
  readonly done: number
  readonly total: number
}

export interface VerifyReport {
  readonly ok: boolean
  /** The first 100. */
  readonly problems: readonly string[]
  /** How many were read. */
  readonly alerts: number
  readonly deadLetters: number
  readonly ms: number
}
