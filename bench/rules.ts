/**
 * How many events a second one core takes from frame to verdict with a whole public ruleset, and how that changes with the
 * number of rules.
 * Run: npm run bench:rules [-- RULES…]. Prints Markdown tables; each figure is the median of five runs.
 *
 * The rules are those that are named, else Falco's where they lie beside the checkout (../shared/compat), else those that
 * ship. The events are nine opens of ten, one connect and one exec of twenty each (frame-stream.ts).
 */
import { existsSync } from 'node:fs'
import { nothingToCommit } from '../collector/source.ts'
import { loadRuleFiles, parseRuleFiles } from '../rules/engine/load.ts'
import type { Ruleset } from '../rules/engine/ruleset.ts'
import { shippedRules } from '../src/configuration.ts'
import { resolveData } from '../src/paths.ts'
import { chunksOf, emitTo, engineOf, feed, openReader, type Played } from './frame-chunks.ts'
import { makeRecording } from './frame-stream.ts'
import { manyRules } from './many-rules.ts'
import { announce, figure, median, runs, table } from './report.ts'

const events = 1_000_000
const eventsOfCurve = 100_000
/** Where each of thousands of rules looks at every event, fewer events do. */
const eventsOfSlope = 4000
const counts = [10, 100, 1000, 5000]

announce('events through rules, five times for each', 4)
const beside = resolveData('../shared/compat/falco_rules.yaml')
const named = process.argv.slice(2)
const files = named.length > 0 ? named : existsSync(beside) ? [beside] : shippedRules
const reader = openReader('the stream', makeRecording(events, { changes: 'execs' }))
const { header } = reader
const chunks = chunksOf(reader)

/** Events a second of each way, all ways one after the other in each round. */
function measure(ways: readonly ((played: Played) => void)[]): { rates: number[]; last: Played } {
  const rates = ways.map((): number[] => [])
  let last: Played = { events: 0, alerts: 0 }
  for (let run = 0; run <= runs; run++) {
    for (const [index, play] of ways.entries()) {
      last = { events: 0, alerts: 0 }
      const before = process.cpuUsage()
      play(last)
      const { user, system } = process.cpuUsage(before)
      // The first round warms up. CPU time: what others do on the machine meanwhile is theirs.
      if (run > 0) rates[index]!.push((last.events / (user + system)) * 1e6)
    }
  }
  return { rates: rates.map(median), last }
}

const through = (ruleset: Ruleset, of: readonly Buffer[]) => (played: Played) =>
  feed(of, header, played, emitTo(engineOf(ruleset, header), played))
const decoded = (of: readonly Buffer[]) => (played: Played) => feed(of, header, played, () => nothingToCommit)

const ruleset = await loadRuleFiles(files)
const whole = measure([decoded(chunks), through(ruleset, chunks)])
const [decoding, verdict] = whole.rates as [number, number]
const size = Math.round(chunks.reduce((sum, chunk) => sum + chunk.length, 0) / whole.last.events)
process.stdout.write(
  `${whole.last.events.toLocaleString('en')} events of ${size} bytes, ${ruleset.rules.length} rules, ` +
    `${whole.last.alerts.toLocaleString('en')} alerts\n\n` +
    table(
      ['one core', 'events/s', 'ns for each'],
      [
        ['events and their processes', figure(decoding), figure(1e9 / decoding)],
        ['from frame to verdict', figure(verdict), figure(1e9 / verdict)],
        ['the rules alone', '', figure(1e9 / verdict - 1e9 / decoding)]
      ]
    )
)

const stream = (count: number) => chunksOf(openReader('the stream', makeRecording(count, { changes: 'execs' })))
const curve = stream(eventsOfCurve)
const slope = stream(eventsOfSlope)
const kinds = ['spread', 'opens', 'execs', 'pieces', 'globs'] as const
const rows: string[][] = []
for (const count of counts) {
  const rulesets = kinds.map(kind => parseRuleFiles([{ path: 'rules.yaml', text: manyRules(count, kind) }]))
  const ways = kinds.flatMap((kind, index) => {
    const of = kind === 'globs' ? slope : curve
    return [decoded(of), through(rulesets[index]!, of)]
  })
  const times = measure(ways).rates.map(rate => 1e9 / rate)
  const added = kinds.map((_, index) => figure(times[2 * index + 1]! - times[2 * index]!))
  rows.push([count.toLocaleString('en'), ...added])
}
const titles = [
  'spread over 40 types',
  'all for opens, by path',
  'all for execs, by name',
  'all for opens, by contains',
  'all for opens, by glob'
]
process.stdout.write(`\n${table(['rules; ns of rules for each event', ...titles], rows)}`)
