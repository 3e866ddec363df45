/** The control socket: only its owner and root may connect, from the moment at which it is there. */
import { lstat, unlink } from 'node:fs/promises'
import type { Server } from 'node:http'
import { socketAnswers } from '../socket-answers.ts'
import { listening } from './listening.ts'

/**
 * Listens on a Unix socket of mode 0600; removes one that was left behind. To be called on the main thread.
 *
 * @throws Error that says why it cannot.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await removeStale(path)
  const listens = listening(server)
  // The socket is made before `listen` returns, with the mode that the mask leaves of 0777.
  const mask = process.umask(0o177)
  try {
    server.listen({ path })
  } finally {
    process.umask(mask)
  }
  await listens
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(error => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error('something else has that name')
  if (await socketAnswers(path)) throw new Error('another tercel listens there')
  await unlink(path)
}
