import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { Books } from '../../../src/delivery/cursor.ts'
import type { SpoolStatus } from '../../../src/delivery/messages.ts'
import { SpoolProbe } from '../../../src/server/spool-probe.ts'
import { spoolStatus } from './support.ts'

const status = (head: number) => spoolStatus({ head })

const books: Books = {
  ...{ accepted: 3, delivered: 3, dead: 0, shed: 0, filtered: 0, throttled: 0 },
  ...{ waiting: 0, waitingBytes: 0, oldestWaitingMs: 0 }
}

/** A spool that answers when it is told to. */
function slowSpool() {
  const asked: PromiseWithResolvers<SpoolStatus>[] = []
  const spool = {
    status: () => {
      const answer = Promise.withResolvers<SpoolStatus>()
      asked.push(answer)
      return answer.promise
    },
    outputs: async () => ['a'],
    books: async () => books
  }
  return { spool, asked }
}

test('those that ask at the same time share one question', async () => {
  const { spool, asked } = slowSpool()
  const probe = new SpoolProbe(spool)
  const looks = [probe.look(10_000), probe.look(10_000)]
  assert.equal(asked.length, 1)
  asked[0]!.resolve(status(3))
  const expected = { status: status(3), books: new Map([['a', books]]), unansweredMs: 0 }
  assert.deepEqual(await Promise.all(looks), [expected, expected])
})

test('a spool that does not answer holds nobody up: what it said before is told, and for how long it has owed an answer', async () => {
  const { spool, asked } = slowSpool()
  let now = 0
  const probe = new SpoolProbe(spool, () => now)
  const first = probe.look(10_000)
  asked[0]!.resolve(status(3))
  await first
  const second = probe.look(1)
  now = 700
  assert.deepEqual(await second, { status: status(3), books: new Map([['a', books]]), unansweredMs: 700 })
  now = 9_000
  assert.equal((await probe.look(1)).unansweredMs, 9_000)
  assert.equal(asked.length, 2, 'it is not asked again while it owes an answer')
  asked[1]!.resolve(status(4))
  assert.equal((await probe.look(1)).status?.head, 4)
})

test('where the file cannot be read, the state is told and the books are those of before', async () => {
  const { spool, asked } = slowSpool()
  const probe = new SpoolProbe(spool)
  const first = probe.look(10_000)
  asked[0]!.resolve(status(3))
  await first
  spool.books = async () => {
    throw new TercelError('TERCEL_SPOOL', 'the spool cannot be read now')
  }
  const second = probe.look(10_000)
  const failing: SpoolStatus = { ...status(3), state: { kind: 'failing', reason: 'disk I/O error' } }
  asked[1]!.resolve(failing)
  assert.deepEqual(await second, { status: failing, books: new Map([['a', books]]), unansweredMs: 0 })
})
