/** The folders that `tercel run` prepares as root before anything starts: that of the socket and that of the spool. */
import { closeSync, constants, fchownSync, fstatSync, mkdirSync, openSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { messageOf, TercelError } from '../base/errors.ts'
import type { Config } from '../config/schema.ts'
import type { CollectorUser } from './collector-user.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * Makes what is missing of them; a new folder of the spool belongs to the collector's user. One that exists is not
 * given to anybody: who owned it before could have put there what root must not hand over.
 *
 * @throws TercelError TERCEL_SPOOL when one cannot be made, or when the spool's belongs to somebody else or is a link.
 */
export function prepareFolders({ sensor, spool }: Pick<Config, 'sensor' | 'spool'>, user: CollectorUser): void {
  try {
    mkdirSync(dirname(spool.directory), { recursive: true, mode: 0o755 })
    prepareSpool(spool.directory, user)
    mkdirSync(dirname(sensor.socket), { recursive: true, mode: 0o755 })
  } catch (error) {
    if (error instanceof TercelError) throw error
    throw new TercelError('TERCEL_SPOOL', `cannot prepare the folders of tercel: ${messageOf(error)}`, { cause: error })
  }
}

function prepareSpool(directory: string, user: CollectorUser): void {
  const parent = openSync(dirname(directory), O_RDONLY | O_DIRECTORY)
  try {
    // Through the descriptor: the owner of a folder above could exchange the parent between two calls.
    const path = `/proc/self/fd/${parent}/${basename(directory)}`
    const isNew = makeFolder(path)
    const folder = openFolder(path, directory)
    try {
      if (isNew) fchownSync(folder, user.uid, user.gid)
      else requireOwner(directory, fstatSync(folder).uid, user)
    } finally {
      closeSync(folder)
    }
  } finally {
    closeSync(parent)
  }
}

/** Gives false when there is something of that name. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function openFolder(path: string, directory: string): number {
  try {
    return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    // open(2): a link is none either, with O_NOFOLLOW.
    if (codeOf(error) !== 'ENOTDIR') throw error
    const message = `${directory} is a link or a file: write the path of the folder itself into spool.directory`
    throw new TercelError('TERCEL_SPOOL', message)
  }
}

function requireOwner(directory: string, owner: number, { uid, gid }: CollectorUser): void {
  if (owner === uid) return
  throw new TercelError(
    'TERCEL_SPOOL',
    `the folder of the spool belongs to uid ${owner}, and the collector runs as uid ${uid}: if it holds nothing but ` +
      `a spool, type: chown -R ${uid}:${gid} ${directory}`
  )
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
