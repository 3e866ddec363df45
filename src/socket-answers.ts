/** Whether somebody answers on a Unix socket. */
import { connect } from 'node:net'

/**
 * Connects once; false when nobody listens there.
 *
 * @throws the error of the system for anything else, such as EACCES
 */
export async function socketAnswers(path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const socket = connect({ path })
  socket.once('connect', () => resolve(true))
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false)
    else reject(error)
  })
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}
