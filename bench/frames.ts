/**
 * How many events a second one core takes through decoding and the rules that ship, against walking the frames only.
 * Run: node bench/frames.ts [RECORDING]. Prints a Markdown table; each figure is the median of five runs.
 *
 * Without a recording the stream of frame-stream.ts is taken. All ways run one after the other in each round, so that a
 * busy machine slows down all of them.
 */
import { readFileSync } from 'node:fs'
import { FrameBuffer } from '../collector/frames.ts'
import { eventKinds } from '../collector/layout.ts'
import { nothingToCommit } from '../collector/source.ts'
import { RecordingSource } from '../collector/sources/recording.ts'
import { shippedRules } from '../src/configuration.ts'
import { loadRules } from '../src/rules.ts'
import { chunksOf, emitTo, engineOf, feed, openReader, type Played } from './frame-chunks.ts'
import { makeRecording } from './frame-stream.ts'
import { announce, figure, median, runs, table } from './report.ts'

const events = 1_000_000

const file = process.argv[2]
announce('events through decoding and the rules that ship, five times', 1)
const bytes = file === undefined ? makeRecording(events) : readFileSync(file)
const ruleset = await loadRules({ rules: { files: shippedRules, lists: {} } })

const reader = openReader(file ?? 'the stream', bytes)
const { header } = reader
const chunks = chunksOf(reader)

function walk(played: Played): void {
  const frames = new FrameBuffer()
  for (const chunk of chunks) {
    frames.space().set(chunk)
    frames.advance(chunk.length, (_at, _length, kind) => {
      if (eventKinds.has(kind)) played.events++
    })
  }
}

const ways: readonly [what: string, play: (played: Played) => void | Promise<void>][] = [
  ['frames walked', walk],
  ['events and their processes', played => feed(chunks, header, played, () => nothingToCommit)],
  ['events through the rules', played => feed(chunks, header, played, emitTo(engineOf(ruleset, header), played))],
  [
    'the same from a recording',
    async played => {
      const recording = openReader(file ?? 'the stream', bytes)
      const source = new RecordingSource({ recording })
      await source.start(emitTo(engineOf(ruleset, header), played), new AbortController().signal)
      played.events = source.events
    }
  ]
]

const rates = ways.map((): number[] => [])
let played: Played = { events: 0, alerts: 0 }
for (let run = 0; run <= runs; run++) {
  for (const [index, [, play]] of ways.entries()) {
    played = { events: 0, alerts: 0 }
    const before = process.cpuUsage()
    await play(played)
    const { user, system } = process.cpuUsage(before)
    // The first round warms up. CPU time: what others do on the machine meanwhile is theirs.
    if (run > 0) rates[index]!.push((played.events / (user + system)) * 1e6)
  }
}

const size = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
const rows = ways.map(([what], index) => {
  const rate = median(rates[index]!)
  return [what, figure(rate), figure(1e9 / rate), figure(rate / median(rates[0]!))]
})
process.stdout.write(
  `${played.events.toLocaleString('en')} events of ${Math.round(size / played.events)} bytes, ` +
    `${ruleset.rules.length} rules, ${played.alerts.toLocaleString('en')} alerts\n\n` +
    table(['one core', 'events/s', 'ns for each', 'of walking'], rows)
)
