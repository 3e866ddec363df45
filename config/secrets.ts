/**
 * Secrets never stand in the configuration: a value refers to them as `${env:NAME}` or `${file:/run/secrets/x}`. They
 * are put in after the YAML has been parsed, so that no secret can change the structure, and whatever was put in is
 * remembered so that errors and logs can leave it out.
 */
import { resolve } from 'node:path'
import { readFailure } from '../base/file-failure.ts'
import { didYouMean } from '../base/nearest.ts'
import { join, type Pointer, type Tree } from './document.ts'
import { decodeText, type ReadFile } from './files.ts'

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly readFile: ReadFile
  /** Relative paths in `${file:…}` start here. */
  readonly baseDirectory: string
}

export interface ResolvedTree {
  readonly value: Tree
  /** Every value that was put in, to be hidden. */
  readonly secrets: readonly string[]
  /** The values that contain a reference, as they stand in the file. */
  readonly references: ReadonlyMap<Pointer, string>
  readonly findings: readonly { readonly pointer: Pointer; readonly message: string }[]
}

/** `$${` (an escape), a whole reference, or the start of something that is none. */
const referencePattern = /\$\$\{|\$\{(env|file):([^}]*)\}|\$\{/g

/** Replaces the references in every string of the tree. Never throws: what cannot be resolved is among the findings. */
export async function resolveReferences(tree: Tree, sources: SecretSources): Promise<ResolvedTree> {
  const secrets: string[] = []
  const references = new Map<Pointer, string>()
  const findings: { pointer: Pointer; message: string }[] = []

  async function visit(value: Tree, pointer: Pointer): Promise<Tree> {
    if (typeof value === 'string') return value.includes('${') ? substitute(value, pointer) : value
    if (Array.isArray(value)) {
      const items: Tree[] = []
      for (const [index, item] of value.entries()) items.push(await visit(item, join(pointer, index)))
      return items
    }
    if (value === null || typeof value !== 'object') return value
    const entries: [string, Tree][] = []
    for (const [key, member] of Object.entries(value)) entries.push([key, await visit(member, join(pointer, key))])
    return Object.fromEntries(entries)
  }

  async function substitute(text: string, pointer: Pointer): Promise<string> {
    let result = ''
    let end = 0
    for (const match of text.matchAll(referencePattern)) {
      const [whole, kind, name] = match
      result += text.slice(end, match.index)
      end = match.index + whole.length
      if (whole === '$${') {
        result += '${'
        continue
      }
      references.set(pointer, text)
      const found =
        kind === undefined || name === undefined
          ? { message: 'expected ${env:NAME} or ${file:PATH}; write $${ for a literal ${' }
          : await (kind === 'env' ? fromEnvironment(name, sources) : fromFile(name, sources))
      if ('message' in found) findings.push({ pointer, message: found.message })
      else {
        secrets.push(found.secret)
        result += found.secret
      }
    }
    return result + text.slice(end)
  }

  return { value: await visit(tree, ''), secrets, references, findings }
}

type Found = { readonly secret: string } | { readonly message: string }

function fromEnvironment(name: string, { env }: SecretSources): Found {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return { message: `expected the name of an environment variable in \${env:${name}}` }
  const secret = Object.hasOwn(env, name) ? env[name] : undefined
  if (secret !== undefined) return { secret }
  return { message: `the environment variable ${name} is not set${didYouMean(name, Object.keys(env))}` }
}

async function fromFile(path: string, { baseDirectory, readFile }: SecretSources): Promise<Found> {
  if (path === '') return { message: 'expected the path of a file in ${file:}' }
  try {
    const decoded = decodeText(await readFile(resolve(baseDirectory, path)))
    if (!('text' in decoded)) return { message: `cannot read ${path}: it is not UTF-8 text` }
    // Editors and `echo` end a file with a newline that is no part of the secret.
    return { secret: decoded.text.replace(/\r?\n$/, '') }
  } catch (error) {
    return { message: `cannot read ${path}: ${readFailure(error)}` }
  }
}
