/** Alerts for one output alone, and the throttle windows that are written and deleted with them. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { addressedBatch } from '../../../src/delivery/alert-batch.ts'
import type { Settlement } from '../../../src/delivery/cursor.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import type { ThrottleWindow } from '../../../src/delivery/throttle-windows.ts'
import {
  batchOf,
  CommitFaults,
  everything,
  makeAlert,
  makeBatch,
  openSpool,
  readAll,
  startCommits,
  temporaryDirectory,
  until
} from './support.ts'

const openWindow: ThrottleWindow = { id: 'w1', startMs: 1_000, endMs: 61_000, state: '{"count":1}' }

function openStore(directory: string, faults = new CommitFaults()): SpoolStore {
  return new SpoolStore({ directory, maxBytes: 64 * 2 ** 20, reserveBytes: 64 * 1024, open: faults.open })
}

function addressed(output: string, ...uuids: string[]) {
  return addressedBatch(
    { output },
    uuids.map(uuid => makeAlert(uuid))
  )
}

function refused(pattern: RegExp) {
  return (error: unknown) =>
    error instanceof TercelError && error.code === 'TERCEL_SPOOL' && pattern.test(error.message)
}

test('one output alone gets an alert that is put in for it, and for the others it was never accepted', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  await spool.register('b')
  await producer.offer(makeAlert('1'))
  await spool.append('a', [makeAlert('2'), makeAlert('3', { priority: 'Debug' })])
  await producer.offer(makeAlert('4'))
  await producer.close()
  await spool.close()
  const again = await openSpool(t, { directory })
  const read = async (output: string) =>
    (await again.spool.next(output, everything)).map(({ json, addressed }) => [JSON.parse(json).uuid, addressed])
  assert.deepEqual(await read('a'), [
    ['1', false],
    ['2', true],
    ['3', true],
    ['4', false]
  ])
  assert.deepEqual(await read('b'), [
    ['1', false],
    ['4', false]
  ])
  const books = async (output: string) => {
    const { accepted, delivered, waiting } = await again.spool.books(output)
    return { accepted, delivered, waiting }
  }
  assert.deepEqual(await books('b'), { accepted: 2, delivered: 0, waiting: 2 })
  again.spool.settle('a', [{ seq: 2, kind: 'delivered' }])
  assert.deepEqual(await books('a'), { accepted: 4, delivered: 1, waiting: 3 })
})

test('an output that is not there, and an alert that is too large, are refused', async t => {
  const { spool } = await openSpool(t)
  await spool.register('a')
  await assert.rejects(spool.append('b\n', [makeAlert('1')]), refused(/no output b\\n$/))
  const large = makeAlert('1', { output: 'x'.repeat(1024 * 1024) })
  await assert.rejects(spool.append('a', [large]), refused(/at most 1 MiB is taken/))
  assert.equal((await spool.books('a')).accepted, 0)
})

test('the cursor of an output moves on over what others alone wait for', t => {
  const directory = temporaryDirectory(t)
  const store = openStore(directory)
  store.register('a', 'now')
  store.register('b', 'now')
  for (const uuid of ['1', '2', '3']) {
    store.commit([addressed('a', uuid), makeBatch([uuid])])
    store.settle('b', [{ seq: store.head, kind: 'delivered' }])
  }
  store.commit([])
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  const { cursor } = db.prepare("SELECT cursor FROM outputs WHERE name = 'b'").get()!
  const chunks = db.prepare("SELECT count(*) AS count FROM settled WHERE output = 'b'").get()!.count
  db.close()
  store.close()
  assert.deepEqual([cursor, chunks], [6, 0])
})

test('an output that was forgotten and comes back gets nothing that was put in for it before', t => {
  const directory = temporaryDirectory(t)
  let store = openStore(directory)
  store.register('a', 'now')
  store.commit([makeBatch(['{}']), addressed('a', '2', '3'), makeBatch(['{}'])])
  store.unregister('a')
  store.register('a', 'oldest')
  for (const step of ['at once', 'after a crash', 'after a commit']) {
    assert.deepEqual(
      readAll(store, 'a').map(({ seq }) => seq),
      [1, 4],
      step
    )
    assert.equal(store.books('a').accepted, 2, step)
    store.close()
    store = openStore(directory)
    if (step === 'after a crash') store.commit([])
  }
  store.close()
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  assert.equal(db.prepare('SELECT count(*) AS count FROM addressed').get()!.count, 0)
  db.close()
})

test('a backlog that blocks holds up neither another output nor its own, but all that is for everyone', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('blocked', { backlog: { maxBytes: 500, onFull: 'block' } })
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  let accepted = false
  const second = producer.offer(makeAlert('2'))!.then(() => {
    accepted = true
  })
  await until('it is blocked', async () => (await spool.status()).state.kind === 'blocked')
  await spool.append('a', [makeAlert('3')])
  await spool.append('blocked', [makeAlert('4')])
  assert.equal(accepted, false)
  const seqs = (await spool.next('blocked', everything)).map(({ seq }) => seq)
  spool.settle(
    'blocked',
    seqs.map(seq => ({ seq, kind: 'delivered' }))
  )
  await second
})

test('what waits to be put in for an output is refused when the output is forgotten', async t => {
  const faults = new CommitFaults()
  const store = openStore(temporaryDirectory(t), faults)
  const commits = startCommits(store)
  t.after(() => {
    commits.stop()
    store.close()
  })
  store.register('a', 'now')
  store.register('b', 'now')
  const ends: string[] = []
  const append = (output: string) =>
    commits.append(
      addressed(output, output),
      () => ends.push(`${output} accepted`),
      error => ends.push(`${output} refused: ${error.message}`)
    )
  append('a')
  append('b')
  faults.failNext('before', 13)
  await until('the disk was found full', () => commits.state.kind === 'disk_full')
  store.unregister('a')
  commits.refuse('a')
  await until('the other is accepted', () => ends.length === 2)
  assert.deepEqual(ends, ['a refused: the spool knows no output a', 'b accepted'])
  assert.equal(store.head, 1)
})

test('alerts that came before a failure and those put in during it are each accepted once', async t => {
  for (const order of ['before', 'after'] as const) {
    const faults = new CommitFaults()
    const store = openStore(temporaryDirectory(t), faults)
    const commits = startCommits(store)
    store.register('a', 'now')
    const accepted: string[] = []
    faults.failNext(order)
    commits.append(batchOf([{ text: '1' }]), () => accepted.push('1'))
    await until('it has failed', () => commits.state.kind === 'failing')
    commits.append({ ...batchOf([{ text: '2' }]), address: { output: 'a' } }, () => accepted.push('2'))
    await until('both are accepted', () => accepted.length === 2)
    assert.deepEqual(
      readAll(store, 'a')
        .map(({ json }) => json)
        .sort(),
      ['1', '2']
    )
    assert.equal(store.head, 2)
    commits.stop()
    store.close()
  }
})

test('a throttle window is known at once, on disk with its settlement, and gone with the alert that sums it up', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  await spool.register('b')
  for (const uuid of ['1', '2', '3']) await producer.offer(makeAlert(uuid))
  const throttled = (seq: number, window: ThrottleWindow): Settlement => ({ seq, kind: 'throttled', window })
  spool.settle('a', [throttled(1, openWindow), throttled(2, { ...openWindow, id: 'w2' })])
  spool.settle('a', [throttled(3, { ...openWindow, state: '{"count":2}' })])
  const expected = [
    { ...openWindow, state: '{"count":2}' },
    { ...openWindow, id: 'w2' }
  ]
  const windows = async (of: typeof spool) => (await of.windows('a')).map(window => ({ ...window }))
  assert.deepEqual(await windows(spool), expected)
  await producer.close()
  await spool.close()
  const again = await openSpool(t, { directory })
  assert.deepEqual(await windows(again.spool), expected)
  assert.deepEqual(await again.spool.windows('b'), [])
  await again.spool.append('a', [makeAlert('summary')], { closes: ['w1'] })
  assert.deepEqual(await windows(again.spool), expected.slice(1))
  await again.spool.append('a', [], { closes: ['w2'] })
  assert.deepEqual(await windows(again.spool), [])
})

test('a window that only memory knew is closed by a commit that seemed to fail', t => {
  const faults = new CommitFaults()
  const store = openStore(temporaryDirectory(t), faults)
  store.register('a', 'now')
  store.commit([makeBatch(['{}'])])
  store.settle('a', [{ seq: 1, kind: 'throttled', window: openWindow }])
  faults.failNext('after')
  const summary = addressedBatch({ output: 'a', closes: ['w1'] }, [makeAlert('summary')])
  assert.throws(() => store.commit([summary]), /disk I\/O error/)
  assert.equal(store.reopen(), true)
  store.commit([])
  assert.deepEqual(store.windows('a'), [])
  store.close()
})

test('a window that the file would not take is a mistake of ours; that of an alert which was shed meanwhile counts those beside it', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  const large = { ...openWindow, state: JSON.stringify('é'.repeat(32 * 1024)) }
  assert.throws(() => spool.settle('a', [{ seq: 1, kind: 'throttled', window: large }]), /larger than 64 KiB/)
  const uneven = { ...openWindow, endMs: 1_000.5 }
  assert.throws(() => spool.settle('a', [{ seq: 1, kind: 'throttled', window: uneven }]), /whole milliseconds/)
  spool.settle('a', [{ seq: 1, kind: 'shed' }])
  spool.settle('a', [{ seq: 1, kind: 'throttled', window: openWindow }])
  assert.deepEqual(await spool.windows('a'), [openWindow])
  assert.equal((await spool.books('a')).throttled, 0)
})

test('the windows of an output are forgotten with it', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  await producer.offer(makeAlert('2'))
  spool.settle('a', [{ seq: 1, kind: 'throttled', window: openWindow }])
  // Is answered once all that was settled is on disk.
  await spool.countDeadLetters({})
  spool.settle('a', [{ seq: 2, kind: 'throttled', window: { ...openWindow, id: 'w2' } }])
  await spool.forget('a')
  await spool.register('a')
  assert.deepEqual(await spool.windows('a'), [])
})
