import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { progressLines, withErrorLine } from '../../../src/server/json-lines.ts'
import { MemoryLog } from '../delivery/support.ts'

async function collect(lines: AsyncIterable<string>): Promise<unknown[]> {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all.map(line => JSON.parse(line))
}

test('progress comes as it is made, then the result', async () => {
  const steps = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const lines = progressLines<number, string>(async onProgress => {
    onProgress(1)
    await steps[0]!.promise
    onProgress(2)
    onProgress(3)
    await steps[1]!.promise
    return 'sound'
  }, new MemoryLog())
  const next = async () => JSON.parse((await lines.next()).value)
  assert.deepEqual(await next(), { progress: 1 })
  steps[0]!.resolve()
  assert.deepEqual(await next(), { progress: 3 }, 'a slow reader gets the newest')
  steps[1]!.resolve()
  assert.deepEqual(await next(), { result: 'sound' })
  assert.equal((await lines.next()).done, true)
})

test('the work is done also when nobody reads', async () => {
  const log = new MemoryLog()
  const done = Promise.withResolvers<void>()
  const lines = progressLines(async () => done.resolve(), log)
  await done.promise
  await lines.return(undefined)
})

test('an error is the last line; a defect is told to the log alone', async () => {
  const log = new MemoryLog()
  const fail = (error: Error) => progressLines(() => Promise.reject(error), log)
  assert.deepEqual(await collect(fail(new TercelError('TERCEL_SPOOL', 'the disk is full'))), [
    { error: 'unavailable', message: 'the disk is full' }
  ])
  assert.deepEqual(log.lines, [])
  const [defect] = await collect(fail(new RangeError('x of undefined')))
  assert.deepEqual(defect, { error: 'defect', message: 'tercel could not answer this: its log says why' })
  assert.equal(log.lines.length, 1)
  async function* broken() {
    yield '{"uuid":"1"}'
    throw new TercelError('TERCEL_SPOOL', 'the spool has gone')
  }
  assert.deepEqual(await collect(withErrorLine(broken(), log)), [
    { uuid: '1' },
    { error: 'unavailable', message: 'the spool has gone' }
  ])
})
