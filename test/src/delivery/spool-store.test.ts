import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { SpoolStore, type SpoolStoreOptions } from '../../../src/delivery/spool-store.ts'
import { resolveModule } from '../../../src/paths.ts'
import { CommitFaults, deadLetters, makeBatch, readAll, temporaryDirectory } from './support.ts'

function openStore(directory: string, options: Partial<SpoolStoreOptions> = {}): SpoolStore {
  return new SpoolStore({ directory, maxBytes: 64 * 1024 * 1024, reserveBytes: 64 * 1024, ...options })
}

function texts(store: SpoolStore, output: string): string[] {
  return readAll(store, output).map(({ json }) => json)
}

function refuses(directory: string, ...patterns: RegExp[]): void {
  assert.throws(
    () => openStore(directory),
    error => {
      assert.ok(error instanceof TercelError)
      assert.equal(error.code, 'TERCEL_SPOOL')
      for (const pattern of [new RegExp(directory), ...patterns]) assert.match(error.message, pattern)
      return true
    }
  )
}

test('the directory and the files in it are for their owner alone', t => {
  const directory = join(temporaryDirectory(t), 'deep', 'spool')
  const store = openStore(directory)
  store.commit([makeBatch(['{}'])])
  assert.equal(statSync(directory).mode & 0o777, 0o700)
  for (const file of ['spool.db', 'spool.db-wal']) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
  store.close()
})

test('a new output starts with what comes from now on, or with all that is kept', t => {
  const store = openStore(temporaryDirectory(t))
  store.commit([makeBatch(['1', '2'])])
  store.register('now', 'now')
  store.register('oldest', 'oldest')
  store.commit([makeBatch(['3'])])
  assert.deepEqual(texts(store, 'now'), ['3'])
  assert.deepEqual(texts(store, 'oldest'), ['1', '2', '3'])
  assert.equal(store.books('now').accepted, 1)
  store.close()
})

test('an alert that all outputs have settled is deleted, one that any waits for is kept', t => {
  const directory = temporaryDirectory(t)
  const store = openStore(directory)
  store.register('a', 'now')
  store.register('b', 'now')
  store.commit([makeBatch(['1', '2', '3'])])
  store.settle(
    'a',
    [3, 1, 2].map(seq => ({ seq, kind: 'delivered' }))
  )
  store.settle('b', [
    { seq: 1, kind: 'delivered' },
    { seq: 3, kind: 'delivered' }
  ])
  store.commit([])
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  const kept = db
    .prepare('SELECT seq FROM alerts ORDER BY seq')
    .all()
    .map(({ seq }) => seq)
  db.close()
  assert.deepEqual(kept, [2])
  store.unregister('b')
  store.commit([])
  assert.equal(store.deletable, false)
  store.register('late', 'oldest')
  assert.deepEqual(texts(store, 'late'), [])
  store.close()
})

test('sequence numbers go on after everything was deleted and the spool was reopened', t => {
  const directory = temporaryDirectory(t)
  let store = openStore(directory)
  store.register('a', 'now')
  store.commit([makeBatch(['1', '2'])])
  store.settle(
    'a',
    [1, 2].map(seq => ({ seq, kind: 'delivered' }))
  )
  store.commit([])
  store.close()
  store = openStore(directory)
  store.commit([makeBatch(['3'])])
  assert.deepEqual(
    readAll(store, 'a').map(({ seq }) => seq),
    [3]
  )
  store.close()
})

test('what was settled far above a cursor is not handed out again, also after a crash', t => {
  const directory = temporaryDirectory(t)
  let store = openStore(directory)
  store.register('a', 'now')
  store.register('b', 'now')
  store.commit([makeBatch(Array.from({ length: 20_000 }, (_, index) => String(index + 1)))])
  const all = readAll(store, 'a').map(({ seq }) => seq)
  assert.equal(all.length, 20_000)
  const isLeft = (seq: number) => seq === 1 || seq % 7_000 === 0
  store.settle(
    'a',
    all.filter(seq => !isLeft(seq)).map(seq => ({ seq, kind: 'delivered' }))
  )
  assert.deepEqual(texts(store, 'a'), ['1', '7000', '14000'])
  store.commit([])
  store.close()
  store = openStore(directory)
  assert.deepEqual(texts(store, 'a'), ['1', '7000', '14000'])
  assert.equal(store.books('a').delivered, 19_997)
  assert.equal(store.books('b').waiting, 20_000)
  store.close()
})

test('what is settled by all and is to be deleted in several steps does not come back after a crash between them', t => {
  const directory = temporaryDirectory(t)
  let store = openStore(directory)
  store.register('a', 'now')
  store.commit([makeBatch(Array.from({ length: 20_000 }, (_, index) => String(index + 1)))])
  store.settle(
    'a',
    readAll(store, 'a').flatMap(({ seq }) => (seq === 1 ? [] : [{ seq, kind: 'delivered' }]))
  )
  store.commit([])
  assert.equal(store.deletable, true)
  store.close()
  store = openStore(directory)
  assert.deepEqual(texts(store, 'a'), ['1'])
  while (store.deletable) store.commit([])
  store.commit([])
  store.close()
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  const left = ['alerts', 'settled'].map(table => db.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count)
  db.close()
  assert.deepEqual(left, [1, 0], 'no bits are kept for what is gone')
})

test('a read is bounded in count and bytes, but gives one alert however large', t => {
  const store = openStore(temporaryDirectory(t))
  store.register('a', 'now')
  store.commit([makeBatch(['x'.repeat(1_000), 'y'.repeat(10), 'z'.repeat(10)])])
  const read = (after: number, maxCount: number, maxBytes: number) =>
    store.read('a', { after, maxCount, maxBytes }).map(({ seq }) => seq)
  assert.deepEqual(read(0, 10, 100), [1])
  assert.deepEqual(read(1, 10, 100), [2, 3])
  assert.deepEqual(read(1, 1, 100), [2])
  store.close()
})

test('a second process is refused the directory, until the first is killed', async t => {
  const directory = temporaryDirectory(t)
  const module = resolveModule('src/delivery/spool-store.ts').href
  const program = `
    import { SpoolStore } from ${JSON.stringify(module)}
    globalThis.store = new SpoolStore({ directory: process.argv[1], maxBytes: 2 ** 25, reserveBytes: 0 })
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, directory])
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  refuses(directory, /in use by another tercel/, /stop it, or give this one a spool\.directory of its own/)
  child.kill('SIGKILL')
  await once(child, 'exit')
  openStore(directory).close()
})

test('a damaged file is named and left alone', t => {
  const directory = temporaryDirectory(t)
  writeFileSync(join(directory, 'spool.db'), 'this is no database, and long enough for a header: '.repeat(100))
  const before = statSync(join(directory, 'spool.db')).size
  refuses(directory, /spool\.db is damaged/, /move its directory aside/)
  assert.equal(statSync(join(directory, 'spool.db')).size, before)
})

test('a database of another program and one of a newer tercel are refused', t => {
  const foreign = temporaryDirectory(t)
  const db = new DatabaseSync(join(foreign, 'spool.db'))
  db.exec('CREATE TABLE holidays (day TEXT)')
  db.close()
  refuses(foreign, /another program/)

  const newer = temporaryDirectory(t)
  openStore(newer).close()
  const spool = new DatabaseSync(join(newer, 'spool.db'))
  spool.exec('PRAGMA user_version = 99')
  spool.close()
  refuses(newer, /newer tercel/)
})

test('a commit whose fsync failed counts only if it is found after reopening', t => {
  for (const order of ['before', 'after'] as const) {
    const faults = new CommitFaults()
    const store = openStore(temporaryDirectory(t), { open: faults.open })
    store.register('a', 'now')
    store.commit([makeBatch(['1', '2'])])
    store.settle('a', [{ seq: 1, kind: 'dead', reason: 'no', attempts: 1 }])
    faults.failNext(order)
    assert.throws(() => store.commit([makeBatch(['3'])]), /disk I\/O error/)
    assert.equal(store.head, 2)
    const there = store.reopen()
    assert.equal(there, order === 'after')
    if (!there) store.commit([makeBatch(['3'])])
    store.commit([makeBatch(['4'])])
    assert.deepEqual(texts(store, 'a'), ['2', '3', '4'])
    assert.equal(deadLetters(store).length, 1)
    assert.equal(store.books('a').dead, 1)
    store.close()
  }
})

test('the reserve file is there, and what else is in the directory is known', t => {
  const directory = temporaryDirectory(t)
  const store = openStore(directory)
  assert.equal(store.reserve.ensure(), true)
  assert.equal(statSync(join(directory, 'reserve')).size, 64 * 1024)
  store.close()
  assert.deepEqual(readdirSync(directory).sort(), ['lock.db', 'reserve', 'spool.db'])
})
