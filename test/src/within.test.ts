import assert from 'node:assert/strict'
import { test } from 'node:test'
import { goOn, within } from '../../src/within.ts'
import { ManualClock, until } from './delivery/support.ts'

test('work that is in time gives what it gives, or fails as it fails, and leaves no timer', async () => {
  const clock = new ManualClock()
  assert.equal(await within(Promise.resolve(1), 1_000, () => 2, clock), 1)
  await assert.rejects(within(Promise.reject(new Error('broken')), 1_000, goOn, clock), /broken/)
  await until('no timer is left', () => clock.sleeping.length === 0)
})

test('work that is late gives what stands in for it, or fails with that', async () => {
  const clock = new ManualClock()
  const never = new Promise<number>(() => {})
  const given = within(never, 1_000, () => 2, clock)
  const thrown = within(
    never,
    1_000,
    () => {
      throw new Error('too late')
    },
    clock
  )
  const refused = assert.rejects(thrown, /too late/)
  clock.advance(1_000)
  assert.equal(await given, 2)
  await refused
})
