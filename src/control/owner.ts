/** Whose a spool is, and being that user: files that root makes in it would lock the collector out. */
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TercelError } from '../../base/errors.ts'
import { readFailure } from '../../base/file-failure.ts'

/**
 * Makes this process, for good, that of the owner of the directory, which root can. To be called before there is any other
 * thread.
 *
 * @throws TercelError TERCEL_CONTROL when there is no such directory, or it belongs to somebody else than us.
 */
export function becomeOwner(directory: string): void {
  const { uid, gid } = statOf(directory)
  const own = process.geteuid!()
  if (uid === own) return
  if (own !== 0) throw notAllowed(directory)
  process.setgroups!([])
  process.setgid!(gid)
  process.setuid!(uid)
}

function statOf(directory: string): { readonly uid: number; readonly gid: number } {
  try {
    return statSync(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') throw notAllowed(directory)
    const remedy = 'is it the spool.directory of the configuration that tercel runs with (--config)?'
    throw new TercelError('TERCEL_CONTROL', `there is no spool in ${directory}: ${readFailure(error)}; ${remedy}`)
  }
}

/** This user may not use what is at `path`: who may. */
export function notAllowed(path: string): TercelError {
  const message = `no permission to use ${path}, which belongs to ${ownerName(ownerOf(path))}: run this as root (sudo)`
  return new TercelError('TERCEL_CONTROL', message)
}

/** Of the file, or of the nearest folder above it that can be seen. */
function ownerOf(path: string): number {
  try {
    return statSync(path).uid
  } catch {
    return path === '/' ? 0 : ownerOf(dirname(path))
  }
}

/** `user tercel`, or `uid 61999` where no account has it. */
function ownerName(uid: number): string {
  const line = readFileSync('/etc/passwd', 'latin1')
    .split('\n')
    .find(each => each.split(':')[2] === String(uid))
  return line === undefined ? `uid ${uid}` : `user ${line.split(':')[0]}`
}
