/**
 * What a command has to know of the configuration to find the spool and the tercel that serves it. The rest is not looked
 * at: whoever asks at a terminal need not have the secrets of the outputs.
 */
import { dirname, resolve } from 'node:path'
import type { Tree } from './document.ts'
import { type ReadFile, readSmallFile } from './files.ts'
import { problemsOf, readConfigFile, withoutEmptySections } from './load.ts'
import { checkLeastSize, parseSize } from './quantities.ts'
import { configSchema, leastSpoolBytes, type RawConfig } from './schema.ts'
import { resolveReferences } from './secrets.ts'
import { checkControlSocket, toServer } from './server.ts'
import { validate } from './validate.ts'

export interface ControlConfig {
  /** The file it came from, as it was named. */
  readonly file: string
  readonly spool: { readonly directory: string; readonly maxBytes: number }
  readonly server: { readonly enabled: boolean; readonly socket: string }
  /** As far as they can be told. */
  readonly outputs: readonly { readonly name: string; readonly type: string }[]
}

export interface ControlOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile?: ReadFile
}

const { spool, server } = configSchema.properties
const schema = { type: 'object', properties: { spool, server, outputs: {} } }

/** @throws TercelError TERCEL_CONFIG when the file cannot be read, or the sections spool and server are wrong. */
export async function loadControlConfig(
  path: string,
  { env, readFile = readSmallFile }: ControlOptions
): Promise<ControlConfig> {
  const parsed = await readConfigFile(path, readFile)
  const baseDirectory = dirname(resolve(path))
  const needed = neededOf(withoutEmptySections(parsed.tree, path))
  const resolved = await resolveReferences(needed, { env, readFile, baseDirectory })
  const absolute = (part: string): string => resolve(baseDirectory, part)
  const unresolved = resolved.findings.map(finding => ({ ...finding, at: 'value' as const }))
  const found = [
    ...validate(schema, resolved.value, resolved.references),
    ...checkLeastSize(resolved.value, '/spool/max_bytes', leastSpoolBytes)
  ].filter(({ pointer }) => unresolved.every(other => other.pointer !== pointer))
  const findings = [...unresolved, ...found]
  const all = findings.length > 0 ? findings : checkControlSocket(resolved.value, absolute)
  if (all.length > 0) throw problemsOf(path, parsed, resolved, all)
  const raw = resolved.value as unknown as Pick<RawConfig, 'spool' | 'server' | 'outputs'>
  const directory = absolute(raw.spool.directory)
  const { enabled, socket } = toServer(raw.server, directory, absolute)
  return {
    file: path,
    spool: { directory, maxBytes: parseSize(raw.spool.max_bytes)! },
    server: { enabled, socket },
    outputs: raw.outputs.map(({ name, type }) => ({ name: name ?? type, type }))
  }
}

/** The sections without the token, and of the outputs what they are called. */
function neededOf({ spool: written = {}, server: section = {}, outputs }: Record<string, Tree>): Tree {
  const entries = Array.isArray(outputs) ? outputs.map(entry => Object(entry) as Record<string, Tree>) : []
  const named = entries.flatMap(({ name, type }): Tree[] => {
    if (typeof type !== 'string') return []
    return [typeof name === 'string' ? { name, type } : { type }]
  })
  const isMapping = typeof section === 'object' && section !== null && !Array.isArray(section)
  const { token: _, ...rest } = isMapping ? section : {}
  return { spool: written, server: isMapping ? rest : section, outputs: named }
}
