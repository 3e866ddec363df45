/** Whether somebody answers on the control socket. */
import { messageOf, TercelError } from '../../base/errors.ts'
import { socketAnswers } from '../socket-answers.ts'
import { notAllowed } from './owner.ts'

/**
 * Connects once; false when nobody listens there.
 *
 * @throws TercelError TERCEL_CONTROL when this user may not, or for another reason that is not known.
 */
export async function answers(socketPath: string): Promise<boolean> {
  try {
    return await socketAnswers(socketPath)
  } catch (error) {
    throw refused(socketPath, error as NodeJS.ErrnoException)
  }
}

function refused(path: string, error: NodeJS.ErrnoException): TercelError {
  if (error.code !== 'EACCES' && error.code !== 'EPERM') {
    return new TercelError('TERCEL_CONTROL', `cannot connect to ${path}: ${messageOf(error)}`, { cause: error })
  }
  return notAllowed(path)
}
