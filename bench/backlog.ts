/**
 * What a backlog of a million alerts costs: memory, opening the spool, choosing what to shed, and how much of the file a
 * tenth of scattered alerts gives back. Run: node --expose-gc bench/backlog.ts [alerts] [directory].
 * Prints a Markdown table. Takes a gigabyte of disk and some minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AlertBatch } from '../src/delivery/records.ts'
import { SpoolStore } from '../src/delivery/spool-store.ts'
import { announce } from './report.ts'

const count = Number(process.argv[2] ?? 1_000_000)
const directory = mkdtempSync(join(process.argv[3] ?? tmpdir(), 'tercel-bench-'))
const group = 500
const mib = 1024 * 1024
const text = JSON.stringify({ output: 'x'.repeat(868) })
const rows: [string, string][] = []

/** Severities and rules that follow no order: a tenth Debug, the rest of all other priorities. */
function makeBatch(): AlertBatch {
  const column = <T>(make: () => T): T[] => Array.from({ length: group }, make)
  return {
    texts: column(() => text),
    severities: column(() => (Math.random() < 0.1 ? 7 : Math.floor(Math.random() * 7))),
    rules: column(() => `rule ${Math.floor(Math.random() ** 2 * 50)}`),
    internal: column(() => false),
    bytes: column(() => text.length),
    totalBytes: group * text.length
  }
}

function open(): SpoolStore {
  return new SpoolStore({ directory, maxBytes: 64 * 1024 * mib, reserveBytes: 16 * mib })
}

function timed<T>(what: string, run: () => T): T {
  const start = performance.now()
  const result = run()
  rows.push([what, `${(performance.now() - start).toFixed(1)} ms`])
  return result
}

/** Heap and typed arrays, in bytes. */
function memory(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const inMib = (bytes: number): string => `${(bytes / mib).toFixed(1)} MiB`

announce('a spool in which a million alerts wait: filled, opened, shed', 1)
let store = open()
for (const output of ['dead', 'slow']) store.register(output, 'now')
const before = memory()
for (let done = 0; done < count; done += group) {
  store.commit([makeBatch()])
  store.size.checkpoint()
}
rows.push(['memory for what waits', inMib(memory() - before)])
rows.push(['the file', inMib(store.size.usedBytes)])

store.close()
store = timed('opening the spool', open)

const scattered: number[] = []
for (let seq = 1; seq <= count; seq += 1) if (seq !== 1 && Math.random() < 0.5) scattered.push(seq)
timed(`${scattered.length} settled out of order`, () =>
  store.settle(
    'slow',
    scattered.map(seq => ({ seq, kind: 'delivered' }))
  )
)
timed('the commit of that', () => store.commit([]))
const page = timed('a page of 1,000', () => store.read('slow', { after: 0, maxCount: 1_000, maxBytes: 4 * mib }))
timed('a page behind 4,000 in flight', () =>
  store.read('slow', { after: page.at(-1)!.seq + 6_000, maxCount: 1_000, maxBytes: 4 * mib })
)

const used = store.size.usedBytes
const tenth = 0.1 * used
const steps: number[] = []
const commits: number[] = []
let shed = 0
while (shed < tenth) {
  const start = performance.now()
  let last = 0
  const victims = store.shedder.shedForRoom(tenth - shed, () => {
    last += 1
  })
  steps.push(performance.now() - start)
  if (victims === 0 || last === 0) break
  shed += victims * text.length
  while (store.deletable) {
    const start = performance.now()
    store.commit([])
    store.size.checkpoint()
    commits.push(performance.now() - start)
  }
}
const worst = (times: readonly number[]): string => `${Math.max(...times).toFixed(1)} ms`
const median = (times: readonly number[]): string =>
  `${times.toSorted((a, b) => a - b)[times.length >> 1]!.toFixed(1)} ms`
rows.push(['choosing and shedding 10,000 for room, median and worst', `${median(steps)}, ${worst(steps)}`])
rows.push(['a commit that deletes what was shed, median and worst', `${median(commits)}, ${worst(commits)}`])
rows.push(['shed, share of the file', `${((100 * shed) / used).toFixed(1)} %`])
rows.push(['given back, share of the file', `${((100 * (used - store.size.usedBytes)) / used).toFixed(1)} %`])
store.close()
rmSync(directory, { recursive: true })
process.stdout.write(`| ${count.toLocaleString('en')} alerts of ${text.length} bytes, two outputs | |\n|---|--:|\n`)
for (const [what, figure] of rows) process.stdout.write(`| ${what} | ${figure} |\n`)
