/** Who the collector runs as under a supervising `tercel run`, and how it gives up what root has. */
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, TercelError } from '../base/errors.ts'
import type { Logger } from './log.ts'
import { resolveModule } from './paths.ts'

/**
 * The user of the collector when the configured one does not exist: an id that no account has (from the range that
 * systemd gives to dynamic users), so that it shares nothing with anybody.
 */
const namelessUid = 61_999

/** Who the collector runs as; uid 0 then has no capabilities. */
export interface CollectorUser {
  readonly uid: number
  readonly gid: number
}

/** setpriv (util-linux) sets up a process before it runs; the child ends with this one, however this one ends. */
export function tiedToThis(command: readonly string[], ...options: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig=TERM', ...options, ...command]
}

export function withoutPrivileges(command: readonly string[], { uid, gid }: CollectorUser): string[] {
  const ids = uid === 0 ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const none = ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs']
  return tiedToThis(command, ...ids, ...none)
}

/**
 * The configured user, or one without a name; where that one cannot read the program, uid 0 without capabilities.
 *
 * @param collectorArguments the words behind `tercel collector`, for a trial of the configuration as that user.
 * @throws TercelError TERCEL_CONFIG when that user cannot use the configuration; what keeps it from that has been
 *   printed. TERCEL_SENSOR without setpriv.
 */
export function chooseUser(
  name: string | undefined,
  collectorArguments: readonly string[],
  log: Logger
): CollectorUser {
  const account = name === undefined ? undefined : lookUpUser(name)
  if (name !== undefined && account === undefined) {
    log.warn({ user: name }, `there is no user ${name}: the collector runs as uid ${namelessUid}, which no account has`)
  }
  const wanted = account ?? { uid: namelessUid, gid: namelessUid }
  const user = tercelAs(wanted, ['version']).status === 0 ? wanted : { uid: 0, gid: 0 }
  if (user !== wanted) {
    const where = dirname(fileURLToPath(resolveModule('src/main.ts')))
    log.warn(
      `uid ${wanted.uid} cannot read ${where}: the collector runs as uid 0, without any capability; it still owns ` +
        "root's files. Move tercel to a folder that other users can read, such as /opt/tercel"
    )
  }
  const { status, stderr } = tercelAs(user, ['validate', ...collectorArguments])
  if (status === 0) return user
  process.stderr.write(stderr)
  const message = `the collector runs as uid ${user.uid} and cannot use this configuration; the reason stands above`
  throw new TercelError('TERCEL_CONFIG', message)
}

function lookUpUser(name: string): CollectorUser | undefined {
  const { status, stdout } = spawnSync('getent', ['passwd', name], { encoding: 'latin1' })
  const [, , uid, gid] = stdout.split(':')
  return status === 0 && uid !== undefined && gid !== undefined ? { uid: Number(uid), gid: Number(gid) } : undefined
}

function tercelAs(user: CollectorUser, words: readonly string[]): { status: number | null; stderr: string } {
  const main = fileURLToPath(resolveModule('src/main.ts'))
  const [program, ...args] = withoutPrivileges([process.execPath, ...process.execArgv, main, ...words], user)
  const stdio = ['ignore', 'ignore', 'pipe'] as const
  const { error, status, stderr } = spawnSync(program!, args, { encoding: 'utf8', stdio: [...stdio] })
  if (error === undefined) return { status, stderr }
  throw new TercelError('TERCEL_SENSOR', `cannot run setpriv: ${messageOf(error)}; install the package util-linux`)
}
