/** Sizes and times as people write and read them. */
import type { Pointer, Tree } from './document.ts'
import type { Finding } from './explain.ts'

const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40
}

/**
 * Gives the bytes of `512MiB`, `1.5 GB`, `4096` or a plain number; undefined when it is no size. `KiB` counts 1024,
 * `kB` 1000.
 */
export function parseSize(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(String(value))
  const unit = match === null || !Object.hasOwn(sizeUnits, match[2]!) ? undefined : sizeUnits[match[2]!]
  if (match === null || unit === undefined) return undefined
  const bytes = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/**
 * Checks that the size at `pointer` is at least so many bytes, where it is written with a unit: a schema's minimum does
 * not see it then.
 */
export function checkLeastSize(tree: Tree, pointer: Pointer, least: number): Finding[] {
  const keys = pointer.slice(1).split('/')
  const written = keys.reduce((value: unknown, key) => Object(value)[key], tree)
  const bytes = typeof written === 'string' ? parseSize(written) : undefined
  if (bytes === undefined || bytes >= least) return []
  return [{ pointer, at: 'value', message: `expected at least ${least} bytes` }]
}

/** The largest unit first, as they stand in a text. */
const timeUnits: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1]
]

/** Gives the milliseconds of `30s`, `1h30m` or `1.5h`; undefined when it is no time, or none at all. */
export function parseDuration(text: string): number | undefined {
  let rest = text
  let ms = 0
  for (const [unit, unitMs] of timeUnits) {
    const match = new RegExp(`^(\\d+(?:\\.\\d+)?)${unit}(?![a-z])`).exec(rest)
    if (match === null) continue
    ms += Number(match[1]) * unitMs
    rest = rest.slice(match[0].length)
  }
  const whole = Math.round(ms)
  return rest === '' && whole > 0 && Number.isSafeInteger(whole) ? whole : undefined
}

/** `512 B`, `1.2 MB`: three digits at most, units of 1000. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let size = bytes
  while (size >= 999.5 && units.length > 1) {
    size /= 1000
    units.shift()
  }
  const text = Number.isInteger(size) ? String(size) : size.toPrecision(3)
  return `${text} ${units[0]}`
}

/** `0:05`, `12:00`, `1:02:03`: minutes and seconds, with hours where there are any. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60]
  const hours = Math.floor(seconds / 3600)
  if (hours > 0) parts.unshift(hours)
  return parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':')
}

/** `850ms`, `45s`, `3h20m`, `7d`: the two largest units at most, in the form that `parseDuration` reads. */
export function formatAge(ms: number): string {
  const largest = timeUnits.findIndex(([, unitMs]) => ms >= unitMs)
  if (largest === -1) return '0s'
  let rest = ms
  const parts = timeUnits.slice(largest, largest + 2).map(([unit, unitMs]) => {
    const whole = Math.floor(rest / unitMs)
    rest -= whole * unitMs
    return whole === 0 || (unit === 'ms' && ms >= 1000) ? '' : `${whole}${unit}`
  })
  return parts.join('')
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/

/**
 * Gives the milliseconds since the epoch of a time in ISO 8601, which is UTC where it names no zone, or of a time so long
 * ago, such as `2h` or `1d12h ago`; undefined when it is none.
 */
export function parseTime(text: string, nowMs: number): number | undefined {
  const ago = parseDuration(text.replace(/ ago$/, ''))
  if (ago !== undefined) return nowMs - ago
  const match = isoTime.exec(text)
  if (match === null) return undefined
  const hasZone = match[1] !== undefined || text.length === '2026-01-02'.length
  const ms = Date.parse(text.replace(' ', 'T') + (hasZone ? '' : 'Z'))
  return Number.isNaN(ms) ? undefined : ms
}
