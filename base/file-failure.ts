/** What the file system says against reading or writing a file, in plain words. */
import { dirname } from 'node:path'
import { messageOf } from './errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the file system is read-only',
  ERR_INVALID_ARG_VALUE: 'the path contains a null byte'
}

/** Why a file could not be read: a clause to put after `cannot read FILE: `. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(reasons, code) ? reasons[code]! : messageOf(error)
}

/** Why the file at `path` could not be made or written: a clause to put after `cannot write FILE: `. */
export function writeFailure(path: string, error: unknown): string {
  // What is to be made does not exist yet: its folder is missing.
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return `the folder ${dirname(path)} does not exist`
  }
  return readFailure(error)
}
