import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Failure } from '../../../outputs/http/failure.ts'
import type { Grant } from '../../../outputs/http/token-answer.ts'
import { TokenSource } from '../../../outputs/http/token-source.ts'

const { signal } = new AbortController()

/** A source on a clock that is set by hand, whose fetches are answered by hand. */
function makeSource() {
  const clock = { now: 1000 }
  const fetches: PromiseWithResolvers<Grant | Failure>[] = []
  const fetch = () => {
    const fetching = Promise.withResolvers<Grant | Failure>()
    fetches.push(fetching)
    return fetching.promise
  }
  const source = new TokenSource(fetch, () => clock.now)
  const answer = async (result: Grant | Failure) => {
    fetches.at(-1)!.resolve(result)
    await new Promise(setImmediate)
  }
  return { clock, fetches, source, answer }
}

const minute = 60_000
const failure: Failure = { reason: 'down', operator: false }

async function withToken(lifetimeMs: number) {
  const made = makeSource()
  const first = made.source.get(signal)
  await made.answer({ token: 'one', lifetimeMs })
  assert.equal(await first, 'one')
  return made
}

for (const [lifetimeMs, renewedAfter] of [
  [60 * minute, 59 * minute],
  [2 * minute, 1.5 * minute],
  [4000, 3000]
] as const) {
  test(`a token that lives ${lifetimeMs} ms is renewed after ${renewedAfter}, and serves meanwhile`, async () => {
    const { clock, fetches, source, answer } = await withToken(lifetimeMs)
    clock.now += renewedAfter - 1
    assert.equal(await source.get(signal), 'one')
    assert.equal(fetches.length, 1)
    clock.now += 1
    assert.deepEqual([await source.get(signal), await source.get(signal)], ['one', 'one'])
    assert.equal(fetches.length, 2, 'one fetch for both')
    await answer({ token: 'two', lifetimeMs })
    assert.equal(await source.get(signal), 'two')
    assert.equal(fetches.length, 2)
  })
}

test('a renewal that fails is tried again after a pause, and the token serves until it ends', async () => {
  const { clock, fetches, source, answer } = await withToken(60 * minute)
  clock.now += 59 * minute
  assert.equal(await source.get(signal), 'one')
  await answer(failure)
  assert.equal(await source.get(signal), 'one')
  assert.equal(fetches.length, 2)
  clock.now += 5000
  assert.equal(await source.get(signal), 'one')
  assert.equal(fetches.length, 3)
  await answer(failure)
  clock.now += minute
  const late = source.get(signal)
  assert.equal(fetches.length, 4)
  await answer(failure)
  assert.deepEqual(await late, failure)
})

test('without expires_in a token serves until it is refused', async () => {
  const { clock, fetches, source, answer } = await withToken(Number.POSITIVE_INFINITY)
  clock.now += 365 * 24 * 60 * minute
  assert.equal(await source.get(signal), 'one')
  source.discard('another')
  assert.equal(await source.get(signal), 'one')
  source.discard('one')
  const next = source.get(signal)
  await answer({ token: 'two', lifetimeMs: minute })
  assert.equal(await next, 'two')
  assert.equal(fetches.length, 2)
})

test('a token that is refused by many at once is fetched anew once', async () => {
  const { fetches, source, answer } = await withToken(60 * minute)
  source.discard('one')
  const first = source.get(signal)
  source.discard('one')
  const second = source.get(signal)
  await answer({ token: 'two', lifetimeMs: minute })
  source.discard('one')
  assert.deepEqual([await first, await second, await source.get(signal)], ['two', 'two', 'two'])
  assert.equal(fetches.length, 2)
})

test('a token that has ended when it comes serves those who waited for it, and nobody else', async () => {
  const { fetches, source, answer } = await withToken(0)
  const second = source.get(signal)
  assert.equal(fetches.length, 2)
  await answer({ token: 'two', lifetimeMs: 0 })
  assert.equal(await second, 'two')
})
