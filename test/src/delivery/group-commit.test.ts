import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { GroupCommit, type SpoolState } from '../../../src/delivery/group-commit.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { CommitFaults, makeBatch, readAll, temporaryDirectory, until } from './support.ts'

const mib = 1024 * 1024

function start(t: TestContext, maxBytes = 64 * mib) {
  const faults = new CommitFaults()
  const directory = temporaryDirectory(t)
  const store = new SpoolStore({ directory, maxBytes, reserveBytes: 8 * mib, open: faults.open })
  const states: SpoolState['kind'][] = []
  const fatal: unknown[] = []
  const commits = new GroupCommit({
    store,
    onState: ({ kind }) => states.push(kind),
    onCommit: () => {},
    onFatal: error => fatal.push(error)
  })
  commits.start()
  store.register('a', 'now')
  t.after(() => {
    commits.stop()
    store.close()
  })
  const accepted: string[] = []
  const append = (text: string) => commits.append(makeBatch([text]), () => accepted.push(text))
  const texts = () => readAll(store, 'a').map(({ json }) => json)
  return { faults, store, commits, states, fatal, accepted, append, texts }
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

test('what was refused at the limit is accepted as soon as one settlement has made room', async t => {
  const { store, commits, states, accepted, append } = start(t, 16 * mib)
  let appended = 0
  await until('the limit is reached', () => {
    if (accepted.length === appended) {
      append(`${appended}${'x'.repeat(mib / 2)}`)
      appended += 1
    }
    return states.includes('at_limit')
  })
  assert.equal(accepted.length, appended - 1)
  assert.ok(store.usedBytes <= store.maxBytes)
  store.settle(
    'a',
    accepted.map((_, index) => ({ seq: index + 1, kind: 'delivered' }))
  )
  commits.settled()
  await until('the last is accepted', () => accepted.length === appended)
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
    store.deadLetters(10).map(({ json }) => json),
    ['1']
  )
  const { dead, waiting } = store.books('a')
  assert.deepEqual([dead, waiting], [1, 2])
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
