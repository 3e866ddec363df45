/** What the tests of `tercel rules` share. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { type Run, tercel } from '../tercel.ts'

export interface Workspace {
  readonly folder: string
  /** Writes a file and gives its path. */
  write(name: string, content: string | Uint8Array): string
}

/** A folder that is there until the tests of the file are done. */
export function workspace(): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'tercel-rules-test-'))
  after(() => rmSync(folder, { recursive: true }))
  return {
    folder,
    write(name, content) {
      const path = join(folder, name)
      writeFileSync(path, content)
      return path
    }
  }
}

/** The text of one rule. */
export function ruleText(keys: Readonly<Record<string, string>>): string {
  const all = { rule: 'R', desc: 'd', condition: 'evt.type = open', output: 'o', priority: 'NOTICE', ...keys }
  return `- ${Object.entries(all)
    .map(([key, value]) => `${key}: ${value}`)
    .join('\n  ')}\n`
}

export function rules(args: readonly string[], input = ''): Run {
  return tercel(['rules', ...args], {}, { input })
}
