/** What operators see of a spool, and do to it, while it works. */
import assert from 'node:assert/strict'
import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import type { ExportOptions, VerifyProgress } from '../../../src/delivery/inspection.ts'
import type { SpoolProducer } from '../../../src/delivery/producer.ts'
import type { Spool } from '../../../src/delivery/spool.ts'
import { everything, makeAlert, openSpool, until } from './support.ts'

async function lines(spool: Spool, options: ExportOptions = {}): Promise<string[]> {
  const all: string[] = []
  for await (const line of spool.export(options)) all.push(line)
  return all
}

/** Resolves when all that was settled is on disk. */
async function written(spool: Spool): Promise<void> {
  await spool.countDeadLetters({})
}

async function offerMany(producer: SpoolProducer, count: number, output = 'x'): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => producer.submit(makeAlert(String(index), { output }))))
}

function changeFile(directory: string, sql: string): void {
  const db = new DatabaseSync(join(directory, 'spool.db'), { timeout: 5_000 })
  db.exec(sql)
  db.close()
}

/** Five alerts, of which `siem` has delivered the first, lost the second, and got one more alone. */
async function smallSpool(t: TestContext) {
  const opened = await openSpool(t)
  const { spool, producer } = opened
  await spool.register('siem')
  await spool.register('chat')
  for (const [index, priority] of (['Debug', 'Critical', 'Warning', 'Notice'] as const).entries()) {
    await producer.offer(makeAlert(String(index + 1), { priority, rule: `Rule ${index + 1}` }))
  }
  await spool.append('siem', [makeAlert('5', { rule: 'Summary' })])
  spool.settle('siem', [
    { seq: 1, kind: 'delivered' },
    { seq: 2, kind: 'dead', reason: '400\n{"seq":1}', attempts: 3 }
  ])
  await written(spool)
  return opened
}

test('the status says what is in the file, how old it is and what it takes', async t => {
  const { spool } = await smallSpool(t)
  const status = await spool.status()
  assert.equal(status.alerts, 5)
  assert.ok(status.oldestAlertMs >= 0 && status.oldestAlertMs < 60_000)
  assert.equal(status.deadLetters.count, 1)
  assert.ok(status.deadLetters.bytes > 300)
  assert.equal(status.usedBytes, status.pageBytes + status.walBytes)
  assert.ok(status.walBytes > 0 && status.pageBytes > 0 && status.freeBytes >= 0)
  for (const output of ['siem', 'chat']) {
    const seqs = (await spool.next(output, everything)).map(({ seq }) => seq)
    spool.settle(
      output,
      seqs.map(seq => ({ seq, kind: 'delivered' }))
    )
  }
  await until('all is deleted', async () => (await spool.status()).alerts === 0)
  assert.equal((await spool.status()).oldestAlertMs, 0)
  assert.equal(await spool.dropDeadLetters({}), 1)
  assert.deepEqual((await spool.status()).deadLetters, { count: 0, bytes: 0 })
})

test('an export says of each alert when it was accepted and who waits for it', async t => {
  const { spool } = await smallSpool(t)
  const all = (await lines(spool)).map(line => JSON.parse(line))
  assert.deepEqual(
    all.map(({ seq, waiting_for }) => [seq, waiting_for]),
    [
      [1, ['chat']],
      [2, ['chat']],
      [3, ['chat', 'siem']],
      [4, ['chat', 'siem']],
      [5, ['siem']]
    ]
  )
  for (const { accepted, alert } of all) {
    assert.ok(Math.abs(Date.parse(accepted) - Date.now()) < 60_000)
    assert.match(alert.rule, /^Rule|^Summary/)
  }
  assert.deepEqual(Object.keys(all[0]), ['seq', 'accepted', 'waiting_for', 'alert'])
  assert.deepEqual(all[0].alert, makeAlert('1', { priority: 'Debug', rule: 'Rule 1' }))
})

test('an export gives what is asked for', async t => {
  const { spool } = await smallSpool(t)
  const now = Date.now()
  const cases: [ExportOptions, (number | string)[]][] = [
    [{}, [1, 2, 3, 4, 5]],
    [{ output: 'siem' }, [3, 4, 5]],
    [{ output: 'no' }, []],
    [{ rule: 'Rule *' }, [1, 2, 3, 4]],
    [{ maxSeverity: 4 }, [2, 3, 5]],
    [{ sinceMs: now + 1 }, []],
    [{ untilMs: now + 1 }, [1, 2, 3, 4, 5]],
    [{ limit: 2 }, [1, 2]],
    [{ limit: 0 }, []],
    [{ deadLetters: true, limit: 6 }, [1, 2, 3, 4, 5, 'letter 1']],
    [{ deadLetters: true, limit: 5 }, [1, 2, 3, 4, 5]],
    [{ deadLetters: true, output: 'chat', maxSeverity: 2 }, [2]],
    [{ deadLetters: true, rule: '*2' }, [2, 'letter 1']]
  ]
  for (const [options, expected] of cases) {
    const found = (await lines(spool, options)).map(line => JSON.parse(line))
    const names = found.map(({ seq, dead_letter }) => seq ?? `letter ${dead_letter}`)
    assert.deepEqual(names, expected, JSON.stringify(options))
  }
  const letter = JSON.parse((await lines(spool, { deadLetters: true })).at(-1)!)
  assert.deepEqual(Object.keys(letter), ['dead_letter', 'died', 'output', 'reason', 'attempts', 'alert'])
  assert.deepEqual([letter.output, letter.reason, letter.attempts], ['siem', '400\n{"seq":1}', 3])
})

test('nothing in an alert forges a line of an export or steers a terminal', async t => {
  const { spool, producer, directory } = await openSpool(t)
  await spool.register('a')
  const output = 'one\ntwo\u2028\u009b31m\u202e'
  await producer.offer(makeAlert('1', { output }))
  await producer.offer(makeAlert('2'))
  changeFile(directory, `UPDATE alerts_warning SET json = '{"seq":9}' || char(10) || '{"seq":8}' WHERE seq = 2`)
  const [first, second, ...rest] = await lines(spool)
  assert.deepEqual(rest, [])
  for (const line of [first!, second!]) assert.match(line, /^[\x20-\x7e]+$/)
  assert.equal(JSON.parse(first!).alert.output, output)
  const { seq, alert, damaged } = JSON.parse(second!)
  assert.deepEqual([seq, alert, damaged], [2, null, '{"seq":9}\n{"seq":8}'])
})

test('a long export goes on over its steps, and one that is given up on holds up nothing', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await offerMany(producer, 3_500)
  const seqs = (await lines(spool)).map(line => JSON.parse(line).seq)
  assert.deepEqual(
    seqs,
    Array.from({ length: 3_500 }, (_, index) => index + 1)
  )
  for await (const line of spool.export()) {
    assert.equal(JSON.parse(line).seq, 1)
    break
  }
  const left = spool.export()[Symbol.asyncIterator]()
  await left.next()
  await producer.close()
  await spool.close()
  await assert.rejects(async () => {
    while ((await left.next()).done !== true);
  }, /the spool is closed/)
})

test('a spool that works is found sound while it works', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await spool.register('b')
  await offerMany(producer, 4_000)
  let isOver = false
  const work = async () => {
    for (let after = 0; !isOver; ) {
      const page = await spool.next('a', { after, maxCount: 50, maxBytes: 1e6 })
      spool.settle(
        'a',
        page.map(({ seq }) =>
          seq % 7 === 0 ? { seq, kind: 'dead', reason: '400', attempts: 1 } : { seq, kind: 'delivered' }
        )
      )
      after = page.at(-1)!.seq
      await producer.submit(makeAlert('more'))
      await spool.append('b', [makeAlert('alone')])
    }
  }
  const working = work()
  const steps: VerifyProgress[] = []
  const report = await spool.verify(progress => steps.push(progress))
  isOver = true
  await working
  assert.deepEqual(report.problems, [])
  assert.ok(report.ok && report.alerts >= 4_000 && report.ms > 0)
  assert.deepEqual([...new Set(steps.map(({ step }) => step))], ['pages', 'alerts', 'dead letters', 'outputs'])
  for (const { done, total } of steps) assert.ok(done <= total)
})

test('what is wrong in the file is found', async t => {
  const cases: [string, RegExp[]][] = [
    ["UPDATE alerts_warning SET json = 'cut' WHERE seq = 3", [/^alert 3: its JSON is damaged/]],
    ["UPDATE alerts_warning SET json = '[]' WHERE seq = 3", [/^alert 3: it is no object$/]],
    ["UPDATE alerts_warning SET rule = 'x' WHERE seq = 3", [/^alert 3: its rule is another/]],
    [
      'UPDATE alerts_warning SET bytes = 1 WHERE seq = 3',
      [/^alert 3: its size/, /^alert 3 is of .* 1 bytes.*in the file/]
    ],
    ['DELETE FROM alerts_warning WHERE seq = 3', [/^alert 3 is missing from the file$/]],
    ['DELETE FROM addressed', [/^alert 5 .* chat, siem in the file, and .* siem in memory$/]],
    ["UPDATE outputs SET cursor = 3 WHERE name = 'chat'", [/^alert 1 /, /^alert 2 /, /^alert 3 /]],
    ["UPDATE outputs SET dead = 17 WHERE name = 'siem'", [/^output siem: dead is 17 in the file, and 1 in memory$/]],
    [
      "DELETE FROM outputs WHERE name = 'chat'",
      [/^alert 1 /, /^alert 2 /, /^alert 3 /, /^alert 4 /, /^output chat is m/]
    ],
    ["UPDATE dead_letters SET json = '{}'", [/^dead letter 1: it has no uuid$/]]
  ]
  for (const [sql, expected] of cases) {
    const { spool, directory } = await smallSpool(t)
    assert.equal((await spool.verify()).ok, true)
    changeFile(directory, sql)
    const { ok, problems } = await spool.verify()
    assert.equal(ok, false, sql)
    assert.equal(problems.length, expected.length, problems.join('\n'))
    for (const [at, pattern] of expected.entries()) assert.match(problems[at]!, pattern)
    await spool.close()
  }
})

test('an index that lost its entries is found, and the spool goes on', async t => {
  const { spool, producer, directory } = await smallSpool(t)
  await producer.close()
  await spool.close()
  const file = join(directory, 'spool.db')
  const db = new DatabaseSync(file)
  const schema = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_dead_letters_1'"
  const page = Number(db.prepare(schema).get()!.rootpage)
  const pageSize = Number(db.prepare('PRAGMA page_size').get()!.page_size)
  db.close()
  const fd = openSync(file, 'r+')
  // A leaf of an index without cells, https://www.sqlite.org/fileformat2.html#b_tree_pages
  writeSync(fd, Buffer.from([10, 0, 0, 0, 0, pageSize >> 8, pageSize & 0xff, 0]), 0, 8, (page - 1) * pageSize)
  closeSync(fd)
  const again = await openSpool(t, { directory })
  const { ok, problems } = await again.spool.verify()
  assert.equal(ok, false)
  assert.match(problems.join('\n'), /^table dead_letters: row 1 missing from index/m)
  await again.producer.offer(makeAlert('6'))
})

test('compacting gives free pages back while alerts come and go', async t => {
  const { spool, producer } = await openSpool(t)
  await spool.register('a')
  await offerMany(producer, 5_000, 'x'.repeat(2_000))
  const seqs = (await spool.next('a', everything)).map(({ seq }) => seq)
  spool.settle(
    'a',
    seqs.map(seq => ({ seq, kind: 'delivered' }))
  )
  await until('all is deleted', async () => (await spool.status()).alerts === 0)
  const { freeBytes } = await spool.status()
  assert.ok(freeBytes > 8_000_000)
  const given: number[] = []
  const compacting = spool.compact(progress => given.push(progress.givenBytes))
  await producer.submit(makeAlert('meanwhile'))
  const { before, after } = await compacting
  assert.ok(before > 8_000_000 && after < 1_000_000, `${before} ${after}`)
  assert.ok(given.length > 2)
  assert.equal((await spool.status()).freeBytes, 0)
  assert.equal((await spool.books('a')).waiting, 1)
  assert.equal((await spool.verify()).ok, true)
})

test('an operator is told how many alerts a forgotten output waited for', async t => {
  const { spool } = await smallSpool(t)
  assert.equal(await spool.forget('siem'), 3)
  assert.deepEqual(await spool.outputs(), ['chat'])
  const refused = (error: unknown) => error instanceof TercelError && error.code === 'TERCEL_SPOOL'
  await assert.rejects(spool.forget('siem'), refused)
})
