/** The filters that templates have beside Liquid's own. */
import { nearestName } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Priority, priorities, severityOf } from '../../rules/alert.ts'
import { wireJson } from './json.ts'
import { bytesOf, code, fit, html, inert, markdown, textOf } from './text.ts'

type Filter = (value: unknown, ...args: unknown[]) => unknown

export const filters: Readonly<Record<string, Filter>> = {
  json: value => wireJson(value ?? null),
  printable: (value, limit) => fit(printableText(textOf(value)), limitOf('printable', limit)),
  plain: (value, limit) => fit(inert(value), limitOf('plain', limit)),
  markdown: (value, limit) => markdown(value, limitOf('markdown', limit)),
  html: (value, limit) => html(value, limitOf('html', limit)),
  code: (value, limit) => code(value, limitOf('code', limit)),
  cut: (value, limit) => fit(textOf(value), limitOf('cut', limit)),
  cut_bytes: (value, limit) => fit(textOf(value).toWellFormed(), limitOf('cut_bytes', limit), undefined, bytesOf),
  severity: value => severityOfText(value),
  unix: (value, unit) => unixTime(value, unit),
  iso: value => new Date(Number(unixTime(value, 'ms'))).toISOString(),
  entries: value => Object.entries(Object(value)).map(([name, member]) => ({ name, value: member })),
  texts: value => Object.fromEntries(Object.entries(Object(value)).map(([name, member]) => [name, textOf(member)]))
}

/** Without a limit everything fits. */
function limitOf(filter: string, limit: unknown): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY
  if (Number.isSafeInteger(limit) && Number(limit) > 0) return Number(limit)
  throw new Error(`expected a whole number of characters or bytes after ${filter}:`)
}

/** 0 for Emergency to 7 for Debug; another sensor's word counts as the worst that is like it, else as Error. */
function severityOfText(value: unknown): number {
  const word = nearestName(textOf(value), priorities) ?? 'Error'
  return severityOf(word as Priority)
}

const isoTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/

/** Nanoseconds are text: a number of JSON is not that exact everywhere. */
const units: Readonly<Record<string, (nanoseconds: bigint) => number | string>> = {
  s: nanoseconds => Number(nanoseconds / 1_000_000_000n),
  ms: nanoseconds => Number(nanoseconds / 1_000_000n),
  us: nanoseconds => Number(nanoseconds / 1000n),
  ns: String
}

/** The time since 1970; now for what is no time, because a far end would refuse an alert without one. */
function unixTime(value: unknown, unit: unknown): number | string {
  const convert = typeof unit === 'string' && Object.hasOwn(units, unit) ? units[unit]! : undefined
  if (convert === undefined) throw new Error('expected "s", "ms", "us" or "ns" after unix:')
  const [, seconds, fraction = '', zone] = isoTime.exec(textOf(value)) ?? []
  const wholeMs = seconds === undefined ? Number.NaN : Date.parse(seconds + zone)
  if (Number.isNaN(wholeMs)) return convert(BigInt(Date.now()) * 1_000_000n)
  return convert(BigInt(wholeMs) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}
