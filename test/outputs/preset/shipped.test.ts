import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig } from '../../../config/load.ts'
import { outputDefinitions } from '../../../outputs/index.ts'

test('the rate limit of a preset that ships is the default of its outputs', async () => {
  const text = 'outputs: [{type: discord, url: https://discord.example.org/api/webhooks/1/t}, {type: stdout}]\n'
  const readFile = async () => Buffer.from(text)
  const { outputs } = await loadConfig('tercel.yaml', { outputDefinitions, shippedRules: [], env: {}, readFile })
  assert.deepEqual(outputs[0]!.delivery.rateLimit, { perSecond: 0.5, burst: 5 })
  assert.equal(outputs[1]!.delivery.rateLimit, undefined)
})

test('a preset that ships can be copied like any other definition', () => {
  const discord = outputDefinitions.get('discord')!
  const copy = { ...discord }
  assert.deepEqual(Object.keys(copy).sort(), Object.keys(discord).sort())
  assert.deepEqual([copy.type, copy.maxConcurrency, copy.schema], ['discord', 1, discord.schema])
  assert.ok('rateLimit' in discord && !('identity' in discord))
})
