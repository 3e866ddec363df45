/** Why a server cannot listen, in plain words. */
import { messageOf } from '../base/errors.ts'

const failures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'permission denied',
  ENOENT: 'its folder does not exist'
}

/** A clause to put after `cannot listen on WHERE: `. */
export function listenFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return failures[code] ?? messageOf(error)
}
