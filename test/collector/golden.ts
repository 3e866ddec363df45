/** The frames that C wrote: the output of collector/reader/golden.c. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const reader = fileURLToPath(new URL('../../collector/reader', import.meta.url))
const built = join(reader, 'build/golden')

const hasClang = spawnSync('clang', ['--version']).status === 0

/** Why the tests that need the frames cannot run; false when they can. */
export const goldenMissing: string | false =
  existsSync(built) || hasClang ? false : 'golden is not built, and there is no clang to build it'

/** One frame of every kind, in the order of golden.c. Built for this call alone where set-up has not built it. */
export function goldenStream(): Buffer {
  if (existsSync(built)) return execFileSync(built)
  const folder = mkdtempSync(join(tmpdir(), 'tercel-golden-'))
  try {
    execFileSync('make', ['--silent', '-C', reader, `BUILD=${folder}`, `${folder}/golden`])
    return execFileSync(join(folder, 'golden'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
