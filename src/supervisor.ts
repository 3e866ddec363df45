/**
 * What `tercel run` does as root: starts the reader with its privileges and the collector without any, and restarts
 * what dies. It handles no event itself.
 */
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/schema.ts'
import { aborted } from './abort.ts'
import { keepRunning } from './child.ts'
import { chooseUser, withoutPrivileges } from './collector-user.ts'
import { prepareFolders } from './folders.ts'
import type { Logger } from './log.ts'
import { resolveModule } from './paths.ts'
import { keepReaderRunning } from './reader.ts'

/** Beyond the time that the outputs have to drain. */
const stopGraceMs = 5_000

/**
 * Runs reader and collector until `signal` aborts. `collectorArguments` are the words of the command line behind
 * `tercel collector`.
 *
 * @throws TercelError when one of them cannot run at all; it has said why on standard error.
 */
export async function supervise(
  config: Config,
  collectorArguments: readonly string[],
  log: Logger,
  signal: AbortSignal
): Promise<void> {
  // A stricter one would close /run/tercel to the collector. What is private is made with a mode that says so.
  process.umask(0o022)
  const user = chooseUser(config.user, collectorArguments, log)
  prepareFolders(config, user)
  const main = fileURLToPath(resolveModule('src/main.ts'))
  const collector = [process.execPath, ...process.execArgv, main, 'collector', ...collectorArguments]

  const stopCollector = new AbortController()
  const stopReader = new AbortController()
  const graceMs = config.shutdownSeconds * 1000 + stopGraceMs
  const shared = { log, graceMs, ending: signal }
  const collecting = keepRunning('collector', withoutPrivileges(collector, user), {
    ...shared,
    stop: stopCollector.signal
  })
  const reading = config.sensor.enabled
    ? keepReaderRunning({ ...shared, socket: config.sensor.socket, uid: user.uid, stop: stopReader.signal })
    : aborted(stopReader.signal)
  const ends = [collecting, reading]
  await Promise.race([aborted(signal), ...ends]).catch(() => {})
  // The collector first: what the reader has shipped is still to be committed.
  stopCollector.abort()
  await Promise.allSettled([collecting])
  stopReader.abort()
  await Promise.allSettled(ends)
  await Promise.all(ends) // now throws what one of them has said
}
