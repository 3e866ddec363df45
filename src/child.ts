/** Keeps a child process running: starts it again when it dies, and stops it when asked. */
import { type ChildProcess, spawn } from 'node:child_process'
import { messageOf, TercelError } from '../base/errors.ts'
import { type Clock, systemClock } from './delivery/clock.ts'
import type { Log } from './delivery/log.ts'

/** EX_CONFIG and EX_IOERR: the child has said what is wrong, and starting it again would not help. */
const refusals: readonly (number | null)[] = [78, 74]
/** A child that ends with one of these later than this did run, and may run again. */
const refusesWithinMs = 10_000
const firstRestartMs = 100
const lastRestartMs = 30_000
/** A child that ran this long starts again at once when it dies. */
const stableAfterMs = 60_000

export interface ChildOptions {
  readonly log: Pick<Log, 'error'>
  /** From now on it is not started again: a service manager may ask all processes of a unit at once. */
  readonly ending: AbortSignal
  /** Asks this child to end. */
  readonly stop: AbortSignal
  /** How long it may take to stop before it is killed. */
  readonly graceMs: number
  /** Its whole environment; that of this process when absent. */
  readonly env?: NodeJS.ProcessEnv
  readonly clock?: Pick<Clock, 'now' | 'sleep'>
}

/**
 * Runs a program again and again until it is to end.
 *
 * @throws TercelError TERCEL_SENSOR when the first start tells that it cannot run here. Later that is an end like any
 *   other: the program did run before, and may again.
 */
export async function keepRunning(name: string, command: readonly string[], options: ChildOptions): Promise<void> {
  const { log, ending, stop, clock = systemClock } = options
  const over = AbortSignal.any([ending, stop])
  let waitMs = firstRestartMs
  for (let start = 1; !over.aborted; start++) {
    const startedAt = clock.now()
    const { code, reason } = await runOnce(command, options)
    if (over.aborted) return
    if (start === 1 && refusals.includes(code) && clock.now() - startedAt < refusesWithinMs) {
      throw new TercelError('TERCEL_SENSOR', `the ${name} cannot run here; its message stands above`)
    }
    if (clock.now() - startedAt > stableAfterMs) waitMs = firstRestartMs
    log.error({ component: name, restartMs: waitMs }, `the ${name} ended (${reason}); it is started again`)
    await clock.sleep(waitMs, over)
    waitMs = Math.min(waitMs * 2, lastRestartMs)
  }
}

interface End {
  readonly code: number | null
  readonly reason: string
}

/**
 * In a session of its own: a child of another user shares no terminal with root (it could type into it, TIOCSTI), and
 * a Ctrl-C reaches this process alone, which stops its children in their order.
 */
function runOnce([program, ...args]: readonly string[], { stop: signal, graceMs, env }: ChildOptions): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>()
  const child: ChildProcess = spawn(program!, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
    env: env ?? process.env
  })
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
  child.on('error', error => {
    // Of a child that runs, a signal that could not be sent: no end.
    if (child.pid === undefined) end({ code: null, reason: messageOf(error) })
  })
  child.on('exit', (code, killedBy) => end({ code, reason: killedBy ?? `exit code ${code}` }))
  return promise
}
