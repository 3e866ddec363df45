/** The end-to-end tests run what is built, on this machine's kernel. Here is what they share. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Alert } from '../../rules/alert.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const mainProgram = join(root, 'dist/src/main.js')
export const readerProgram = join(root, 'collector/reader/build/tercel-reader')

const required = process.env.TERCEL_REQUIRE_BPF === '1'

/** Why tests that need BPF cannot run here, or false. With TERCEL_REQUIRE_BPF=1 they run, and fail. */
export const withoutBpf: string | false = required ? false : missingForBpf()

function missingForBpf(): string | false {
  if (process.getuid?.() !== 0) return 'needs root'
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF'
  if (!existsSync(mainProgram) || !existsSync(readerProgram)) return 'needs the build (npm run build)'
  const { stderr } = spawnSync('timeout', [
    '1',
    readerProgram,
    '--socket',
    join(tmpdir(), `tercel-probe-${process.pid}`)
  ])
  return stderr.length > 0 ? `needs BPF: ${stderr}` : false
}

/** Why tests that start containers cannot run here, or false. */
export const withoutContainers: string | false =
  withoutBpf ||
  (required || (installed('runc') && installed('script') && existsSync('/bin/busybox'))
    ? false
    : 'needs runc, script and busybox')

function installed(program: string): boolean {
  return spawnSync('which', [program]).status === 0
}

/** A folder of the test's own that every user can enter; gone when the test file ends, after all its programs have. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tercel-e2e-'))
  chmodSync(folder, 0o755)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface Installation {
  readonly folder: string
  readonly config: string
  readonly socket: string
  readonly spool: string
  /** What the file output writes. */
  readonly alertFile: string
}

/**
 * A configuration with its own socket, spool and file output in `folder`; `extra` is more YAML, `server` that section: by
 * default there is none, since several tercels run at a time.
 */
export function install(folder: string, extra = '', server = '{enabled: false}'): Installation {
  const out = join(folder, 'out')
  mkdirSync(out)
  chmodSync(out, 0o777) // the collector's user is another one
  const config = join(folder, 'tercel.yaml')
  const socket = join(folder, 'run', 'reader.sock')
  const spool = join(folder, 'spool')
  const alertFile = join(out, 'alerts.jsonl')
  writeFileSync(
    config,
    `sensor:\n  socket: ${socket}\nserver: ${server}\nspool:\n  directory: ${spool}\n` +
      `outputs:\n  - type: stdout\n  - type: file\n    path: ${alertFile}\n${extra}`
  )
  return { folder, config, socket, spool, alertFile }
}

/** A program that runs, and what it has printed so far. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  stdout = ''
  stderr = ''

  /** @param stdout a descriptor that standard output goes to instead of `this.stdout`. */
  constructor(command: string, args: readonly string[], stdout: number | 'pipe' = 'pipe') {
    this.child = spawn(command, args, { stdio: ['ignore', stdout, 'pipe'] })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.ended = new Promise(resolve => this.child.once('close', code => resolve(code)))
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.ended
  }
}

interface StartOptions {
  /** Words before the command, of a program that executes the rest. */
  readonly wrapper?: readonly string[]
  /** A descriptor for standard output. */
  readonly stdout?: number
}

/** Starts `tercel COMMAND` on an installation and waits until it watches. */
export async function startTercel(
  command: 'run' | 'collector',
  { config }: Installation,
  context: { after(end: () => Promise<void>): void },
  { wrapper = [], stdout }: StartOptions = {}
): Promise<Running> {
  const words = [...wrapper, process.execPath, mainProgram, command, '--config', config]
  const running = new Running(words[0]!, words.slice(1), stdout)
  context.after(async () => void (await running.stop()))
  await until(
    () => running.stderr.includes('"state":"running"'),
    () => `tercel to watch; it said:\n${running.stderr}`
  )
  return running
}

/** The process ids of the collector and the reader of a supervising tercel. */
export function childrenOf({ child }: Running): { collector: number; reader: number } {
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(child.pid)], { encoding: 'utf8' })
  const pidOf = (text: string) => Number.parseInt(stdout.split('\n').find(line => line.includes(text)) ?? '', 10)
  return { collector: pidOf(' collector '), reader: pidOf('tercel-reader') }
}

/** The alerts in the file output that are whole. */
export function alertsIn({ alertFile }: Installation): Alert[] {
  if (!existsSync(alertFile)) return []
  const lines = readFileSync(alertFile, 'utf8').split('\n')
  return lines.slice(0, -1).map(line => JSON.parse(line) as Alert)
}

/** Waits until `condition` gives something true, and gives that; fails after `seconds`, saying what it waited for. */
export async function until<Result>(
  condition: () => Result | undefined | false,
  what: string | (() => string),
  seconds = 30
): Promise<Result> {
  const end = Date.now() + seconds * 1000
  while (Date.now() < end) {
    const result = condition()
    if (result !== undefined && result !== false) return result
    await delay(20)
  }
  assert.fail(`waited ${seconds} s for ${typeof what === 'string' ? what : what()}`)
}

/** Waits for an alert of `rule` one of whose fields contains `marker`. */
export function alertWith(installation: Installation, rule: string, marker: string): Promise<Alert> {
  const matches = (alert: Alert) =>
    alert.rule === rule && Object.values(alert.output_fields).some(value => String(value).includes(marker))
  return until(() => alertsIn(installation).find(matches), `an alert of "${rule}" with ${marker}`)
}
