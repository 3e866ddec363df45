import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TercelError } from '../../base/errors.ts'
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

  assert.deepEqual(rules.lists, { words: ['swordfish'] })
  assert.deepEqual(rules.files, shippedRules)
  assert.equal(redact('say swordfish'), 'say ***')
})

test('two outputs that write to one file are a problem of the second one', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'tercel-configuration-'))
  t.after(() => rm(directory, { recursive: true }))
  const file = join(directory, 'tercel.yaml')
  const outputs = (...paths: string[]) =>
    `outputs:\n${paths.map((path, index) => `  - { name: n${index}, type: file, path: ${path} }\n`).join('')}`
  await writeFile(file, outputs('a.jsonl', 'b.jsonl', `${directory}/x/../a.jsonl`))
  const message = `outputs[2]: the output n0 already writes to ${directory}/a.jsonl: give this one another`
  await assert.rejects(loadConfiguration(file), ({ problems }: TercelError) => {
    assert.deepEqual(problems, [{ message, place: { file, line: 4, column: 5 } }])
    return true
  })
  await writeFile(file, outputs('a.jsonl', 'b.jsonl'))
  assert.equal((await loadConfiguration(file)).outputs.length, 2)
})
