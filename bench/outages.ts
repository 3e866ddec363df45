/**
 * A webhook whose far end fails for 20 seconds of real time, in every way that the tests know, side by side: what was
 * accepted, what arrived, how often. Run: node bench/outages.ts. Prints a Markdown table for each way of sending.
 */
import { join } from 'node:path'
import { systemClock } from '../src/delivery/clock.ts'
import { type Cell, cells, type Mode, modes } from '../test/src/delivery/faults/cells.ts'
import { runCell } from '../test/src/delivery/faults/run-cell.ts'
import { benchFolder } from './collector.ts'
import { announce, table } from './report.ts'

const outageMs = 20_000
const alerts = { before: 500, during: 5_000, after: 500 }

async function row(cell: Cell, mode: Mode, folder: string): Promise<string[]> {
  const directory = join(folder, `${cells.indexOf(cell)}`, 'spool')
  const { books, kept, watch } = await runCell(cell, mode, { clock: systemClock, directory, outageMs, alerts })
  const twice = [...kept.values()].filter(times => times > 1).length
  const lost = books.accepted - kept.size - books.dead
  return [cell.name, ...[books.accepted, kept.size, books.dead, lost, twice, watch.givenUp, watch.mostHeld].map(String)]
}

announce('a webhook whose far end fails for 20 seconds, in every way that the tests know', 3)
for (const mode of modes) {
  const folder = benchFolder()
  const rows = await Promise.all(cells.map(cell => row(cell, mode, folder)))
  const header = ['sink', 'accepted', 'arrived', 'dead letters', 'lost', 'twice', 'sends given up', 'held at most']
  process.stdout.write(`${mode.name}:\n\n${table(header, rows)}\n`)
}
process.exit(0)
