import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { TercelError } from '../../../base/errors.ts'
import type { DeadLetterFilter } from '../../../src/delivery/dead-letter-scan.ts'
import type { Spool } from '../../../src/delivery/spool.ts'
import { everything, makeAlert, openSpool, until } from './support.ts'

const mib = 2 ** 20

/** Letters 1 to 6: of `siem` where odd, of `chat` where even. */
async function spoolWithLetters(t: TestContext) {
  const opened = await openSpool(t)
  const { spool, producer } = opened
  await spool.register('siem')
  await spool.register('chat')
  for (let seq = 1; seq <= 6; seq += 1) {
    await producer.offer(
      makeAlert(String(seq), { rule: `Rule [${seq}] of all`, priority: seq < 4 ? 'Critical' : 'Debug' })
    )
    const [output, other] = seq % 2 === 1 ? ['siem', 'chat'] : ['chat', 'siem']
    spool.settle(output!, [{ seq, kind: 'dead', reason: `400 Mapping ÉRROR ${seq}`, attempts: seq }])
    spool.settle(other!, [{ seq, kind: 'delivered' }])
    await spool.deadLetters({}, 1)
  }
  return opened
}

async function ids(spool: Spool, filter: DeadLetterFilter, limit = 100): Promise<number[]> {
  return (await spool.deadLetters(filter, limit)).map(({ id }) => id)
}

test('dead letters are found by each of what is asked for', async t => {
  const { spool } = await spoolWithLetters(t)
  const [first] = await spool.deadLetters({}, 1)
  assert.deepEqual([first?.rule, first?.priority, first?.output], ['Rule [1] of all', 'Critical', 'siem'])
  const { deadMs } = (await spool.deadLetters({ ids: [6] }, 1))[0]!
  const cases: [DeadLetterFilter, number[]][] = [
    [{}, [1, 2, 3, 4, 5, 6]],
    [{ ids: [5, 2, 2, 99] }, [2, 5]],
    [{ ids: [] }, []],
    [{ output: 'siem' }, [1, 3, 5]],
    [{ output: 'no' }, []],
    [{ rule: 'Rule [2] of all' }, [2]],
    [{ rule: 'rule*' }, []],
    [{ rule: '*[3]*' }, [3]],
    [{ reason: 'mapping érror' }, [1, 2, 3, 4, 5, 6]],
    [{ reason: 'R 4' }, [4]],
    [{ sinceMs: first!.deadMs }, [1, 2, 3, 4, 5, 6]],
    [{ sinceMs: deadMs + 1 }, []],
    [{ untilMs: first!.deadMs }, []],
    [{ untilMs: deadMs + 1 }, [1, 2, 3, 4, 5, 6]],
    [{ after: 4 }, [5, 6]],
    [{ after: 2, output: 'chat', ids: [1, 2, 3, 4] }, [4]]
  ]
  for (const [filter, expected] of cases) {
    assert.deepEqual(await ids(spool, filter), expected, JSON.stringify(filter))
    const counts = await spool.countDeadLetters(filter)
    assert.equal(
      counts.reduce((sum, { count }) => sum + count, 0),
      expected.length
    )
  }
  assert.deepEqual(await ids(spool, {}, 2), [1, 2])
  const counts = await spool.countDeadLetters({ untilMs: deadMs + 1 })
  assert.deepEqual(
    counts.map(({ output, count }) => [output, count]),
    [
      ['siem', 3],
      ['chat', 3]
    ]
  )
  for (const { bytes } of counts) assert.ok(bytes > 900 && bytes < 5_000, String(bytes))
})

test('a listing is bounded in bytes, and goes on after its last letter', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  for (let seq = 1; seq <= 7; seq += 1) {
    await producer.offer(makeAlert(String(seq), { output: 'x'.repeat(seq === 6 ? 1_040_000 : 300_000) }))
    spool.settle('a', [{ seq, kind: 'dead', reason: '400', attempts: 1 }])
  }
  assert.deepEqual(await ids(spool, {}), [1, 2, 3])
  assert.deepEqual(await ids(spool, { after: 3 }), [4, 5])
  assert.deepEqual(await ids(spool, { after: 5 }), [6])
  assert.deepEqual(await ids(spool, { after: 6 }), [7])
  assert.deepEqual(await ids(spool, { after: 7 }), [])
})

test('a look at dead letters has nothing written, and finds those that died before it', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  const { commits } = await spool.status()
  spool.settle('a', [{ seq: 1, kind: 'dead', reason: '400', attempts: 1 }])
  const looks = Promise.all([ids(spool, {}), ...Array.from({ length: 20 }, () => spool.countDeadLetters({}))])
  assert.equal((await spool.status()).commits, commits)
  const [found, ...counts] = await looks
  assert.deepEqual(found, [1])
  assert.deepEqual(new Set(counts.map(([first]) => first?.count)), new Set([1]))
  // The cursor, and then the alert that nobody waits for.
  assert.ok((await spool.status()).commits <= commits + 2)
})

test('a replayed letter is a new alert for its output alone; what was dead stays counted', async t => {
  const { spool } = await spoolWithLetters(t)
  assert.equal(await spool.replayDeadLetters({ output: 'siem', after: 1 }), 2)
  assert.deepEqual(await ids(spool, {}), [1, 2, 4, 6])
  const read = await spool.next('siem', everything)
  assert.deepEqual(
    read.map(({ seq, json, addressed }) => [seq, JSON.parse(json), addressed]),
    [
      [7, makeAlert('3', { rule: 'Rule [3] of all', priority: 'Critical' }), true],
      [8, makeAlert('5', { rule: 'Rule [5] of all', priority: 'Debug' }), true]
    ]
  )
  const { accepted, dead, delivered, waiting } = await spool.books('siem')
  assert.deepEqual({ accepted, dead, delivered, waiting }, { accepted: 8, dead: 3, delivered: 3, waiting: 2 })
  assert.equal((await spool.books('chat')).accepted, 6)
})

/** So many letters of output `a` that there is more than one step to look at. */
const many = 1_200

async function spoolWithManyLetters(t: TestContext) {
  const { spool } = await openSpool(t)
  await spool.register('a')
  for (let from = 0; from < many; from += 400) {
    await spool.append(
      'a',
      Array.from({ length: 400 }, (_, index) => makeAlert(String(from + index)))
    )
  }
  const die = (first: number, last: number) =>
    spool.settle(
      'a',
      Array.from({ length: last - first + 1 }, (_, index) => {
        return { seq: first + index, kind: 'dead', reason: '400', attempts: 1 }
      })
    )
  die(1, many)
  return { spool, die }
}

test('a letter that dies again is not replayed again by the same call', async t => {
  const { spool, die } = await spoolWithManyLetters(t)
  const replayed = spool.replayDeadLetters({})
  let died = many
  while (died < 2 * many) {
    const read = await spool.next('a', { ...everything, after: died })
    died = read.at(-1)!.seq
    die(read[0]!.seq, died)
  }
  assert.equal(await replayed, many)
  const [{ count: left } = { count: 0 }] = await spool.countDeadLetters({})
  assert.equal(left, many)
  assert.equal((await spool.books('a')).dead, 2 * many)
})

test('several calls at a time replay each letter once, or drop it', async t => {
  const { spool } = await spoolWithManyLetters(t)
  const replays = [spool.replayDeadLetters({}), spool.replayDeadLetters({ output: 'a' })]
  const [first, second, dropped] = await Promise.all([...replays, spool.dropDeadLetters({})])
  assert.deepEqual([first, second, dropped], [many, 0, 0])
  assert.equal((await spool.books('a')).waiting, many)
})

test('letters whose output is gone are left and named, the others are replayed', async t => {
  const { spool } = await spoolWithLetters(t)
  await spool.forget('chat')
  await assert.rejects(spool.replayDeadLetters({}), error => {
    assert.ok(error instanceof TercelError && error.code === 'TERCEL_SPOOL')
    assert.match(error.message, /3 of output chat were left, 3 others were replayed/)
    return true
  })
  assert.deepEqual(await ids(spool, {}), [2, 4, 6])
  assert.equal((await spool.books('siem')).waiting, 3)
})

test('dropped letters are gone for good, and give their share of the limit back', async t => {
  const { spool } = await spoolWithLetters(t)
  assert.equal(await spool.dropDeadLetters({ ids: [1, 2, 77] }), 2)
  assert.equal(await spool.dropDeadLetters({ output: 'siem' }), 2)
  assert.deepEqual(await ids(spool, {}), [4, 6])
  const { droppedDeadLetters } = await spool.status()
  assert.equal(droppedDeadLetters, 0, 'that counts what was deleted for their bound')
})

test('a replay that waits for room lets a drop go ahead, which makes it; no letter has both', {
  timeout: 15_000
}, async t => {
  const { spool, producer } = await openSpool(t, { maxBytes: 16 * mib })
  await spool.register('siem', { backlog: { onFull: 'block' } })
  for (let seq = 1; seq <= 3; seq += 1) {
    await producer.submit(makeAlert(String(seq), { output: 'x'.repeat(seq === 3 ? 600_000 : 1_000_000) }))
    spool.settle('siem', [{ seq, kind: 'dead', reason: '400', attempts: 1 }])
  }
  assert.equal((await spool.countDeadLetters({}))[0]?.count, 3)
  // Only what nothing is shed of holds the rest of the file, and less is left of it than a letter takes.
  for (let seq = 4; seq < 100; seq += 1) {
    producer.offer(makeAlert(String(seq), { output: 'x'.repeat(200_000) }))
    await turn()
  }
  await until('it is blocked', async () => (await spool.status()).state.kind === 'blocked')
  let ended = false
  const replayed = spool.replayDeadLetters({ ids: [3] }).finally(() => {
    ended = true
  })
  const { commits } = await spool.status()
  for (let look = 0; look < 5; look += 1) await spool.countDeadLetters({})
  assert.deepEqual([ended, (await spool.status()).commits], [false, commits], 'it waits')
  assert.equal(await spool.dropDeadLetters({}), 2, 'the third is in the hand of the replay')
  assert.equal(await replayed, 1)
  assert.deepEqual(await ids(spool, {}), [])
  const addressed = (await spool.next('siem', everything)).filter(alert => alert.addressed)
  assert.deepEqual(
    addressed.map(({ json }) => JSON.parse(json).uuid),
    ['3']
  )
})
