import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { formatProblem } from '../../../base/errors.ts'
import { presetListPage } from '../../../outputs/preset/list-page.ts'
import { parsePreset } from '../../../outputs/preset/load.ts'
import { presetSchema } from '../../../outputs/preset/schema.ts'
import { filterNames } from '../../../outputs/template/engine.ts'
import { resolveData } from '../../../src/paths.ts'

const page = readFileSync(resolveData('docs/presets.md'), 'utf8')

test('docs/preset-list.md is what the files say', () => {
  const list = readFileSync(resolveData('docs/preset-list.md'), 'utf8')
  assert.ok(
    list === presetListPage(),
    'docs/preset-list.md is old; make it anew: node outputs/preset/list-page.ts > docs/preset-list.md'
  )
})

/** The keys that a schema knows, at any depth. */
function keysOf(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return []
  const { properties = {}, items, additionalProperties } = schema as Record<string, object>
  const inner = [...Object.values(properties), items, additionalProperties]
  return [...Object.keys(properties), ...inner.flatMap(keysOf)]
}

test('docs/presets.md explains every key and every filter', () => {
  const keys = new Set(keysOf(presetSchema))
  assert.ok(keys.size > 30)
  for (const word of [...keys, ...filterNames]) assert.match(page, new RegExp(`\`${word}(?:\`|: )`), word)
})

test('the example of docs/presets.md is a preset', () => {
  const lines = page.slice(page.indexOf('    # presets/bugle.yaml')).split('\n')
  const example = lines.slice(
    0,
    lines.findIndex(line => line !== '' && !line.startsWith('    '))
  )
  const read = parsePreset(example.map(line => line.slice(4)).join('\n'), 'bugle.yaml')
  assert.deepEqual('problems' in read ? read.problems.map(formatProblem) : [], [])
})
