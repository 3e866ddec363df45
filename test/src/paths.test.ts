import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { resolveData, resolveModule } from '../../src/paths.ts'

test('modules and data files lie where the paths say', () => {
  assert.ok(existsSync(resolveModule('src/paths.ts')))
  assert.ok(existsSync(resolveData('package.json')))
})

test('the compiled tree finds modules in dist with the ending .js, and data files beside dist', async t => {
  const root = await mkdtemp(join(tmpdir(), 'tercel-paths-'))
  t.after(() => rm(root, { recursive: true }))
  const compiled = join(root, 'dist/src/paths.js')
  await mkdir(dirname(compiled), { recursive: true })
  await writeFile(join(root, 'dist/package.json'), '{ "type": "module" }')
  const source = await readFile(resolveData('src/paths.ts'), 'utf8')
  await writeFile(compiled, stripTypeScriptTypes(source))

  const paths: typeof import('../../src/paths.ts') = await import(pathToFileURL(compiled).href)

  assert.equal(
    paths.resolveModule('src/delivery/spool-worker.ts').href,
    pathToFileURL(join(root, 'dist/src/delivery/spool-worker.js')).href
  )
  assert.equal(paths.resolveData('rules/tercel_rules.yaml'), join(root, 'rules/tercel_rules.yaml'))
})
