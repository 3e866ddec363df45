/** Opens the spool of a tercel that does not run, for commands that look into it or mend it. */
import { accessSync, constants, type Stats, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'
import { becomeUser } from '../become-user.ts'
import { resolveModule } from '../paths.ts'
import type { Log } from './log.ts'
import { leastReserveBytes, Spool } from './spool.ts'
import { databasePath } from './spool-database.ts'
import { SpoolLock } from './spool-lock.ts'

export interface OfflineOptions {
  readonly directory: string
  readonly log: Log
  /** The configured limit. Without it there is none, so that nothing is shed and no dead letter is deleted for one. */
  readonly maxBytes?: number | undefined
}

/**
 * Opens a spool that is there, as the owner of its directory: root gives up what it is, for good, so that no file in it
 * comes to belong to root.
 *
 * @throws TercelError TERCEL_SPOOL when there is no spool, when a tercel runs on it, or when it cannot be opened.
 */
export async function openOffline({
  directory,
  log,
  maxBytes = Number.MAX_SAFE_INTEGER
}: OfflineOptions): Promise<Spool> {
  becomeOwner(directory, existing(directory, directory))
  existing(directory, databasePath(directory))
  refuseInUse(directory)
  return Spool.open({ directory, log, maxBytes, reserveBytes: leastReserveBytes })
}

function existing(directory: string, path: string): Stats {
  try {
    return statSync(path)
  } catch (cause) {
    const message = `there is no spool in ${directory} (cannot read ${path}: ${readFailure(cause)}); see spool.directory in the configuration of the tercel that is meant`
    throw new TercelError('TERCEL_SPOOL', message, { cause })
  }
}

function becomeOwner(directory: string, { uid, gid }: Stats): void {
  if (process.getuid?.() !== 0 || uid === 0) return
  becomeUser({ uid, gid })
  const worker = fileURLToPath(resolveModule('src/delivery/spool-worker.ts'))
  try {
    accessSync(worker, constants.R_OK)
  } catch (cause) {
    const message = `${directory} belongs to uid ${uid}, which cannot read ${dirname(worker)}: move tercel to a folder that other users can read, such as /opt/tercel`
    throw new TercelError('TERCEL_SPOOL', message, { cause })
  }
}

/** The spool refuses it too, but with an advice that is meant for a second collector. */
function refuseInUse(directory: string): void {
  try {
    new SpoolLock(directory).release()
  } catch (cause) {
    if (!(cause instanceof TercelError)) {
      throw new TercelError('TERCEL_SPOOL', `cannot open the spool in ${directory}: ${readFailure(cause)}`, { cause })
    }
    const message = `${directory} is in use by a tercel that runs: ask that one, or stop it first`
    throw new TercelError('TERCEL_SPOOL', message, { cause })
  }
}
