import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Config } from '../../config/schema.ts'
import { CollectorThread } from '../../src/collector-thread.ts'
import type { Logger } from '../../src/log.ts'

const quiet = { child: () => quiet, info() {}, warn() {}, error() {} } as unknown as Logger
const ends = new URL('data:text/javascript,')
const waits = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => {}, 1000)')}`)

test('a collector that ends without a word is a failure, before its rules are loaded and after', async () => {
  const failed = Promise.withResolvers<Error>()
  const collector = new CollectorThread({} as Config, quiet, failed.resolve, ends)
  await assert.rejects(collector.ready, /the collector ended without a word/)
  assert.match((await failed.promise).message, /ended without a word/)
})

test('the end of a collector that was asked to end is none', async () => {
  const failures: Error[] = []
  const collector = new CollectorThread({} as Config, quiet, error => failures.push(error), waits)
  collector.ready.catch(() => {})
  await collector.terminate()
  await new Promise(resolve => setImmediate(resolve))
  assert.deepEqual(failures, [])
})
