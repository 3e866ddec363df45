/**
 * The tables that alerts lie in: one for each priority, and one for tercel's own reports whatever theirs is. What is shed
 * together then lies together: a tenth of a spool that is given up as Debug frees a tenth of its pages. From one table
 * it would free almost none, since each page would keep some of its alerts (docs/decisions/0006).
 */
export const alertTables = [
  'alerts_emergency',
  'alerts_alert',
  'alerts_critical',
  'alerts_error',
  'alerts_warning',
  'alerts_notice',
  'alerts_informational',
  'alerts_debug',
  'alerts_internal'
] as const

/** The place in `alertTables` of reports of tercel itself. */
const internalTable = 8

/** The place in `alertTables` of an alert; the severity is 0 (Emergency) to 7 (Debug). */
export function tableOf(severity: number, internal: boolean): number {
  return internal ? internalTable : severity
}

export function isInternalTable(table: number): boolean {
  return table === internalTable
}
