/** Standard output of the commands that print their answer and end. */
import { messageOf, TercelError } from '../base/errors.ts'

/**
 * Writes and waits until it has been taken: into a pipe that is full a write only begins. A pipe that nobody reads any
 * more (`| head`) is no failure.
 *
 * @throws TercelError TERCEL_WRITE when it cannot be written.
 */
export async function print(text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // The callback tells of an error; without a listener it would end the process.
  if (process.stdout.listenerCount('error') === 0) process.stdout.on('error', () => {})
  try {
    process.stdout.write(text, error => (error ? reject(error) : resolve()))
    await promise
  } catch (error) {
    if (!readerWentAway(error)) throw cannotPrint(error)
  }
}

/** Whether a write failed because nobody reads the pipe any more. */
export function readerWentAway(error: unknown): boolean {
  return codeOf(error) === 'EPIPE'
}

/** What a failed write to standard output means for whoever runs the command; anything else comes back as it is. */
export function cannotPrint(error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'write') return error
  const reason = codeOf(error) === 'ENOSPC' ? 'the disk is full' : messageOf(error)
  return new TercelError('TERCEL_WRITE', `cannot write to standard output: ${reason}`, { cause: error })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
