/** `tercel dlq list`: dead letters, a line for each. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { printableJson, printableText } from '../../../base/printable.ts'
import type { ControlClient } from '../../control/client.ts'
import { type ConnectOptions, withControl } from '../../control/connect.ts'
import { redact } from '../../log.ts'
import { print } from '../../print.ts'
import type { DeadLetterAnswer, DeadLetterCountAnswer, DeadLettersAnswer } from '../../server/api-types.ts'
import { addControlOptions } from '../control-options.ts'
import { table } from '../table.ts'
import { addFilterOptions, type FilterOptions, filterOf, lettersText } from './filter.ts'

interface ListOptions extends ConnectOptions, FilterOptions {
  readonly limit: number
  readonly json?: true
}

/** As much as the API gives at once. */
const largestPage = 1_000

export const listCommand = addControlOptions(
  addFilterOptions(new Command('list').description('list dead letters, the newest last'))
    .addOption(
      new Option('--limit <number>', 'how many at most, the oldest that fit').default(100).argParser(readLimit)
    )
    .option('--json', 'as JSON lines, with the alerts')
).action(async (options: ListOptions) => {
  await withControl(options, async client => {
    if (options.json) {
      for await (const letters of pages(client, options)) {
        await print(letters.map(letter => `${printableJson(letter)}\n`).join(''))
      }
      return
    }
    const letters: DeadLetterAnswer[] = []
    for await (const page of pages(client, options)) letters.push(...page)
    const { count } = await client.get<DeadLetterCountAnswer>('/dead-letters/count', { query: filterOf(options) })
    await print(textOf(letters, Math.max(count, letters.length), options))
  })
})

/** Up to as many as are asked for, in portions. */
async function* pages(client: ControlClient, options: ListOptions): AsyncGenerator<readonly DeadLetterAnswer[]> {
  let left = options.limit
  let after: number | undefined
  while (left > 0) {
    const query = { ...filterOf(options), limit: Math.min(left, largestPage), after }
    const { dead_letters: letters, next } = await client.get<DeadLettersAnswer>('/dead-letters', { query })
    yield letters
    if (next === null) return
    left -= letters.length
    after = next
  }
}

function textOf(letters: readonly DeadLetterAnswer[], total: number, options: ListOptions): string {
  const rows = letters.map(({ id, died, output, rule, reason }) => {
    return [String(id), died.slice(0, 19).replace('T', ' '), output, rule ?? '', reason]
  })
  const cells = [['ID', 'DIED (UTC)', 'OUTPUT', 'RULE', 'REASON'], ...rows]
  const printable = cells.map(row => row.map(cell => printableText(redact(cell))))
  const more = total - letters.length
  const hint = `; ${more.toLocaleString('en')} more are newer: raise --limit, or say --since`
  const summary = printableText(`${lettersText(total, options)}${more > 0 ? hint : ''}`)
  return `${letters.length === 0 ? '' : table(printable, process.stdout.columns || undefined)}${summary}\n`
}

function readLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a number from 1')
}
