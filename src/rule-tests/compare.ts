/** What alerts were expected and what alerts were raised, as a difference that people can read. */
import { printableText } from '../../base/printable.ts'
import type { Alert, OutputValue } from '../../rules/alert.ts'
import type { ExpectedAlert, ExpectedField } from './expected-alert.ts'

export interface RaisedAlert {
  readonly alert: Alert
  /** The event that it was raised for, in words. */
  readonly event: string
}

/** Beyond this many pairs of alerts they are compared one by one. */
const mostPairs = 1_000_000

/**
 * Lines that tell the difference: `- rule` was expected and not raised, `+ rule` was raised and not expected, `~ rule` is
 * not as expected; none where there is no difference.
 */
export function differences(expected: readonly ExpectedAlert[], raised: readonly RaisedAlert[]): string[] {
  const steps = align(expected, raised)
  const lines = steps.map(({ expected: alert, raised: found }) => {
    if (found === undefined) return [`- ${alert!.rule}: expected, but not raised`]
    if (alert !== undefined) return changed(alert, found)
    return [`+ ${found.alert.rule}: raised for ${found.event}, but not expected`, `    ${textOf(found.alert)}`]
  })
  if (lines.every(each => each.length === 0)) return []
  // The alerts that are as expected show where the others belong.
  return steps.flatMap(({ raised: found }, index) =>
    lines[index]!.length > 0 ? lines[index]! : [`  ${found!.alert.rule}: raised for ${found!.event}, as expected`]
  )
}

interface Step {
  readonly expected: ExpectedAlert | undefined
  readonly raised: RaisedAlert | undefined
}

/** Pairs alerts of the same rule so that most have a partner and both keep their order. */
function align(expected: readonly ExpectedAlert[], raised: readonly RaisedAlert[]): Step[] {
  const pairs = (e: number, r: number) => expected[e]!.rule === raised[r]!.alert.rule
  const common = commonLengths(expected.length, raised.length, pairs)
  const steps: Step[] = []
  let e = 0
  let r = 0
  while (e < expected.length || r < raised.length) {
    if (e < expected.length && r < raised.length && pairs(e, r)) {
      steps.push({ expected: expected[e++], raised: raised[r++] })
    } else if (r === raised.length || (e < expected.length && common(e + 1, r) >= common(e, r + 1))) {
      steps.push({ expected: expected[e++], raised: undefined })
    } else {
      steps.push({ expected: undefined, raised: raised[r++] })
    }
  }
  return steps
}

/** The length of the longest common subsequence of what begins at two positions. */
function commonLengths(
  rows: number,
  columns: number,
  pairs: (row: number, column: number) => boolean
): (row: number, column: number) => number {
  if (rows * columns > mostPairs) return () => 0
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1))
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row]![column] = pairs(row, column)
        ? lengths[row + 1]![column + 1]! + 1
        : Math.max(lengths[row + 1]![column]!, lengths[row]![column + 1]!)
    }
  }
  return (row, column) => lengths[row]![column]!
}

function changed(expected: ExpectedAlert, { alert, event }: RaisedAlert): string[] {
  const { priority, output, outputContains, fields, tags } = expected
  const text = textOf(alert)
  const details: [what: string, expected: string, found: string][] = []
  if (priority !== undefined && priority !== alert.priority) details.push(['priority', priority, alert.priority])
  if (output !== undefined && printableText(output) !== text) details.push(['output', output, text])
  for (const part of outputContains) {
    if (!text.includes(printableText(part))) details.push(['output_contains', part, text])
  }
  for (const field of fields) {
    const value = foundValue(alert, field)
    if (!equals(field.value, value)) details.push([field.name, shown(field.value), shown(value)])
  }
  if (tags !== undefined && sorted(tags) !== sorted(alert.tags)) {
    details.push(['tags', sorted(tags), sorted(alert.tags)])
  }
  if (details.length === 0) return []
  const lines = details.flatMap(([what, wanted, found]) => [
    `    ${what}: expected  ${wanted}`,
    `    ${' '.repeat(what.length)}  found     ${found}`
  ])
  return [`~ ${alert.rule}: raised for ${event}, but not as expected`, ...lines]
}

/** The output without the time and the priority before it. */
function textOf({ output, priority }: Alert): string {
  return output.slice(output.indexOf(priority) + priority.length + 1).trimEnd()
}

function foundValue({ output_fields: fields }: Alert, { name }: ExpectedField): OutputValue {
  return Object.hasOwn(fields, name) ? fields[name]! : null
}

/** Values are compared as the texts that they are in an alert. */
function equals(expected: ExpectedField['value'], found: OutputValue): boolean {
  if (expected === null || found === null) return expected === found
  if (typeof expected === 'string') return typeof found !== 'object' && printableText(expected) === String(found)
  return (
    Array.isArray(found) &&
    found.length === expected.length &&
    expected.every((each, index) => printableText(each) === String(found[index]))
  )
}

function shown(value: OutputValue): string {
  if (value === null) return 'nothing'
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value)
}

function sorted(tags: readonly string[]): string {
  return [...new Set(tags)].sort().join(', ') || 'none'
}
