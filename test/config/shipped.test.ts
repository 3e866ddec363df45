import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { loadConfig } from '../../config/load.ts'
import { rulesSchema } from '../../config/rules-schema.ts'
import { configSchema } from '../../config/schema.ts'
import { serverSchema } from '../../config/server-schema.ts'
import { outputDefinitions } from '../../outputs/index.ts'
import { resolveData } from '../../src/paths.ts'

test('the shipped configuration is valid, and so is each of its commented lines', async () => {
  const shipped = await readFile(resolveData('config/tercel.yaml'), 'utf8')
  const uncommented = shipped.replace(/^( *)# (?=(?: {2}){0,3}(?:[a-z_\d]+:|- (?:\.|[a-z_]+:)))/gm, '$1')
  assert.notEqual(uncommented, shipped)
  for (const text of [shipped, uncommented]) {
    const config = await loadConfig('tercel.yaml', {
      outputDefinitions,
      shippedRules: [],
      env: { TERCEL_TOKEN: '0123456789abcdef' },
      readFile: async () => Buffer.from(text)
    })
    assert.deepEqual(config.sensor, { enabled: true, socket: '/run/tercel/reader.sock', processes: 65_536 })
    assert.deepEqual(config.spool, { directory: '/var/lib/tercel/spool', maxBytes: 2 ** 30 })
    assert.equal(config.shutdownSeconds, 10)
  }
  for (const key of Object.keys(configSchema.properties)) assert.match(shipped, new RegExp(`^#? ?${key}:`, 'm'))
  for (const { properties } of [rulesSchema, serverSchema]) {
    for (const key of Object.keys(properties)) assert.match(shipped, new RegExp(`^  # ${key}:`, 'm'))
  }
})
