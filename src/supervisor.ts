/**
 * What `tercel run` does as root: starts the reader with its privileges and the collector without any, and restarts
 * what dies. It handles no event itself.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chownSync, lchownSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, TercelError } from '../base/errors.ts'
import type { Config } from '../config/schema.ts'
import { aborted } from './abort.ts'
import { systemClock } from './delivery/clock.ts'
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

/**
 * The user of the collector when the configured one does not exist: an id that no account has (from the range that
 * systemd gives to dynamic users), so that it shares nothing with anybody.
 */
const namelessUid = 61_999

const readerProgram = resolveData('collector/reader/build/tercel-reader')

/** Who the collector runs as; uid 0 then has no capabilities. */
export interface CollectorUser {
  readonly uid: number
  readonly gid: number
}

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

function withoutPrivileges(command: readonly string[], { uid, gid }: CollectorUser): string[] {
  const ids = uid === 0 ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const none = ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs']
  return ['setpriv', '--pdeathsig=TERM', ...ids, ...none, ...command]
}

/** The configured user, or one without a name; where that one cannot read the program, uid 0 without capabilities. */
function chooseUser(name: string | undefined, log: Logger): CollectorUser {
  const account = name === undefined ? undefined : lookUpUser(name)
  if (name !== undefined && account === undefined) {
    log.warn({ user: name }, `there is no user ${name}: the collector runs as uid ${namelessUid}, which no account has`)
  }
  const user = account ?? { uid: namelessUid, gid: namelessUid }
  if (canRun(user)) return user
  const where = dirname(fileURLToPath(resolveModule('src/main.ts')))
  log.warn(`uid ${user.uid} cannot read ${where}: the collector runs as uid 0, without any capability`)
  return { uid: 0, gid: 0 }
}

function lookUpUser(name: string): CollectorUser | undefined {
  const { status, stdout } = spawnSync('getent', ['passwd', name], { encoding: 'latin1' })
  const [, , uid, gid] = stdout.split(':')
  return status === 0 && uid !== undefined && gid !== undefined ? { uid: Number(uid), gid: Number(gid) } : undefined
}

/** Whether that user can run Node and read the program. */
function canRun(user: CollectorUser): boolean {
  const main = fileURLToPath(resolveModule('src/main.ts'))
  const command = withoutPrivileges([process.execPath, ...process.execArgv, main, 'version'], user)
  const { error, status } = spawnSync(command[0]!, command.slice(1), { stdio: 'ignore' })
  if (error !== undefined) {
    throw new TercelError('TERCEL_SENSOR', `cannot run setpriv: ${messageOf(error)}; install the package util-linux`)
  }
  return status === 0
}

/** The folders of the socket and of the spool; the latter belongs to the collector's user. */
function prepareFolders({ sensor, spool }: Config, user: CollectorUser): void {
  try {
    mkdirSync(dirname(sensor.socket), { recursive: true, mode: 0o755 })
    mkdirSync(dirname(spool.directory), { recursive: true, mode: 0o755 })
    mkdirSync(spool.directory, { recursive: true, mode: 0o700 })
    if (statSync(spool.directory).uid !== user.uid) handOver(spool.directory, user)
  } catch (error) {
    throw new TercelError('TERCEL_SPOOL', `cannot prepare the folders of tercel: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * Gives a folder and the files in it to another user. Links stay as they are: whoever owned the folder before could have
 * put them there to be given the files that they lead to.
 */
function handOver(folder: string, { uid, gid }: CollectorUser): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    const entry = lstatSync(path)
    if (entry.isFile() && entry.nlink === 1) lchownSync(path, uid, gid)
  }
  chownSync(folder, uid, gid)
}
