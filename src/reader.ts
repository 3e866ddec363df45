/** The reader as a child of this process: `tercel run` and `tercel record` start it the same way. */
import { type ChildOptions, keepRunning } from './child.ts'
import { tiedToThis } from './collector-user.ts'
import { resolveData } from './paths.ts'

const readerProgram = resolveData('collector/reader/build/tercel-reader')

export interface ReaderOptions extends Omit<ChildOptions, 'env'> {
  /** The Unix socket on which it is to listen; its folder exists. */
  readonly socket: string
  /** The user that may connect, beside root. */
  readonly uid: number
}

/**
 * Runs a reader, again when it dies, until it is to end.
 *
 * @throws TercelError TERCEL_SENSOR when it cannot run here; it has said why on standard error.
 */
export function keepReaderRunning({ socket, uid, ...options }: ReaderOptions): Promise<void> {
  const command = [readerProgram, '--socket', socket, '--uid', String(uid)]
  return keepRunning('reader', tiedToThis(command), { ...options, env: readerEnvironment() })
}

/** All that the reader needs of the environment: the rest may hold secrets of outputs. */
function readerEnvironment(): NodeJS.ProcessEnv {
  const needed = ['PATH', 'TERCEL_READER_DEBUG']
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => needed.includes(name)))
}
