import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { SpoolState } from '../../../src/delivery/spool-state.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import {
  batchOf,
  CommitFaults,
  deadLetters,
  makeBatch,
  readAll,
  startCommits,
  temporaryDirectory,
  until
} from './support.ts'

const mib = 1024 * 1024

function start(t: TestContext, maxBytes = 64 * mib, outputs = ['a']) {
  const faults = new CommitFaults()
  const directory = temporaryDirectory(t)
  const store = new SpoolStore({ directory, maxBytes, reserveBytes: 8 * mib, open: faults.open })
  const states: SpoolState['kind'][] = []
  const fatal: unknown[] = []
  const shed: string[] = []
  const commits = startCommits(store, {
    onState: ({ kind }) => states.push(kind),
    onShed: (output, severity) => shed.push(`${output} ${severity}`),
    onFatal: error => fatal.push(error)
  })
  for (const output of outputs) store.register(output, 'now')
  t.after(() => {
    commits.stop()
    store.close()
  })
  const accepted: string[] = []
  const append = (text: string) => commits.append(makeBatch([text]), () => accepted.push(text))
  const texts = () => readAll(store, 'a').map(({ json }) => json)
  return { faults, store, commits, states, fatal, shed, accepted, append, texts }
}

test('whatever waits goes in one transaction', async t => {
  const { faults, accepted, append, texts } = start(t)
  const before = faults.commits
  const all = Array.from({ length: 50 }, (_, index) => String(index))
  for (const text of all) append(text)
  await until('all are accepted', () => accepted.length === 50)
  assert.equal(faults.commits, before + 1)
  assert.deepEqual(texts(), all)
})

test('a group that would take long is split', async t => {
  const { faults, commits, store } = start(t)
  const before = faults.commits
  let accepted = 0
  for (let i = 0; i < 6; i += 1) commits.append(makeBatch(['x'.repeat(mib)]), () => (accepted += 1))
  await until('all are accepted', () => accepted === 6)
  assert.equal(faults.commits, before + 3)
  assert.equal(store.head, 6)
})

test('without an output nothing is shed: at the limit alerts wait until one has made room', async t => {
  const { store, commits, states, shed, accepted, append } = start(t, 16 * mib, [])
  let appended = 0
  await until('the limit is reached', () => {
    if (accepted.length === appended) {
      append(`${appended}${'x'.repeat(mib / 2)}`)
      appended += 1
    }
    return states.includes('at_limit')
  })
  assert.equal(accepted.length, appended - 1)
  assert.ok(store.size.usedBytes <= store.maxBytes)
  assert.deepEqual(shed, [])
  store.register('a', 'oldest')
  store.settle(
    'a',
    accepted.map((_, index) => ({ seq: index + 1, kind: 'delivered' }))
  )
  commits.settled()
  await until('the last is accepted', () => accepted.length === appended)
})

test('at the limit the output with the largest backlog loses its oldest alerts, the others lose none', async t => {
  const { store, commits, states, shed, accepted, append } = start(t, 16 * mib, ['dead', 'healthy'])
  const count = 100
  for (let index = 0; index < count; index += 1) {
    append(`${index}${'x'.repeat(mib / 2)}`)
    await until('it is accepted', () => accepted.length > index)
    assert.ok(store.size.usedBytes <= store.maxBytes)
    store.settle('healthy', [{ seq: index + 1, kind: 'delivered' }])
    commits.settled()
  }
  const books = store.books('dead')
  assert.ok(books.shed > count / 2 && books.waiting > 2, JSON.stringify(books))
  assert.equal(books.accepted, books.shed + books.waiting)
  assert.deepEqual(shed, Array(books.shed).fill('dead 4'))
  assert.equal(readAll(store, 'dead')[0]!.seq, books.shed + 1, 'the oldest were shed')
  assert.equal(store.books('healthy').delivered, count)
  assert.deepEqual(states, ['at_limit'], 'shedding is not taken for recovery')
})

test('what comes of an alert after it was shed changes nothing', async t => {
  const { store, commits, accepted, append } = start(t, 16 * mib)
  commits.append(batchOf([{ text: 'first', severity: 7 }]), () => accepted.push('first'))
  await until('it is accepted', () => accepted.length === 1)
  const [inFlight] = readAll(store, 'a')
  for (let index = 1; store.books('a').shed === 0; index += 1) {
    append('x'.repeat(mib / 2))
    await until('it is accepted', () => accepted.length > index)
  }
  const { oldestWaitingMs: _, ...before } = store.books('a')
  const { seq } = inFlight!
  store.settle('a', [{ seq, kind: 'dead', reason: '400', attempts: 1 }])
  store.settle('a', [{ seq, kind: 'delivered' }])
  commits.flush()
  const { oldestWaitingMs: __, ...after } = store.books('a')
  assert.deepEqual(after, before)
  assert.deepEqual(deadLetters(store), [])
})

test('a flush at the limit sheds until all that waits is on disk', async t => {
  const { store, commits, accepted, append } = start(t, 16 * mib)
  for (let index = 0; index < 30; index += 1) append('x'.repeat(mib / 2))
  commits.flush()
  assert.equal(accepted.length, 30)
  assert.ok(store.books('a').shed > 0)
})

for (const order of ['before', 'after'] as const) {
  test(`after a failed fsync (${order} the commit took place) every alert is there once`, async t => {
    const { faults, states, accepted, append, texts } = start(t)
    append('1')
    await until('the first is accepted', () => accepted.length === 1)
    faults.failNext(order)
    append('2')
    append('3')
    await until('the failure is noticed', () => states.includes('failing'))
    assert.deepEqual(accepted, ['1'])
    append('4')
    await until('all are accepted', () => accepted.length === 4)
    assert.deepEqual(accepted, ['1', '2', '3', '4'])
    assert.deepEqual(texts(), ['1', '2', '3', '4'])
    assert.deepEqual(states, ['failing', 'ok'])
  })
}

test('what was settled while the disk failed is written afterwards', async t => {
  const { faults, store, commits, states, accepted, append } = start(t)
  append('1')
  append('2')
  await until('both are accepted', () => accepted.length === 2)
  faults.failNext('after')
  append('3')
  await until('the failure is noticed', () => states.includes('failing'))
  store.settle('a', [{ seq: 1, kind: 'dead', reason: '400', attempts: 1 }])
  commits.settled()
  await until('it is written', () => states.at(-1) === 'ok' && store.unwritten === 0)
  assert.deepEqual(
    deadLetters(store).map(({ json }) => json),
    ['1']
  )
  const { dead, waiting } = store.books('a')
  assert.deepEqual([dead, waiting], [1, 2])
})

test('what writes a little finds room on a full disk once the reserve has given it back', async t => {
  const { store, commits, states } = start(t)
  const present: boolean[] = []
  const writeAt = (attempt: number) => () => {
    present.push(store.reserve.present)
    if (present.length < attempt) throw Object.assign(new Error('database or disk is full'), { errcode: 13 })
  }
  commits.withReserve(writeAt(2))
  assert.deepEqual(present, [true, false])
  await until('the reserve stands again', () => store.reserve.present)
  assert.deepEqual(states, ['disk_full', 'ok'])
  assert.throws(
    () => commits.withReserve(writeAt(10)),
    error => error instanceof TercelError && error.code === 'TERCEL_SPOOL' && /full .*: make room/.test(error.message)
  )
})

test('a flush on a disk that turns out to be full still writes the cursors', async t => {
  const { faults, store, commits, accepted, append } = start(t)
  append('1')
  await until('it is accepted', () => accepted.length === 1)
  store.settle('a', [{ seq: 1, kind: 'delivered' }])
  faults.failNext('before', 13)
  commits.flush()
  assert.equal(store.unwritten, 0)
})

test('a corrupt file ends the spool with an error that names it', async t => {
  const { faults, store, fatal, accepted, append } = start(t)
  faults.failNext('before', 11)
  append('1')
  await until('it is fatal', () => fatal.length === 1)
  const [error] = fatal
  assert.ok(error instanceof TercelError && error.code === 'TERCEL_SPOOL')
  assert.ok(error.message.includes(store.file))
  assert.deepEqual(accepted, [])
})
