/** Reads the alerts that an output waits for. */
import { TercelError } from '../../base/errors.ts'
import type { AlertIndex } from './alert-index.ts'
import type { OutputCursor } from './cursor.ts'
import type { ReadRequest, SpooledAlert } from './records.ts'
import type { SpoolFile } from './spool-file.ts'

/** The next ones, oldest first; they count as handed out from then on. */
export function readAlerts(
  file: SpoolFile,
  index: AlertIndex,
  cursor: OutputCursor,
  { after, maxCount, maxBytes }: ReadRequest
): SpooledAlert[] {
  const page = index.page(cursor.slot, Math.max(after, cursor.cursor), maxCount, maxBytes)
  if (page.length === 0) return []
  const alerts = file.snapshot(() =>
    page.map(({ seq, table, addressed }) => {
      const row = file.sql.readAlert[table]!.get(seq)
      if (row !== undefined) return Object.assign(row, { addressed }) as unknown as SpooledAlert
      throw new TercelError('TERCEL_SPOOL', `alert ${seq} is missing from ${file.path}`)
    })
  )
  cursor.handedOut = Math.max(cursor.handedOut, page.at(-1)!.seq)
  return alerts
}
