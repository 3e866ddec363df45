/**
 * What the sensor costs the processes that it watches, and itself: a program opens and closes a file that no rule asks
 * for, with nothing attached, with programs that do nothing, and with tercel and its five rules.
 * Run as root: npm run bench:sensor. Prints a Markdown table; each figure is the median of five rounds.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { alertsIn, childrenOf, install, Running, startTercel, temporaryFolder, until } from '../test/e2e/support.ts'
import { cpuSeconds } from './processes.ts'
import { announce, figure, median, runs, table } from './report.ts'

const opens = 1_000_000
const programs = fileURLToPath(new URL('programs', import.meta.url))
const folder = temporaryFolder()

function clang(...options: string[]): void {
  const { status, stderr } = spawnSync('clang', ['-O2', ...options], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
}

interface Figures {
  /** Of the program, per open and close: ns. */
  readonly cpu: number
  readonly wall: number
  /** Of tercel for all of them: seconds. */
  readonly reader?: number
  readonly collector?: number
  readonly lost?: number
}

function run(): Figures {
  const { stdout } = spawnSync(join(folder, 'opens'), [`${opens}`, '/etc/hostname'], { encoding: 'utf8' })
  const [cpu, wall] = stdout.split(' ').map(Number)
  return { cpu: cpu!, wall: wall! }
}

async function withEmptyPrograms(): Promise<Figures> {
  const attached = new Running(join(folder, 'attach'), [join(folder, 'empty.o')])
  await until(() => attached.stdout.includes('attached'), 'the programs to be attached')
  const figures = run()
  await attached.stop()
  return figures
}

async function withTercel(): Promise<Figures> {
  const ends: (() => Promise<void>)[] = []
  const installation = install(temporaryFolder())
  const tercel = await startTercel('run', installation, { after: end => void ends.push(end) })
  const pids = childrenOf(tercel)
  const before = { reader: cpuSeconds(pids.reader), collector: cpuSeconds(pids.collector) }
  const figures = run()
  // What is still on its way is its work too.
  let collector = 0
  await until(() => {
    const idle = cpuSeconds(pids.collector) - collector < 0.02
    collector = cpuSeconds(pids.collector)
    return idle
  }, 'tercel to be done')
  const reader = cpuSeconds(pids.reader) - before.reader
  for (const end of ends) await end()
  const lost = alertsIn(installation).filter(({ rule }) => rule === 'Internal: syscall event drop')
  return {
    ...figures,
    reader,
    collector: collector - before.collector,
    lost: lost.reduce((sum, { output_fields }) => sum + Number(output_fields['internal.total']), 0)
  }
}

const cases: readonly { name: string; measure: () => Figures | Promise<Figures> }[] = [
  { name: 'nothing attached', measure: run },
  { name: 'empty programs', measure: withEmptyPrograms },
  { name: 'tercel, five rules', measure: withTercel }
]

announce('a program that opens a file a million times, without and with tercel, five times', 1)
clang(join(programs, 'opens.c'), '-o', join(folder, 'opens'))
clang(join(programs, 'attach.c'), '-lbpf', '-o', join(folder, 'attach'))
const machine = spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout.trim()
clang(
  '-g',
  '-target',
  'bpf',
  `-I/usr/include/${machine}-linux-gnu`,
  '-c',
  join(programs, 'empty.bpf.c'),
  '-o',
  join(folder, 'empty.o')
)

const found = cases.map((): Figures[] => [])
for (let round = 0; round < runs; round += 1) {
  for (const [index, { measure }] of cases.entries()) found[index]!.push(await measure())
}
const of = (index: number, key: keyof Figures): number => median(found[index]!.map(figures => figures[key] ?? 0))
const rows = cases.map(({ name }, index) => [
  name,
  figure(of(index, 'cpu')),
  figure(of(index, 'wall')),
  figure(of(index, 'cpu') - of(0, 'cpu')),
  figure(of(index, 'reader')),
  figure(of(index, 'collector')),
  figure(of(index, 'lost'))
])
const header = [
  'open+close',
  'CPU, ns',
  'wall, ns',
  'added CPU, ns',
  `reader, CPU s per ${opens / 1e6} million`,
  'collector, CPU s',
  'events lost'
]
process.stdout.write(table(header, rows))
process.exit(0)
