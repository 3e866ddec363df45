/** Sizes and durations as people write them in a configuration. */

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

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, h: 3600e3, d: 86_400e3 }

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

/** Gives the milliseconds of `250ms`, `10s`, `1m30s` or `2h`; undefined when it is no duration. */
export function parseDuration(value: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value)) return undefined
  let milliseconds = 0
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    milliseconds += Number(amount) * durationUnits[unit!]!
  }
  return Number.isSafeInteger(Math.round(milliseconds)) ? Math.round(milliseconds) : undefined
}
