/** `tercel spool status`: what waits for which output, and why. */
import { Command } from 'commander'
import { printableJson, printableText } from '../../../base/printable.ts'
import { formatAge, formatSize } from '../../../config/quantities.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { count } from '../../count.ts'
import { redact } from '../../log.ts'
import { print } from '../../print.ts'
import type { HealthAnswer, OutputAnswer, SpoolAnswer, StatusAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import { table } from '../table.ts'

interface StatusOptions extends ConnectOptions {
  readonly json?: true
}

export const statusCommand = addControlOptions(
  new Command('status')
    .description('show how full the spool is, what waits for each output, and why')
    .option('--json', 'as JSON: one object, as the API gives it')
).action(async (options: StatusOptions) => {
  const status = await withControl(options, client => client.get<StatusAnswer>('/status'))
  await print(options.json ? `${printableJson(status)}\n` : textOf(status, Date.now()))
})

function textOf({ version, sensor, spool, outputs }: StatusAnswer, nowMs: number): string {
  const running = sensor.state === 'offline' ? 'no tercel runs here' : `tercel ${version}, sensor: ${sensor.state}`
  const dead = outputs.reduce((sum, { books }) => sum + (books?.dead ?? 0), 0)
  const notes = [
    ...outputs.flatMap(output => outputNotes(output, nowMs)),
    ...(dead > 0
      ? ['dead counts alerts that a far end refused for good: tercel dlq list shows those that are kept']
      : []),
    ...(spool.dropped_dead_letters > 0
      ? [`${count(spool.dropped_dead_letters, 'dead letter')} deleted, because they took too much of the spool`]
      : [])
  ]
  const lines = [spoolLine(spool), running, '']
  const tail = notes.length === 0 ? [] : ['', ...notes]
  return `${printed(lines)}${outputTable(outputs)}${printed(tail)}`
}

const spoolStates: Readonly<Record<SpoolAnswer['state'], string>> = {
  ok: 'ok',
  at_limit: 'AT ITS LIMIT: the outputs with the largest backlogs lose alerts',
  blocked: 'BLOCKED: new alerts wait for an output whose backlog is full',
  disk_full: 'THE DISK IS FULL: new alerts wait until there is room',
  failing: 'FAILING: new alerts wait until it can be written'
}

function spoolLine({ state, reason, used_bytes: used, max_bytes: most, accepted }: SpoolAnswer): string {
  const percent = most === 0 ? 0 : Math.round((used / most) * 100)
  const size = `${formatSize(used)} of ${formatSize(most)} used (${percent} %)`
  const why = reason === null ? '' : ` (${reason})`
  return `spool: ${spoolStates[state]}${why}; ${size}; ${count(accepted, 'alert')} accepted`
}

function outputTable(outputs: readonly OutputAnswer[]): string {
  if (outputs.length === 0) return 'no outputs\n'
  const number = (value: number | undefined) => (value === undefined ? '-' : value.toLocaleString('en'))
  const rows = outputs.map(output => {
    const { name, books } = output
    const oldest = books === null || books.waiting === 0 ? '-' : formatAge(books.oldest_waiting_seconds * 1000)
    const size = books === null ? '-' : formatSize(books.waiting_bytes)
    const rest = [books?.delivered, books?.dead, books?.shed, books?.filtered, books?.throttled].map(number)
    return [name, stateOf(output), number(books?.waiting), size, oldest, ...rest]
  })
  const heading = [
    ...['OUTPUT', 'STATE', 'WAITING', 'SIZE', 'OLDEST'],
    ...['DELIVERED', 'DEAD', 'SHED', 'FILTERED', 'THROTTLED']
  ]
  const cells = [heading, ...rows].map(row => row.map(cell => printableText(cell)))
  return table(cells, process.stdout.columns || undefined)
}

function stateOf({ configured, books, health }: OutputAnswer): string {
  if (!configured) return 'left'
  if (health === null) return books === null ? 'new' : 'not served'
  return health.failing ? 'FAILING' : 'ok'
}

/** What an operator has to know of an output beside its row. */
function outputNotes({ name, configured, books, health }: OutputAnswer, nowMs: number): string[] {
  if (!configured) {
    const waiting = count(books?.waiting ?? 0, 'alert')
    return [`${name} is no longer configured: tercel spool forget ${name} gives up what waits for it (${waiting})`]
  }
  return health?.failing ? [failingNote(name, health, nowMs)] : []
}

function failingNote(name: string, health: HealthAnswer, nowMs: number): string {
  const { failing_since: since, consecutive_failures: failures, last_error: reason, next_attempt: next } = health
  const ageOf = (time: string) => formatAge(Math.max(1000, nowMs - Date.parse(time)))
  const when = since === null ? '' : ` for ${ageOf(since)}, since ${since.slice(0, 19)}Z`
  const inMs = next === null ? 0 : Date.parse(next) - nowMs
  const then = inMs > 0 ? `it is tried again in ${formatAge(Math.max(1000, inMs))}` : 'it is being tried again'
  return `${name} has failed${when} (${count(failures, 'attempt')}): ${reason ?? 'no reason is known'}; ${then}`
}

function printed(lines: readonly string[]): string {
  return lines.map(line => `${printableText(redact(line))}\n`).join('')
}
