/** Sizes as people write them in a configuration. */
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
