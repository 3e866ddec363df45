/**
 * What an output that is well loses by others that are not: its alerts per second alone, and beside one whose sink never
 * answers and one whose sink is down. Run: node bench/forward.ts [directory for the spools].
 * Prints a Markdown table; each figure is the median of five rounds, and each round runs both, one after the other.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { benchFolder, fillSpool, SinkProcess, startCollector, type WebhookOptions, webhookEntry } from './collector.ts'
import { announce, figure, median, runs, table } from './report.ts'

interface Mode extends WebhookOptions {
  readonly what: string
  readonly alerts: number
}

const modes: readonly Mode[] = [
  { what: 'one by one, 8 at a time', concurrency: 8, batch: 1, alerts: 40_000 },
  { what: 'in batches of 500', concurrency: 1, batch: 500, alerts: 200_000 }
]

/** The discard service, which nobody runs: connections are refused. */
const down = 'http://127.0.0.1:9'
const neverAnswers = '{"faults": [{"send": "nothing"}]}'

/** Alerts per second of the output `well`, from the first tenth to the end, without the start. */
async function rateOf(well: SinkProcess, mode: Mode, others: readonly (readonly [name: string, url: string])[]) {
  const folder = benchFolder(process.argv[2])
  const outputs = [['well', well.url] as const, ...others]
  await fillSpool(
    join(folder, 'spool'),
    mode.alerts,
    outputs.map(([name]) => name)
  )
  await well.forget()
  const entries = outputs.map(([name, url]) => webhookEntry(url, { ...mode, output: name }))
  const collector = startCollector(folder, entries)
  const at = async (count: number) => {
    for (;;) {
      const { taken } = await well.summary()
      if (collector.child.exitCode !== null) throw new Error(collector.stderr)
      if (taken >= count) return { taken, ms: performance.now() }
      await wait(10)
    }
  }
  const start = await at(mode.alerts / 10)
  const end = await at(mode.alerts)
  await collector.stop()
  rmSync(folder, { recursive: true })
  return ((end.taken - start.taken) / (end.ms - start.ms)) * 1000
}

announce('an output alone, and beside one that hangs and one that is down, five times', 3)
const well = await SinkProcess.start('--count-only')
const hanging = await SinkProcess.start('--count-only', '--faults', neverAnswers)
const rows: string[][] = []
for (const mode of modes) {
  const found: { alone: number; beside: number }[] = []
  for (let round = 0; round < runs; round += 1) {
    const alone = await rateOf(well, mode, [])
    const beside = await rateOf(well, mode, [
      ['hanging', hanging.url],
      ['down', down]
    ])
    found.push({ alone, beside })
  }
  const [alone, beside] = [median(found.map(each => each.alone)), median(found.map(each => each.beside))]
  rows.push([mode.what, figure(alone), figure(beside), `${Math.round((beside / alone) * 100)} %`])
}
await well.stop()
await hanging.stop()
const header = ['webhook', 'alone, alerts/s', 'beside one that hangs and one that is down, alerts/s', 'ratio']
process.stdout.write(table(header, rows))
process.exit(0)
