/**
 * How long an alert takes from the system call to the sink of a webhook: on a quiet machine, and beside a program that
 * opens and closes a file without end. Run as root: npm run bench:latency. Prints a Markdown table.
 */
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Alert } from '../rules/alert.ts'
import { type Sink, startSink } from '../src/sink/sink.ts'
import { install, startTercel, temporaryFolder, until } from '../test/e2e/support.ts'
import { announce, figure, median, table } from './report.ts'

const samples = 200

interface Latency {
  /** From just before the program is started, and from its system call, to the arrival at the sink: ms. */
  readonly fromStart: number
  readonly fromCall: number
}

/** Has `cat` read the file of passwords; its second argument, which does not exist, tells its alert from others. */
async function sample(sink: Sink, number: number): Promise<Latency> {
  const marker = `/nonexistent/${number}`
  const start = performance.timeOrigin + performance.now()
  const cat = spawn('cat', ['/etc/shadow', marker], { stdio: 'ignore' })
  await new Promise(resolve => cat.once('exit', resolve))
  const request = await until(() => sink.requests().find(({ body }) => body.includes(marker)), `the alert of ${marker}`)
  const { time } = JSON.parse(request.body) as Alert
  const called = Date.parse(time) + Number(time.slice(23, 29)) / 1e6
  return { fromStart: request.at - start, fromCall: request.at - called }
}

async function measure(sink: Sink): Promise<Latency[]> {
  const found: Latency[] = []
  for (let number = 0; number < samples; number += 1) found.push(await sample(sink, number))
  sink.forget()
  return found
}

function row(name: string, found: readonly Latency[]): string[] {
  const cells = (['fromStart', 'fromCall'] as const).flatMap(key => {
    const sorted = found.map(latency => latency[key]).sort((a, b) => a - b)
    return [median(sorted), sorted[Math.floor(0.99 * sorted.length)]!]
  })
  return [name, ...cells.map(figure)]
}

announce('200 alerts from the system call to a webhook, on a quiet machine and on a busy one', 1)
const ends: (() => Promise<void>)[] = []
const sink = await startSink({ keepRequests: 50 })
const extra = `  - type: webhook\n    url: ${sink.url}\n`
await startTercel('run', install(temporaryFolder(), extra), { after: end => void ends.push(end) })
const quiet = await measure(sink)

const opens = join(temporaryFolder(), 'opens')
const source = fileURLToPath(new URL('programs/opens.c', import.meta.url))
const { status, stderr } = spawnSync('clang', ['-O2', source, '-o', opens], { encoding: 'utf8' })
if (status !== 0) throw new Error(stderr)
const load = spawn(opens, ['1000000000', '/etc/hostname'], { stdio: 'ignore' })
const busy = await measure(sink)
load.kill()

const header = [`${samples} alerts, ms`, 'program start to sink, p50', 'p99', 'system call to sink, p50', 'p99']
process.stdout.write(table(header, [row('quiet', quiet), row('a program opens and closes without end', busy)]))
for (const end of ends) await end()
await sink.close()
process.exit(0)
