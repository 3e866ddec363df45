import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { TercelError } from '../../../base/errors.ts'
import type { ShedCounts } from '../../../src/delivery/records.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { resolveModule } from '../../../src/paths.ts'
import { everything, MemoryLog, makeAlert, openSpool, readAll, temporaryDirectory, until } from './support.ts'

test('an alert that was offered is accepted, read and settled', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  const alert = makeAlert('1', { output_fields: { 'fd.name': '/tmp/é\u0000' } })
  await producer.offer(alert)
  const [read] = await spool.next('a', everything)
  assert.deepEqual(JSON.parse(read!.json), alert)
  spool.settle('a', [{ seq: read!.seq, kind: 'delivered' }])
  const books = await spool.books('a')
  assert.deepEqual([books.accepted, books.delivered, books.waiting], [1, 1, 0])
})

test('a reader waits for the next commit, and a cancelled one gets nothing', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  const cancel = new AbortController()
  const cancelled = spool.next('a', everything, { signal: cancel.signal })
  const waiting = spool.next('a', everything)
  cancel.abort()
  assert.deepEqual(await cancelled, [])
  await producer.offer(makeAlert('1'))
  assert.equal((await waiting).length, 1)
  assert.deepEqual(await spool.next('a', { ...everything, after: 1 }, { wait: false }), [])
})

test('cursors and dead letters are on disk after a stop in good order', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  await Promise.all(['1', '2', '3'].map(uuid => producer.offer(makeAlert(uuid))))
  spool.settle('a', [
    { seq: 1, kind: 'delivered' },
    { seq: 2, kind: 'dead', reason: '400 Bad Request', attempts: 1 }
  ])
  await producer.close()
  await spool.close()
  const again = await openSpool(t, { directory })
  const left = await again.spool.next('a', everything)
  assert.deepEqual(
    left.map(({ seq }) => seq),
    [3]
  )
  const [letter] = await again.spool.deadLetters({}, 10)
  assert.equal(letter?.reason, '400 Bad Request')
  assert.equal(JSON.parse(letter!.json).uuid, '2')
})

test('cursors are written soon though no alert comes', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  await producer.offer(makeAlert('1'))
  spool.settle('a', [{ seq: 1, kind: 'delivered' }])
  const module = resolveModule('src/delivery/spool-database.ts').href
  const program = `import { openDatabase } from ${JSON.stringify(module)}
    console.log(openDatabase(process.argv[1]).prepare('SELECT delivered FROM outputs').get().delivered)`
  const delivered = () =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program, join(directory, 'spool.db')], {
      encoding: 'utf8'
    })
  await until('the cursor is on disk', () => delivered().trim() === '1')
})

test('an unknown output and a second spool in the directory are refused', async t => {
  const { spool, directory } = await openSpool(t)
  await assert.rejects(spool.next('nobody', everything), /knows no output nobody/)
  await assert.rejects(Spool.open({ directory, log: new MemoryLog() }), error => {
    return error instanceof TercelError && error.code === 'TERCEL_SPOOL' && error.message.includes(directory)
  })
  assert.equal((await spool.status()).state.kind, 'ok')
})

test('a directory that cannot be used is named, with what it must be', async t => {
  const file = join(temporaryDirectory(t), 'file')
  closeSync(openSync(file, 'w'))
  const directory = join(file, 'spool')
  await assert.rejects(Spool.open({ directory, log: new MemoryLog() }), error => {
    const remedy = 'the user that tercel runs as must be able to write there'
    const message = `cannot open the spool in ${directory}: a part of its path is not a directory; ${remedy}`
    return error instanceof TercelError && error.code === 'TERCEL_SPOOL' && error.message === message
  })
})

test('a spool that has ended rejects what is asked and offered', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.close()
  await assert.rejects(spool.books('a'), /closed/)
  await until('the producer knows', () => producer.offer(makeAlert('1')) === undefined)
  await assert.rejects(producer.submit(makeAlert('2')), /spool has gone/)
})

test('at its limit outputs that are left or dead lose alerts, and a healthy one gets all', async t => {
  const shed: Record<string, number> = {}
  const { spool, producer, log, directory } = await openSpool(t, { maxBytes: 16 * 1024 * 1024 })
  await spool.register('renamed away')
  await producer.close()
  await spool.close()
  const onShed = (output: string, counts: ShedCounts) => {
    for (const count of Object.values(counts)) shed[output] = (shed[output] ?? 0) + count
  }
  const again = await openSpool(t, { directory, log, maxBytes: 16 * 1024 * 1024, onShed })
  for (const output of ['dead', 'healthy']) await again.spool.register(output)
  const total = 20_000
  const seen: number[] = []
  for (let offered = 0; offered < total; offered += 500) {
    const made = Array.from({ length: 500 }, (_, index) =>
      again.producer.offer(makeAlert(String(offered + index), { output: 'x'.repeat(1_500) }))
    )
    assert.ok(!made.includes(undefined), 'nothing is shed before the spool')
    while (seen.length < offered + 500) {
      const alerts = await again.spool.next('healthy', { ...everything, maxCount: 500 })
      seen.push(...alerts.map(({ json }) => Number(JSON.parse(json).uuid)))
      again.spool.settle(
        'healthy',
        alerts.map(({ seq }) => ({ seq, kind: 'delivered' }))
      )
    }
  }
  assert.deepEqual(
    seen,
    Array.from({ length: total }, (_, index) => index)
  )
  const books = Object.fromEntries(
    await Promise.all(['renamed away', 'dead', 'healthy'].map(async name => [name, await again.spool.books(name)]))
  )
  const { usedBytes, maxBytes, state } = await again.spool.status()
  assert.ok(usedBytes <= maxBytes, `${usedBytes}`)
  assert.equal(state.kind, 'at_limit')
  await again.producer.close()
  await again.spool.close()
  assert.deepEqual([books.healthy.delivered, books.healthy.shed], [total, 0])
  for (const name of ['renamed away', 'dead']) {
    assert.ok(books[name].shed > total / 2, `${name}: ${books[name].shed}`)
    assert.equal(books[name].accepted, books[name].shed + books[name].waiting)
    assert.equal(shed[name], books[name].shed, 'all that was shed is told')
  }
  assert.deepEqual(Object.keys(shed).sort(), ['dead', 'renamed away'])
  const states = log.lines.map(({ fields }) => fields.state).filter(each => each !== undefined)
  assert.deepEqual(states, ['at_limit'])
  assert.match(log.messages.at(-1)!, /the spool is at its limit: alerts were shed/)
})

test('limits are given at registration; what is shed for them is told with its cause, and logged as what it is', async t => {
  const told: string[] = []
  const onShed = (output: string, counts: ShedCounts, cause: string) => {
    told.push(`${output} ${JSON.stringify(counts)} ${cause}`)
  }
  const { spool, producer, log } = await openSpool(t, { onShed })
  await spool.register('a', { backlog: { maxBytes: 1, onFull: 'shed' } })
  await producer.offer(makeAlert('1', { priority: 'Critical' }))
  await producer.offer(makeAlert('2', { priority: 'Debug' }))
  await producer.offer(makeAlert('report', { priority: 'Debug' }), { internal: true })
  await until('it is shed', async () => (await spool.books('a')).shed === 2)
  const [left] = await spool.next('a', everything)
  assert.equal(JSON.parse(left!.json).uuid, 'report')
  await until('it is told', () => told.join().includes('Critical') && told.join().includes('Debug'))
  assert.ok(told.every(each => each.startsWith('a ') && each.endsWith(' backlog')))
  assert.match(log.messages.at(-1)!, /^the backlog of the output is at its limit/)
})

test('an alert that gets too old is shed though nothing happens', async t => {
  const told: string[] = []
  const { spool, producer } = await openSpool(t, { onShed: (_, __, cause) => told.push(cause) })
  await spool.register('a', { backlog: { maxAgeMs: 1, onFull: 'block' } })
  await producer.offer(makeAlert('1'))
  await until('it is shed', async () => (await spool.books('a')).shed === 1)
  await until('it is told', () => told.length > 0)
  assert.deepEqual(told, ['age'])
})

test('a spool that an output blocks says so once, and again when it takes alerts', async t => {
  const { spool, producer, log } = await openSpool(t)
  await spool.register('slow', { backlog: { maxBytes: 1, onFull: 'block' } })
  await producer.offer(makeAlert('1'))
  const second = producer.offer(makeAlert('2'))
  await until('it is blocked', async () => (await spool.status()).state.kind === 'blocked')
  assert.deepEqual((await spool.status()).state, {
    kind: 'blocked',
    outputs: ['slow'],
    reason: 'their backlog is at its limit'
  })
  spool.settle('slow', [{ seq: 1, kind: 'delivered' }])
  await second
  spool.settle('slow', [{ seq: 2, kind: 'delivered' }])
  await until('it is well', async () => (await spool.status()).state.kind === 'ok')
  const states = log.lines.map(({ fields }) => fields.state)
  assert.deepEqual(states, ['blocked', 'ok'])
  assert.match(log.messages[0]!, /^new alerts wait: outputs that are set to block/)
})

test('dead letters that are deleted for their bound are counted, and told and logged once in a while', async t => {
  const told: number[] = []
  const onDroppedDeadLetters = (count: number) => told.push(count)
  const { spool, producer, log } = await openSpool(t, { maxBytes: 16 * 1024 * 1024, onDroppedDeadLetters })
  await spool.register('a')
  const count = 24
  for (let seq = 1; seq <= count; seq += 1) {
    await producer.offer(makeAlert(String(seq), { output: 'x'.repeat(500_000) }))
    spool.settle('a', [{ seq, kind: 'dead', reason: '400', attempts: 1 }])
    await spool.deadLetters({}, 1)
  }
  const [letters] = await spool.countDeadLetters({})
  const { droppedDeadLetters } = await spool.status()
  assert.ok(droppedDeadLetters > 0)
  assert.equal(letters?.count, count - droppedDeadLetters)
  await until('all are told', () => told.reduce((sum, count) => sum + count, 0) === droppedDeadLetters)
  assert.ok(told.length < droppedDeadLetters / 2, `${told}`)
  const line = log.lines.at(-1)!
  assert.equal(line.level, 'error')
  assert.match(line.message, /^dead letters take a quarter of the spool/)
})

test('kill -9 loses nothing that was accepted', async t => {
  const directory = temporaryDirectory(t)
  const program = fileURLToPath(new URL('./spool-child.ts', import.meta.url)).replace(
    /\.ts$/,
    import.meta.url.slice(-3)
  )
  for (const lines of [3, 17, 60]) {
    const child = spawn(process.execPath, [program, join(directory, String(lines))])
    t.after(() => child.kill('SIGKILL'))
    const { accepted, sent } = await killAfter(child, lines)
    const store = new SpoolStore({ directory: join(directory, String(lines)), maxBytes: 2 ** 30, reserveBytes: 0 })
    assert.ok(store.head >= accepted, `${accepted} were accepted, ${store.head} are there`)
    const waiting = readAll(store, 'a').map(({ seq }) => seq)
    const first = waiting[0] ?? store.head + 1
    assert.ok(first <= sent + 1, `nothing was sent after ${sent}, but the cursor is at ${first - 1}`)
    assert.deepEqual(
      waiting,
      Array.from({ length: store.head + 1 - first }, (_, index) => first + index).slice(0, 10_000)
    )
    assert.equal(store.books('a').waiting, store.head + 1 - first)
    store.close()
  }
})

/** Kills the child once it has said so many lines; gives the highest numbers it named. */
async function killAfter(child: ChildProcess, lines: number): Promise<{ accepted: number; sent: number }> {
  let said = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (said.split('\n').length > lines) child.kill('SIGKILL')
  })
  await once(child, 'close')
  const highest = (kind: string) =>
    Math.max(0, ...[...said.matchAll(new RegExp(`^${kind} (\\d+)\n`, 'gm'))].map(m => Number(m[1])))
  return { accepted: highest('a'), sent: highest('s') }
}

test('alerts that are not on disk when the spool is closed are counted and logged', async t => {
  const { spool, producer, log, directory } = await openSpool(t, { maxBytes: 16 * 1024 * 1024 })
  const offered: (Promise<void> | undefined)[] = []
  await until('the limit is reached, without an output that could be shed for', async () => {
    const output = 'x'.repeat(4_000)
    while (offered.at(-1) !== undefined || offered.length === 0)
      offered.push(producer.offer(makeAlert('1', { output })))
    offered.pop()
    return (await spool.status()).state.kind === 'at_limit'
  })
  await spool.close()
  await spool.close()
  const store = new SpoolStore({ directory, maxBytes: 2 ** 30, reserveBytes: 8 * 1024 * 1024 })
  const lost = offered.length - store.head
  store.close()
  assert.ok(lost > 0)
  const lines = log.lines.filter(({ message }) => /not on disk/.test(message))
  assert.deepEqual(lines, [
    {
      level: 'error',
      fields: { alerts: lost },
      message: 'alerts were not on disk when tercel had to stop: they are lost'
    }
  ])
})

test('when the thread of the spool dies, all who wait for it are told, and nothing else breaks', async t => {
  const failures: TercelError[] = []
  const { spool, producer } = await openSpool(t, { onFailure: error => failures.push(error) })
  await spool.register('a')
  const reader = spool.next('a', everything)
  spool.settle('a', [{ seq: 1_000_000, kind: 'delivered' }])
  const asked = spool.books('a')
  const offered = producer.offer(makeAlert('1'))
  const results = await Promise.allSettled([reader, offered, asked])
  assert.equal(results[0]!.status, 'rejected')
  await until('the failure is told', () => failures.length > 0)
  assert.equal(failures.length, 1)
  await until('the producer knows', () => producer.offer(makeAlert('2')) === undefined)
  await assert.rejects(producer.submit(makeAlert('3')), /spool has gone/)
  await producer.close()
  await spool.close()
})

test('whoever stops waiting for alerts is let go at once, even by a spool that does not answer', async t => {
  const { spool } = await openSpool(t)
  await spool.register('a')
  const cancel = new AbortController()
  const waiting = spool.next('a', everything, { signal: cancel.signal })
  cancel.abort()
  assert.deepEqual(await Promise.race([waiting, new Promise(resolve => setImmediate(() => resolve('late')))]), [])
})
