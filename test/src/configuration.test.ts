import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { defaultConfigFile, loadConfiguration, shippedRules } from '../../src/configuration.ts'
import { redact } from '../../src/log.ts'

test('the default configuration and the rules that ship exist', () => {
  for (const file of [defaultConfigFile(), ...shippedRules]) assert.ok(existsSync(file), file)
})

test('from the moment a configuration is loaded its secrets are hidden', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tercel-configuration-'))
  t.after(() => rm(directory, { recursive: true }))
  const file = join(directory, 'tercel.yaml')
  await writeFile(join(directory, 'secret'), 'swordfish\n')
  await writeFile(file, 'outputs: [{ type: stdout }]\nrules: { lists: { words: ["${file:secret}"] } }\n')
  assert.equal(redact('say swordfish'), 'say swordfish')

  const { rules } = await loadConfiguration(file)

  assert.deepEqual(rules, { files: shippedRules, lists: { words: ['swordfish'] } })
  assert.equal(redact('say swordfish'), 'say ***')
})
