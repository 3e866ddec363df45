/** Limits of outputs and of the spool, as group commit keeps them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { SpoolState } from '../../../src/delivery/spool-state.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import {
  batchOf,
  deadLetters,
  makeBatch,
  readAll,
  startCommits,
  type TestAlert,
  temporaryDirectory,
  until
} from './support.ts'

const mib = 1024 * 1024

interface Setting {
  readonly directory?: string
  readonly maxBytes?: number
  readonly nowMs?: number
}

function start(t: TestContext, { directory = temporaryDirectory(t), maxBytes = 64 * mib, nowMs = 1e12 }: Setting = {}) {
  const clock = { wall: nowMs, monotonic: 0 }
  const store = new SpoolStore({
    directory,
    maxBytes,
    reserveBytes: 8 * mib,
    now: () => clock.wall,
    monotonic: () => clock.monotonic
  })
  const states: SpoolState[] = []
  const shed: string[] = []
  const commits = startCommits(store, {
    onState: state => states.push(state),
    onShed: (output, severity, cause) => shed.push(`${output} ${severity} ${cause}`)
  })
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    commits.stop()
    store.close()
  }
  t.after(close)
  let accepted = 0
  let appended = 0
  /** One batch. */
  const append = (...alerts: TestAlert[]) => {
    appended += alerts.length
    commits.append(batchOf(alerts), () => (accepted += alerts.length))
  }
  const put = async (...alerts: TestAlert[]) => {
    append(...alerts)
    await until('it is accepted', () => accepted === appended)
  }
  const settle = (output: string, ...seqs: number[]) => {
    store.settle(
      output,
      seqs.map(seq => ({ seq, kind: 'delivered' }))
    )
    commits.settled()
  }
  const waiting = (output: string) => readAll(store, output).map(({ seq }) => seq)
  const accept = () => accepted
  /** Nothing is left to do. */
  const flush = () => commits.flush()
  return { store, commits, states, shed, clock, append, put, settle, waiting, accepted: accept, flush, close }
}

const text = (bytes: number) => 'x'.repeat(bytes)

/** So many alerts of 100 bytes. */
function alerts(count: number, alert: Partial<TestAlert> = {}): TestAlert[] {
  return Array.from({ length: count }, () => ({ text: text(100), ...alert }))
}

test('a backlog over its limit is shed to a little below it, low priorities first; other outputs keep all', async t => {
  const { store, put, shed, waiting, flush } = start(t)
  store.register('small', 'now', { maxBytes: 1_000, onFull: 'shed' })
  store.register('large', 'now')
  await put(...alerts(4, { severity: 4 }), ...alerts(6, { severity: 7 }))
  assert.deepEqual(shed, [], 'the limit may be reached')
  await put(...alerts(2, { severity: 2 }))
  flush()
  assert.deepEqual(shed, Array(3).fill('small 7 backlog'))
  assert.deepEqual(waiting('small'), [1, 2, 3, 4, 8, 9, 10, 11, 12])
  await put(...alerts(7, { severity: 1 }))
  flush()
  assert.deepEqual(waiting('small'), [11, 12, 13, 14, 15, 16, 17, 18, 19])
  assert.ok(store.books('small').waitingBytes <= 1_000)
  assert.equal(store.books('large').waiting, 19)
})

test('limits that are set anew count at once; after a restart they have to be set again', async t => {
  const directory = temporaryDirectory(t)
  const first = start(t, { directory })
  first.store.register('a', 'now', { maxBytes: 5_000, onFull: 'shed' })
  await first.put(...alerts(40))
  first.store.register('a', 'now', { maxBytes: 2_000, onFull: 'shed' })
  first.commits.checkLimits()
  await until('it is shed', () => first.store.books('a').waiting === 19)
  first.close()
  const { store, put, shed, flush } = start(t, { directory })
  await put(...alerts(40))
  flush()
  assert.equal(store.books('a').waiting, 59)
  assert.deepEqual(shed, [])
})

test('the only alert of a backlog is not shed, however large: the output may be about to take it', async t => {
  const { store, put, waiting, flush } = start(t)
  store.register('a', 'now', { maxBytes: 1_000, onFull: 'shed' })
  await put({ text: text(5_000), severity: 7 })
  flush()
  assert.deepEqual(waiting('a'), [1])
  await put({ text: text(100), severity: 4 })
  flush()
  assert.deepEqual(waiting('a'), [2])
})

test('what is too old is shed oldest first, whatever its priority, though nothing comes in', async t => {
  const { store, commits, put, clock, shed, waiting } = start(t)
  store.register('a', 'now', { maxAgeMs: 60_000, onFull: 'shed' })
  store.register('blocking', 'now', { maxAgeMs: 120_000, onFull: 'block' })
  await put({ text: '1', severity: 0 })
  clock.monotonic += 30_000
  await put({ text: '2', severity: 7 })
  clock.monotonic += 30_000
  assert.equal(store.books('a').oldestWaitingMs, 60_000)
  commits.checkLimits()
  commits.flush()
  assert.deepEqual(waiting('a'), [1, 2], 'it is not older than the limit yet')
  clock.monotonic += 1
  commits.checkLimits()
  await until('the first is shed', () => store.unwritten === 0 && shed.length > 0)
  assert.deepEqual(waiting('a'), [2])
  clock.monotonic += 60_000
  commits.checkLimits()
  await until('so is the second, and one of the other output', () => shed.length === 3)
  assert.deepEqual(shed, ['a 0 age', 'a 7 age', 'blocking 0 age'])
})

test('a clock that is set makes no alert older, and one that was set back makes none immortal', async t => {
  const directory = temporaryDirectory(t)
  const { store, commits, put, clock, shed, close } = start(t, { directory })
  store.register('a', 'now', { maxAgeMs: 60_000, onFull: 'shed' })
  await put({ text: '1' })
  clock.wall += 1e10
  await put({ text: '2' })
  commits.checkLimits()
  commits.flush()
  assert.deepEqual(shed, [])
  close()
  const again = start(t, { directory })
  again.store.register('a', 'now', { maxAgeMs: 60_000, onFull: 'shed' })
  assert.equal(again.store.books('a').oldestWaitingMs, 0)
  again.clock.monotonic += 60_001
  again.commits.checkLimits()
  again.commits.flush()
  assert.deepEqual(again.shed, ['a 4 age', 'a 4 age'])
})

test('an output that blocks has new alerts wait until it has got on; nothing is shed', async t => {
  const { store, states, append, settle, accepted, shed, waiting, flush } = start(t)
  store.register('slow', 'now', { maxBytes: 1_000, onFull: 'block' })
  store.register('other', 'now')
  for (let batch = 0; batch < 4; batch += 1) append(...alerts(4))
  await until('it blocks', () => states.length > 0)
  flush()
  assert.equal(accepted(), 8)
  assert.deepEqual(states, [{ kind: 'blocked', outputs: ['slow'], reason: 'their backlog is at its limit' }])
  settle('other', ...waiting('other'))
  flush()
  assert.equal(accepted(), 8, 'another output does not matter')
  settle('slow', 1, 2)
  await until('the next batch is taken', () => accepted() === 12)
  settle('slow', ...waiting('slow'))
  await until('all are taken', () => accepted() === 16)
  settle('slow', ...waiting('slow'))
  await until('it is well', () => states.at(-1)?.kind === 'ok')
  assert.deepEqual(shed, [])
  assert.equal(store.books('slow').delivered, 12 + 4)
})

test('what is larger than the limit of an output that blocks passes once its backlog is empty', async t => {
  const { store, put, append, settle, accepted, flush } = start(t)
  store.register('slow', 'now', { maxBytes: 1_000, onFull: 'block' })
  await put({ text: text(3_000) })
  append({ text: text(2_000) })
  flush()
  assert.equal(accepted(), 1)
  settle('slow', 1)
  await until('the second is taken', () => accepted() === 2)
})

test('beside an output that blocks another sheds for itself', async t => {
  const { store, append, settle, accepted, shed, flush } = start(t)
  store.register('blocking', 'now', { maxBytes: 1_000, onFull: 'block' })
  store.register('shedding', 'now', { maxBytes: 500, onFull: 'shed' })
  for (let batch = 0; batch < 3; batch += 1) append(...alerts(5))
  await until('it blocks', () => accepted() === 10)
  flush()
  assert.equal(store.books('shedding').shed, shed.length)
  assert.equal(store.books('shedding').waiting, 4)
  assert.equal(store.books('blocking').waiting, 10)
  settle('blocking', 1, 2, 3, 4, 5)
  await until('the rest is taken', () => accepted() === 15)
  assert.equal(store.books('blocking').shed, 0)
})

test('limits that are set anew, and an output that is taken out, let waiting alerts in', async t => {
  const { store, commits, append, accepted, flush } = start(t)
  store.register('a', 'now', { maxBytes: 1_000, onFull: 'block' })
  store.register('b', 'now', { maxBytes: 500, onFull: 'block' })
  for (let batch = 0; batch < 4; batch += 1) append(...alerts(5))
  flush()
  assert.equal(accepted(), 5)
  store.unregister('b')
  commits.checkLimits()
  await until('the other limit holds', () => accepted() === 10)
  store.register('a', 'now', { onFull: 'block' })
  commits.checkLimits()
  await until('all are taken', () => accepted() === 20)
})

test('at the end nothing is held up by a backlog', t => {
  const { store, commits, append, accepted } = start(t)
  store.register('a', 'now', { maxBytes: 100, onFull: 'block' })
  for (let batch = 0; batch < 4; batch += 1) append(...alerts(5))
  commits.finish()
  assert.equal(accepted(), 20)
})

test('at the limit of the spool an output that blocks is not shed for: new alerts wait, and it is named', async t => {
  const { store, states, append, settle, accepted, shed, waiting } = start(t, { maxBytes: 16 * mib })
  store.register('blocking', 'now', { onFull: 'block' })
  store.register('dead', 'now')
  for (let i = 0; i < 30; i += 1) append({ text: text(mib / 2) })
  await until('it blocks', () => states.some(({ kind }) => kind === 'blocked'))
  const reason = 'the spool is at its limit, and only they hold its room'
  assert.deepEqual(states.at(-1), { kind: 'blocked', outputs: ['blocking'], reason })
  const before = accepted()
  assert.ok(before < 30)
  assert.deepEqual(shed, [], 'to shed for the other output would free nothing')
  settle('blocking', ...waiting('blocking'))
  await until('all are taken', () => accepted() === 30)
  assert.ok(store.books('dead').shed > 0, 'what only the dead output waits for makes room now')
  assert.equal(store.books('blocking').shed, 0)
})

test('at the limit two dead outputs give up the same low priorities, and keep the high ones and the reports', async t => {
  const { store, put, settle, shed, waiting } = start(t, { maxBytes: 16 * mib })
  for (const output of ['dead', 'dead too', 'healthy']) store.register(output, 'now')
  const severities = new Map<number, number>()
  const reports: number[] = []
  for (let seq = 1; seq <= 100; seq += 1) {
    const internal = seq % 20 === 0
    const severity = internal ? 7 : seq % 4 === 0 ? 2 : 6
    severities.set(seq, severity)
    if (internal) reports.push(seq)
    await put({ text: text(mib / 4), severity, internal })
    settle('healthy', seq)
  }
  assert.equal(store.books('healthy').delivered, 100)
  const lost = shed.filter(each => each === 'dead 6 spool').length
  assert.ok(lost > 30)
  assert.deepEqual(shed.toSorted(), [...Array(lost).fill('dead 6 spool'), ...Array(lost).fill('dead too 6 spool')])
  assert.deepEqual(waiting('dead'), waiting('dead too'))
  const kept = new Set(waiting('dead'))
  for (const [seq, severity] of severities) if (severity === 2) assert.ok(kept.has(seq), `${seq} is kept`)
  for (const seq of reports) assert.ok(kept.has(seq), `report ${seq} is kept`)
})

test('at the limit one dead output gives up what it waits for alone, and one with a small backlog loses nothing', async t => {
  const { store, put, settle, shed } = start(t, { maxBytes: 16 * mib })
  for (const output of ['dead', 'slow']) store.register(output, 'now')
  for (let seq = 1; seq <= 100; seq += 1) {
    await put({ text: text(mib / 4), severity: 7 })
    if (seq > 8) settle('slow', seq - 8)
  }
  assert.ok(store.books('dead').shed > 30)
  assert.ok(shed.every(each => each.startsWith('dead ')))
  assert.equal(store.books('slow').waiting, 8)
})

test('reports are known as such after a restart too', async t => {
  const directory = temporaryDirectory(t)
  const first = start(t, { directory })
  first.store.register('a', 'now')
  await first.put({ text: '1', severity: 7, internal: true }, { text: '2', severity: 0 }, { text: '3', severity: 7 })
  first.close()
  const { store, commits, waiting, shed } = start(t, { directory })
  store.register('a', 'now', { maxBytes: 1, onFull: 'shed' })
  commits.checkLimits()
  commits.flush()
  assert.deepEqual(waiting('a'), [1])
  assert.deepEqual(shed, ['a 7 backlog', 'a 0 backlog'])
})

test('an output that rejects everything does not take the room of the others', async t => {
  const { store, commits, put, shed } = start(t, { maxBytes: 16 * mib })
  store.register('rejecting', 'now')
  store.register('waiting', 'now')
  for (let seq = 1; seq <= 40; seq += 1) {
    await put({ text: `${seq} ${text(mib / 4)}` })
    store.settle('rejecting', [{ seq, kind: 'dead', reason: '400', attempts: 1 }])
    commits.flush()
  }
  const { dead, waiting } = store.books('rejecting')
  assert.deepEqual([dead, waiting], [40, 0], 'the books stay as they are')
  const letters = deadLetters(store)
  assert.equal(letters.length, 40 - store.deadLetters.dropped)
  const bytes = letters.reduce((sum, { json }) => sum + json.length, 0)
  assert.ok(bytes <= 4 * mib && bytes > 3 * mib, `${bytes}`)
  assert.match(letters[0]!.json, new RegExp(`^${1 + store.deadLetters.dropped} x`), 'the oldest have gone')
  assert.deepEqual(shed, [])
  assert.equal(store.books('waiting').waiting, 40)
})

test('dead letters that are small and have long reasons leave room for alerts too', async t => {
  const { store, commits, put, waiting, flush } = start(t, { maxBytes: 16 * mib })
  store.register('a', 'now')
  const reason = 'r'.repeat(1_000)
  while (store.deadLetters.dropped === 0) {
    await put(...alerts(1_000))
    store.settle(
      'a',
      waiting('a').map(seq => ({ seq, kind: 'dead', reason, attempts: 1 }))
    )
    commits.flush()
  }
  flush()
  assert.ok(store.size.usedBytes < 10 * mib, `${store.size.usedBytes}`)
  await put({ text: text(mib) }, { text: text(mib) })
})

test('dead letters beyond the bound, of a spool whose limit was lowered, are deleted though nothing waits', async t => {
  const directory = temporaryDirectory(t)
  const first = start(t, { directory, maxBytes: 64 * mib })
  first.store.register('a', 'now')
  await first.put(...Array.from({ length: 15 }, () => ({ text: text(mib) })))
  first.store.settle(
    'a',
    first.waiting('a').map(seq => ({ seq, kind: 'dead', reason: '400', attempts: 1 }))
  )
  first.commits.flush()
  first.close()
  const { store, put } = start(t, { directory, maxBytes: 16 * mib })
  await put({ text: text(mib) })
  assert.equal(deadLetters(store).length, 3)
  assert.equal(store.deadLetters.dropped, 12)
})

test('a group takes of the batches what fits into a backlog that blocks', async t => {
  const { store, commits, accepted } = start(t)
  store.register('a', 'now', { maxBytes: 1_000, onFull: 'block' })
  let taken = 0
  for (let batch = 0; batch < 5; batch += 1) commits.append(makeBatch([text(300)]), () => (taken += 1))
  commits.flush()
  assert.equal(taken, 3)
  assert.equal(accepted(), 0)
})
