import { readFileSync } from 'node:fs'
import { resolveData } from './paths.ts'

/** The version of this tercel, as in package.json. */
export function tercelVersion(): string {
  const { version } = JSON.parse(readFileSync(resolveData('package.json'), 'utf8')) as { version: string }
  return version
}
