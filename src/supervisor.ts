/**
 * What `tercel run` does as root: starts the reader with its privileges and the collector without any, and restarts
 * what dies. It handles no event itself.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { messageOf, TercelError } from '../base/errors.ts'
import type { Config } from '../config/schema.ts'
import { aborted } from './abort.ts'
import { chooseUser, withoutPrivileges } from './collector-user.ts'
import { systemClock } from './delivery/clock.ts'
import { prepareFolders } from './folders.ts'
import type { Logger } from './log.ts'
import { resolveData, resolveModule } from './paths.ts'

/** EX_CONFIG: the child has said what is wrong, and starting it again would not help. */
const configExitCode = 78
const firstRestartMs = 100
const lastRestartMs = 30_000
/** A child that ran this long starts again at once when it dies. */
const stableAfterMs = 60_000
/** Beyond the time that the outputs have to drain. */
const stopGraceMs = 5_000

const readerProgram = resolveData('collector/reader/build/tercel-reader')

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
  const user = chooseUser(config.user, log)
  prepareFolders(config, user)
  const main = fileURLToPath(resolveModule('src/main.ts'))
  const reader = [readerProgram, '--socket', config.sensor.socket, '--uid', String(user.uid)]
  const collector = [process.execPath, ...process.execArgv, main, 'collector', ...collectorArguments]

  const stopCollector = new AbortController()
  const stopReader = new AbortController()
  const graceMs = config.shutdownSeconds * 1000 + stopGraceMs
  const collecting = keepRunning('collector', withoutPrivileges(collector, user), {
    log,
    graceMs,
    ending: signal,
    stop: stopCollector.signal
  })
  const reading = config.sensor.enabled
    ? keepRunning('reader', withParent(reader), { log, graceMs, ending: signal, stop: stopReader.signal })
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

interface ChildOptions {
  readonly log: Logger
  /** From now on a child that ends is not started again (a Ctrl-C reaches all of them at once). */
  readonly ending: AbortSignal
  /** Asks this child to end. */
  readonly stop: AbortSignal
  /** How long it may take to stop before it is killed. */
  readonly graceMs: number
}

/** Runs a program again and again until it is to end; rejects when it says that it cannot run. */
async function keepRunning(
  name: string,
  command: readonly string[],
  { log, ending, stop, graceMs }: ChildOptions
): Promise<void> {
  let waitMs = firstRestartMs
  while (!ending.aborted && !stop.aborted) {
    const startedAt = Date.now()
    const { code, reason } = await runOnce(command, stop, graceMs)
    if (ending.aborted || stop.aborted) return
    if (code === configExitCode) {
      throw new TercelError('TERCEL_SENSOR', `the ${name} cannot run here; its message stands above`)
    }
    if (Date.now() - startedAt > stableAfterMs) waitMs = firstRestartMs
    log.error({ component: name, restartMs: waitMs }, `the ${name} ended (${reason}); it is started again`)
    await systemClock.sleep(waitMs, ending)
    waitMs = Math.min(waitMs * 2, lastRestartMs)
  }
}

interface End {
  readonly code: number | null
  readonly reason: string
}

function runOnce(command: readonly string[], signal: AbortSignal, graceMs: number): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>()
  const child: ChildProcess = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] })
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    child.kill('SIGTERM')
    killing = setTimeout(() => child.kill('SIGKILL'), graceMs)
  }
  signal.addEventListener('abort', stop, { once: true })
  const end = (result: End) => {
    clearTimeout(killing)
    signal.removeEventListener('abort', stop)
    resolve(result)
  }
  child.on('error', error => end({ code: null, reason: messageOf(error) }))
  child.on('exit', (code, killedBy) => end({ code, reason: killedBy ?? `exit code ${code}` }))
  return promise
}

/** setpriv (util-linux) sets up a process before it runs; the child ends with this one, however this one ends. */
function withParent(command: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig=TERM', ...command]
}
