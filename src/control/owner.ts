/** Whose something is, and who may use it. */
import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { TercelError } from '../../base/errors.ts'

/** @throws TercelError TERCEL_CONTROL when the directory is there and belongs to somebody else than us, who are not root. */
export function requireOwner(directory: string): void {
  const uid = process.geteuid!()
  if (uid === 0) return
  try {
    if (statSync(directory).uid === uid) return
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') return
  }
  throw notAllowed(directory)
}

/** This user may not use what is at `path`: who may. */
export function notAllowed(path: string): TercelError {
  const message = `no permission to use ${path}, which belongs to ${ownerName(ownerOf(path))}: run this as root (sudo) or as that user`
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
