/** Runs the command line from its sources, as a process of its own. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { resolveData, resolveModule } from '../../../src/paths.ts'

export interface Run {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export const mainPath = fileURLToPath(resolveModule('src/main.ts'))

export interface RunOptions {
  /** What stands on standard input. */
  readonly input?: string
  /** By default the root of the repository. */
  readonly folder?: string
}

export function tercel(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { input = '', folder = resolveData('.') }: RunOptions = {}
): Run {
  const node = ['--disable-warning=ExperimentalWarning', mainPath, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, node, {
    encoding: 'utf8',
    input,
    cwd: folder,
    env: { PATH: process.env.PATH, ...env }
  })
  return { exitCode: status, stdout, stderr }
}

/** The same while this process goes on: for a command that asks something of it. */
export async function tercelBeside(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  user: { readonly uid?: number } = {}
): Promise<Run> {
  const node = ['--disable-warning=ExperimentalWarning', mainPath, ...args]
  const options = { cwd: resolveData('.'), env: { PATH: process.env.PATH, ...env }, ...user }
  const child = spawn(process.execPath, node, options)
  child.stdin.end()
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode: exitCode as number | null, stdout, stderr }
}
