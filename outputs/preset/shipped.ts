/** The presets that ship with tercel: the files in outputs/presets/. Each is read when it is first asked for. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatProblem } from '../../base/errors.ts'
import type { OutputDefinition } from '../output.ts'
import { definePreset } from './definition.ts'
import { parsePreset } from './load.ts'

/** Data is not compiled: it exists once, at the root of the repository, for the sources and for dist/. */
const folder = new URL(import.meta.url.endsWith('.js') ? '../../../outputs/presets/' : '../presets/', import.meta.url)

/** Their names and files. */
export const shippedPresets: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter(file => file.endsWith('.yaml'))
    .sort()
    .map(file => [basename(file, '.yaml'), fileURLToPath(new URL(file, folder))])
)

/** Compiles a preset when something is asked of it that its name does not say; else it is like any other object. */
function lazily(name: string, path: string): OutputDefinition {
  let definition: OutputDefinition | undefined
  const read = (): OutputDefinition => {
    definition ??= readShipped(name, path)
    return definition
  }
  return new Proxy({} as OutputDefinition, {
    get: (_, key) => (key === 'type' ? name : Reflect.get(read(), key)),
    has: (_, key) => Reflect.has(read(), key),
    ownKeys: () => Reflect.ownKeys(read()),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(read(), key)
  })
}

function readShipped(name: string, path: string): OutputDefinition {
  const read = parsePreset(readFileSync(path, 'utf8'), path)
  if ('problems' in read) throw new Error(read.problems.map(formatProblem).join('\n'))
  return definePreset(name, read.file)
}

export const shippedDefinitions: readonly OutputDefinition[] = [...shippedPresets].map(([name, path]) =>
  lazily(name, path)
)
