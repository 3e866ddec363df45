import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { TercelError } from '../../base/errors.ts'
import { keepRunning } from '../../src/child.ts'
import type { Clock } from '../../src/delivery/clock.ts'

type Waiting = Pick<Clock, 'now' | 'sleep'>

/** No wait before a restart. */
const hurried: Waiting = { now: Date.now, sleep: async () => {} }

/** A child that ends its nth run as `ends[n]` says, a shell command, and what the test may do with it. */
function childOf(t: TestContext, ends: readonly string[], clock: Waiting = hurried) {
  const folder = mkdtempSync(join(tmpdir(), 'tercel-child-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const runs = join(folder, 'runs')
  const cases = ends.map((end, index) => `${index + 1}) ${end};;`).join(' ')
  const script = `echo . >> "$0"; case $(wc -l < "$0") in ${cases} esac`
  const stop = new AbortController()
  const log: string[] = []
  const error = (_: object, message: string) => void log.push(message)
  const options = { log: { error }, ending: new AbortController().signal, stop: stop.signal, graceMs: 5000, clock }
  const ended = keepRunning('reader', ['sh', '-c', script, runs], options)
  return { ended, stop, log, runs: () => readFileSync(runs, 'utf8').length / 2 }
}

for (const code of [78, 74]) {
  test(`a first start that ends at once with ${code}, having said what is wrong, is final`, async t => {
    const { ended, log, runs } = childOf(t, [`exit ${code}`])
    const message = 'the reader cannot run here; its message stands above'
    await assert.rejects(ended, new TercelError('TERCEL_SENSOR', message))
    assert.deepEqual([runs(), log], [1, []])
  })
}

test('a first start that ended so after it had run for a while is not final', { timeout: 20_000 }, async t => {
  let now = 0
  const advance = () => {
    now += 11_000
    return now
  }
  const slow: Waiting = { now: advance, sleep: async () => {} }
  const { ended, stop, log } = childOf(t, ['exit 74', 'sleep 60'], slow)
  while (log.length < 1) await delay(10)
  stop.abort()
  await ended
})

test('a program that did run is started again, whatever it says at its end', { timeout: 20_000 }, async t => {
  const { ended, stop, log } = childOf(t, ['exit 1', 'exit 78', 'kill -9 $$', 'sleep 60'])
  while (log.length < 3) await delay(10)
  stop.abort()
  await ended
  const ends = ['exit code 1', 'exit code 78', 'SIGKILL']
  assert.deepEqual(
    log,
    ends.map(end => `the reader ended (${end}); it is started again`)
  )
})

test('the wait before a restart ends when the child is to stop', { timeout: 20_000 }, async t => {
  const sleeping = Promise.withResolvers<void>()
  const patient: Waiting = {
    now: Date.now,
    async sleep(_, signal) {
      sleeping.resolve()
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    }
  }
  const { ended, stop, runs } = childOf(t, ['exit 1'], patient)
  await sleeping.promise
  stop.abort()
  await ended
  assert.equal(runs(), 1)
})

test('a program that does not exist is tried again', { timeout: 20_000 }, async () => {
  const stop = new AbortController()
  const failures: string[] = []
  const error = (_: object, message: string) => {
    if (failures.push(message) === 2) stop.abort()
  }
  const options = { log: { error }, ending: stop.signal, stop: stop.signal, graceMs: 5000, clock: hurried }
  await keepRunning('reader', ['/nonexistent/reader'], options)
  assert.match(failures[1]!, /^the reader ended \(.*ENOENT\); it is started again$/)
})
