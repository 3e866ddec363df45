/**
 * The house has floors, and no stairs back up: a room imports only from itself and from lower floors. `test/` and
 * `bench/` may import anything.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { resolveData } from '../src/paths.ts'

const floors: Readonly<Record<string, number>> = { base: 0, collector: 1, config: 1, rules: 2, outputs: 3, src: 4 }

const root = resolveData('.')

interface Import {
  readonly line: number
  readonly specifier: string
}

/** Every module that a source names, as `import … from`, `export … from`, `import '…'`, `import('…')` or a type. */
function importsOf(source: string): Import[] {
  // Strings are kept, because they may look like comments; the rest of the alternation is blanked line by line.
  const tokens = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
  const code = source.replace(tokens, token => (token.startsWith('/') ? token.replace(/[^\n]/g, ' ') : token))
  const pattern = /\b(?:from|import)\s*\(?\s*(['"])(.*?)\1/g
  return [...code.matchAll(pattern)].map(match => ({
    line: code.slice(0, match.index).split('\n').length,
    specifier: match[2]!
  }))
}

function violations(path: string, source: string): string[] {
  const room = path.split('/')[0]!
  return importsOf(source).flatMap(({ line, specifier }) => {
    if (!specifier.startsWith('.')) return []
    const target = relative(root, resolve(root, dirname(path), specifier))
    const other = target.split('/')[0]!
    const floor = floors[other]
    if (other === room || (floor !== undefined && floor < floors[room]!)) return []
    return [`${path}:${line}: ${room} (floor ${floors[room]}) must not import ${target} (floor ${floor ?? 'none'})`]
  })
}

test('a room imports only from itself and from lower floors', () => {
  const files = Object.keys(floors).flatMap(room => globSync(`${room}/**/*.ts`, { cwd: root }))
  assert.ok(files.length > 10)
  const found = files.flatMap(path => violations(path, readFileSync(resolve(root, path), 'utf8')))
  assert.deepEqual(found, [])
})

test('every room of the repository has a floor', () => {
  const rooms = new Set(
    globSync('*/**/*.ts', { cwd: root, exclude: ['node_modules', 'dist'] }).map(path => path.split('/')[0]!)
  )
  assert.deepEqual(
    [...rooms].filter(room => !(room in floors) && room !== 'test' && room !== 'bench'),
    []
  )
})

const cases: readonly [name: string, path: string, source: string, ...lines: number[]][] = [
  ['a lower floor', 'rules/a.ts', "import { b } from '../base/b.ts'"],
  ['the own room', 'src/delivery/a.ts', "import { b } from '../paths.ts'"],
  ['a package', 'base/a.ts', "import { b } from 'yaml'\nimport 'node:fs'"],
  ['a higher floor', 'base/a.ts', "import { b } from '../rules/b.ts'", 1],
  ['another room on the same floor', 'config/a.ts', "\nimport { b } from '../collector/b.ts'", 2],
  ['a type', 'rules/a.ts', "import type { B } from '../outputs/b.ts'", 1],
  ['several lines', 'rules/a.ts', "import {\n  b,\n  c\n} from '../src/b.ts'", 4],
  ['a side effect', 'rules/a.ts', "import '../src/b.ts'", 1],
  ['an export', 'rules/a.ts', "export * from '../src/b.ts'", 1],
  ['a dynamic import', 'rules/a.ts', "const b = await import('../src/b.ts')", 1],
  ['an import type', 'rules/a.ts', "type B = import('../src/b.ts').B", 1],
  ['outside of every room', 'src/a.ts', "import { b } from '../test/b.ts'", 1],
  ['comments', 'base/a.ts', "// import '../src/b.ts'\n/* from '../src/b.ts' */\nconst url = 'http://x'"],
  ['behind a text that looks like a comment', 'base/a.ts', "const url = '/*'\nimport '../src/b.ts'\n// */", 2]
]

for (const [name, path, source, ...lines] of cases) {
  test(`the check reads ${name}`, () => {
    const found = violations(path, source).map(violation => Number(violation.split(':')[1]))
    assert.deepEqual(found, lines)
  })
}
