/**
 * How many alerts per second the spool commits, against a bare log file with fdatasync in the same grouping.
 * Run: node bench/spool.ts [directory]. Prints a Markdown table; each figure is the median of five runs.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SpoolProducer } from '../src/delivery/producer.ts'
import type { AlertBatch } from '../src/delivery/records.ts'
import { Spool } from '../src/delivery/spool.ts'
import { SpoolStore } from '../src/delivery/spool-store.ts'
import { alert } from './alert.ts'
import { announce, figure, median, runs, table } from './report.ts'

const mib = 1024 * 1024

const text = JSON.stringify(alert)

function makeBatch(count: number): AlertBatch {
  const column = <T>(value: T): T[] => Array(count).fill(value)
  return {
    texts: column(text),
    severities: column(4),
    rules: column(alert.rule),
    internal: column(false),
    bytes: column(text.length),
    totalBytes: count * text.length
  }
}

/** Alerts per second of `count` alerts in groups, each group synced. */
type Bench = (directory: string, count: number, group: number) => number | Promise<number>

function rate(count: number, startMs: number): number {
  return (count / (performance.now() - startMs)) * 1000
}

const store: Bench = (directory, count, group) => {
  const spool = new SpoolStore({ directory, maxBytes: 1024 * mib, reserveBytes: 16 * mib })
  const batch = makeBatch(group)
  const start = performance.now()
  for (let done = 0; done < count; done += group) {
    spool.commit([batch])
    spool.size.checkpoint()
  }
  const result = rate(count, start)
  spool.close()
  return result
}

const log: Bench = (directory, count, group) => {
  const fd = openSync(join(directory, 'log'), 'w')
  const chunk = Buffer.from(`${text}\n`.repeat(group))
  const start = performance.now()
  for (let done = 0; done < count; done += group) {
    writeSync(fd, chunk)
    fdatasyncSync(fd)
  }
  const result = rate(count, start)
  closeSync(fd)
  return result
}

/** Everything that a rule's alert goes through: serialised, sent to the spool's thread, committed, acknowledged. */
const threads: Bench = async (directory, count, group) => {
  const quiet = { info() {}, warn() {}, error() {} }
  const spool = await Spool.open({ directory, log: quiet })
  const producer = new SpoolProducer(spool.connectProducer())
  const start = performance.now()
  if (group === 1) for (let done = 0; done < count; done += 1) await producer.submit(alert)
  else {
    // As a source does: while one group is being committed the next is made.
    let before: Promise<unknown> = Promise.resolve()
    for (let done = 0; done < count; done += group) {
      const submitted = Promise.all(Array.from({ length: group }, () => producer.submit(alert)))
      await before
      before = submitted
    }
    await before
  }
  const result = rate(count, start)
  await producer.close()
  await spool.close()
  return result
}

async function measure(bench: Bench, count: number, group: number): Promise<number> {
  const rates: number[] = []
  for (let run = 0; run < runs; run += 1) {
    const directory = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'tercel-bench-'))
    rates.push(await bench(directory, count, group))
    rmSync(directory, { recursive: true })
  }
  return median(rates)
}

announce('alerts committed to the spool and to a bare log file, five times', 1)
const rows: string[][] = []
for (const { group, count } of [
  { group: 1, count: 5_000 },
  { group: 50, count: 50_000 },
  { group: 500, count: 100_000 }
]) {
  const figures: number[] = []
  for (const bench of [store, threads, log]) figures.push(await measure(bench, count, group))
  rows.push([count.toLocaleString('en'), String(group), ...figures.map(figure)])
}
const columns = ['store, alerts/s', 'through the threads, alerts/s', 'bare log with fdatasync, alerts/s']
process.stdout.write(table([`alerts of ${text.length} bytes`, 'in one transaction', ...columns], rows))
