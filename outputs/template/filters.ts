/** The filters that templates have beside Liquid's own. */
import { nearestName } from '../../base/nearest.ts'
import { printableText } from '../../base/printable.ts'
import { type Priority, priorities, priorityOf, severityOf } from '../../rules/alert.ts'
import { wireJson } from './json.ts'
import { bytesOf, code, fit, html, inert, markdown, textOf } from './text.ts'

type Filter = (value: unknown, ...args: unknown[]) => unknown

/** They give nothing for nothing, so that its key is left out or `default` says what stands there. */
const textFilters: Readonly<Record<string, (value: unknown, limit: number) => string>> = {
  printable: (value, limit) => fit(printableText(textOf(value)), limit),
  plain: (value, limit) => fit(inert(value), limit),
  markdown,
  html,
  code,
  cut: (value, limit) => fit(textOf(value), limit),
  cut_bytes: (value, limit) => fit(textOf(value).toWellFormed(), limit, undefined, bytesOf)
}

export const filters: Readonly<Record<string, Filter>> = {
  ...Object.fromEntries(Object.entries(textFilters).map(([name, filter]) => [name, limited(name, filter)])),
  json: value => wireJson(value ?? null),
  url_encode: value => encodeURIComponent(textOf(value).toWellFormed()),
  severity: value => severityOfText(value),
  unix: (value, unit, maxAge) => unixTime(value, unit, maxAge),
  iso: value => (timeOf(value) <= Date.now() ? value : new Date().toISOString()),
  entries: value => Object.entries(Object(value)).map(([name, member]) => ({ name, value: member })),
  texts: value => {
    const there = Object.entries(Object(value)).filter(([, member]) => !isNothing(member))
    return Object.fromEntries(there.map(([name, member]) => [name, textOf(member)]))
  }
}

function limited(name: string, filter: (value: unknown, limit: number) => string): Filter {
  return (value, limit) => {
    const checked = limitOf(name, limit)
    return isNothing(value) ? undefined : filter(value, checked)
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null
}

/** Without a limit everything fits. */
function limitOf(filter: string, limit: unknown): number {
  if (limit === undefined) return Number.POSITIVE_INFINITY
  if (Number.isSafeInteger(limit) && Number(limit) > 0) return Number(limit)
  throw new Error(`expected a whole number as the limit of ${filter}`)
}

/** 0 for Emergency to 7 for Debug; another sensor's word counts as the worst that is like it, else as Error. */
function severityOfText(value: unknown): number {
  const text = textOf(value)
  const near = () => nearestName(text.charAt(0).toUpperCase() + text.slice(1).toLowerCase(), priorities) as Priority
  return severityOf(priorityOf(text) ?? near() ?? 'Error')
}

const isoTime = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/

/** Nanoseconds are text: a number of JSON is not that exact everywhere. */
const units: Readonly<Record<string, (nanoseconds: bigint) => number | string>> = {
  s: nanoseconds => Number(nanoseconds / 1_000_000_000n),
  ms: nanoseconds => Number(nanoseconds / 1_000_000n),
  us: nanoseconds => Number(nanoseconds / 1000n),
  ns: String
}

/**
 * The time since 1970; now for what is no time or lies ahead, because a far end would refuse an alert without one, or
 * with that of a clock that is wrong.
 *
 * @param maxAge seconds: a time that is longer ago becomes one that is just so long ago.
 */
function unixTime(value: unknown, unit: unknown, maxAge: unknown): number | string {
  const convert = typeof unit === 'string' && Object.hasOwn(units, unit) ? units[unit]! : undefined
  if (convert === undefined) throw new Error('expected "s", "ms", "us" or "ns" after unix:')
  const now = Date.now()
  const oldest = maxAge === undefined ? 0 : now - 1000 * limitOf('unix', maxAge)
  const ms = timeOf(value)
  if (!(ms <= now)) return convert(BigInt(now) * 1_000_000n)
  if (ms < oldest) return convert(BigInt(oldest) * 1_000_000n)
  const nanoseconds = (isoTime.exec(textOf(value))![2] ?? '').padEnd(9, '0').slice(3)
  return convert(BigInt(ms) * 1_000_000n + BigInt(nanoseconds))
}

/** Milliseconds since 1970; NaN for what is no time. */
function timeOf(value: unknown): number {
  const [, seconds, fraction = '', zone] = isoTime.exec(textOf(value)) ?? []
  return seconds === undefined ? Number.NaN : Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`)
}
