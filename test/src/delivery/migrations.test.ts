/** Spools that an older tercel has written. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { createFirstTables } from '../../../src/delivery/migrations/1-first-tables.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { deadLetters, makeBatch, readAll, seededRandom, startCommits, temporaryDirectory } from './support.ts'

interface OldOutput {
  readonly cursor: number
  /** As the old column `settled_above` had them. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** A spool of schema 1, in which alerts `first` to `head` are kept. */
function oldSpool(
  t: TestContext,
  first: number,
  head: number,
  outputs: Readonly<Record<string, OldOutput>>,
  padding = ''
): string {
  const directory = temporaryDirectory(t)
  const db = new DatabaseSync(join(directory, 'spool.db'))
  db.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL')
  createFirstTables(db)
  db.exec('PRAGMA application_id = 0x74657263; PRAGMA user_version = 1; BEGIN')
  db.prepare('UPDATE spool SET head = ?').run(head)
  const insert = db.prepare('INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?)')
  for (let seq = first; seq <= head; seq += 1) {
    const json = JSON.stringify({ n: seq, padding })
    insert.run(seq, seq % 8, `rule ${seq % 3}`, json.length, 1_000 + seq, json)
  }
  for (const [name, { cursor, ranges }] of Object.entries(outputs)) {
    const above = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)
    db.prepare('INSERT INTO outputs VALUES (?, 0, ?, ?, ?, 0, 0, 0, 0)').run(
      name,
      cursor,
      JSON.stringify(ranges),
      cursor + above
    )
  }
  db.prepare('INSERT INTO dead_letters (output, seq, reason, attempts, dead_ms, json) VALUES (?, 1, ?, 1, 1, ?)').run(
    'a',
    '400',
    '{"é":1}'
  )
  db.exec('COMMIT')
  db.close()
  return directory
}

function open(directory: string): SpoolStore {
  return new SpoolStore({ directory, maxBytes: 2 ** 30, reserveBytes: 64 * 1024 })
}

test('a spool of schema 1 goes on where it was: what waits, in order, and the books', t => {
  const random = seededRandom(3)
  const head = 21_000
  const settled = new Set<number>()
  const ranges: [number, number][] = []
  for (let seq = 103; seq < 10_000; seq += 2 + Math.floor(random() * 40)) {
    const last = seq + Math.floor(random() * 20)
    ranges.push([seq, last])
    for (; seq <= last; seq += 1) settled.add(seq)
  }
  const outputs = { a: { cursor: 100, ranges }, b: { cursor: 15_000, ranges: [] }, c: { cursor: head, ranges: [] } }
  const directory = oldSpool(t, 101, head, outputs)
  let store = open(directory)
  const expected = Array.from({ length: head - 100 }, (_, index) => 101 + index).filter(seq => !settled.has(seq))
  for (const step of ['migrated', 'committed', 'reopened']) {
    if (step === 'committed') store.commit([])
    if (step === 'reopened') {
      store.close()
      store = open(directory)
    }
    assert.equal(store.head, head)
    const read = readAll(store, 'a')
    assert.deepEqual(
      read.map(({ seq }) => seq),
      expected
    )
    assert.deepEqual(
      read.map(({ json }) => JSON.parse(json).n),
      expected
    )
    const { accepted, delivered, waiting, waitingBytes } = store.books('a')
    assert.deepEqual([accepted, delivered, waiting], [head, head - expected.length, expected.length])
    assert.equal(
      waitingBytes,
      read.reduce((sum, { bytes }) => sum + bytes, 0)
    )
    assert.equal(store.books('b').waiting, head - 15_000)
    assert.equal(store.books('c').waiting, 0)
    assert.deepEqual(
      deadLetters(store).map(({ output, json }) => [output, json]),
      [['a', '{"é":1}']]
    )
  }
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  const rows = db.prepare('SELECT count(*) AS count, sum(severity = 3) AS errors FROM alerts').get()
  const errors = db.prepare('SELECT count(*) AS count FROM alerts_error').get()
  db.close()
  assert.equal(errors!.count, rows!.errors)
  store.close()
})

test('an alert that was settled out of order by all is deleted from a migrated spool', t => {
  const ranges: [number, number][] = [[3, 5]]
  const directory = oldSpool(t, 2, 6, { a: { cursor: 1, ranges }, b: { cursor: 3, ranges: [[5, 5]] } })
  const store = open(directory)
  store.commit([])
  assert.equal(store.deletable, false)
  store.close()
  const db = new DatabaseSync(join(directory, 'spool.db'), { readOnly: true })
  const kept = db.prepare('SELECT seq FROM alerts ORDER BY seq').all()
  db.close()
  assert.deepEqual(
    kept.map(({ seq }) => seq),
    [2, 4, 6]
  )
})

test('a migrated spool has the room that it had: nothing is shed for what comes next', t => {
  const head = 40
  const directory = oldSpool(t, 1, head, { a: { cursor: 0, ranges: [] } }, 'x'.repeat(256 * 1024))
  const store = new SpoolStore({ directory, maxBytes: 16 * 2 ** 20, reserveBytes: 8 * 2 ** 20 })
  t.after(() => store.close())
  const shed: string[] = []
  let accepted = 0
  const commits = startCommits(store, { onShed: output => shed.push(output) })
  commits.append(makeBatch(['{}']), () => (accepted += 1))
  commits.flush()
  commits.stop()
  assert.equal(accepted, 1)
  assert.deepEqual(shed, [])
  assert.equal(store.books('a').waiting, head + 1)
})

test('old dead letters are found by their rule and priority; of a damaged one neither is known', t => {
  const directory = oldSpool(t, 1, 1, { a: { cursor: 1, ranges: [] } })
  const db = new DatabaseSync(join(directory, 'spool.db'))
  const insert = db.prepare(
    "INSERT INTO dead_letters (output, seq, reason, attempts, dead_ms, json) VALUES ('a', ?, '400', 1, 1, ?)"
  )
  const cases: [string, string, string][] = [
    ['{"rule":"Shell — in a container","priority":"Emergency"}', 'Shell — in a container', 'Emergency'],
    ['{"rule":17,"priority":"loud"}', '17', 'Debug'],
    ['{"rule":{"n":1},"priority":null}', '{"n":1}', 'Debug'],
    ['{"rule":"cut of', '', 'Debug'],
    ['["rule"]', '', 'Debug'],
    ['', '', 'Debug'],
    ['['.repeat(5_000), '', 'Debug']
  ]
  for (const [index, [json]] of cases.entries()) insert.run(index + 2, json)
  db.close()
  const store = open(directory)
  assert.deepEqual(
    deadLetters(store)
      .slice(1)
      .map(({ json, rule, priority }) => [json, rule, priority]),
    cases
  )
  store.close()
})
