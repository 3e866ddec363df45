/** Whether somebody answers on a Unix socket. */
import { connect } from 'node:net'
import { messageOf, TercelError } from '../../base/errors.ts'
import { notAllowed } from './owner.ts'

/**
 * Connects once; false when nobody listens there.
 *
 * @throws TercelError TERCEL_CONTROL when this user may not, or for another reason that is not known.
 */
export async function answers(socketPath: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  const socket = connect({ path: socketPath })
  socket.once('connect', () => resolve(true))
  socket.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false)
    else reject(refused(socketPath, error))
  })
  try {
    return await promise
  } finally {
    socket.destroy()
  }
}

function refused(path: string, error: NodeJS.ErrnoException): TercelError {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') {
    return new TercelError('TERCEL_CONTROL', `cannot connect to ${path}: ${messageOf(error)}`, { cause: error })
  }
  return notAllowed(path)
}
