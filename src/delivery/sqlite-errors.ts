/** What an error of SQLite means for the spool. */

/**
 * - `full`: no room on the disk; room may come back.
 * - `io`: the disk or the file failed us; what is in flight is uncertain until the database was reopened and verified.
 * - `corrupt`: the file is not a sound database; a person has to look.
 * - `defect`: everything else; our fault.
 */
export type SqliteFailure = 'full' | 'io' | 'corrupt' | 'defect'

/** Primary result codes, https://www.sqlite.org/rescode.html */
const full = 13
const corrupt = new Set([11, 26])
/** PERM, BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, CANTOPEN, PROTOCOL */
const io = new Set([3, 5, 6, 7, 8, 9, 10, 14, 15])

/** SQLITE_IOERR_SHMSIZE: the WAL index could not grow, which on a full disk comes before SQLITE_FULL. */
const shmSize = 10 | (19 << 8)

/** SQLITE_IOERR_WRITE: what a used-up quota (EDQUOT) looks like, among others. */
const write = 10 | (3 << 8)

/** Sorts anything that was thrown by node:sqlite or node:fs; the rest is a defect. */
export function sqliteFailure(error: unknown): SqliteFailure {
  const code = extendedCode(error)
  if (code === undefined) return fileSystemFailure(error)
  const primary = code & 0xff
  if (primary === full || code === shmSize) return 'full'
  if (corrupt.has(primary)) return 'corrupt'
  return io.has(primary) ? 'io' : 'defect'
}

function fileSystemFailure(error: unknown): SqliteFailure {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return 'defect'
  return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'full' : 'io'
}

/** Whether room could be what was missing. */
export function wantsRoom(error: unknown): boolean {
  return sqliteFailure(error) === 'full' || extendedCode(error) === write
}

/** SQLITE_BUSY: somebody else holds the lock. */
export function isBusy(error: unknown): boolean {
  const code = extendedCode(error)
  return code !== undefined && (code & 0xff) === 5
}

function extendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}
