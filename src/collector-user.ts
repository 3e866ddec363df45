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

export function withoutPrivileges(command: readonly string[], { uid, gid }: CollectorUser): string[] {
  const ids = uid === 0 ? [] : [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const none = ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs']
  return ['setpriv', '--pdeathsig=TERM', ...ids, ...none, ...command]
}

/** The configured user, or one without a name; where that one cannot read the program, uid 0 without capabilities. */
export function chooseUser(name: string | undefined, log: Logger): CollectorUser {
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
