/** The spool on a disk without room. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, fsyncSync, mkdtempSync, openSync, rmdirSync, rmSync, watch, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { TercelError } from '../../../base/errors.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { everything, MemoryLog, makeAlert, openSpool, readAll, until } from './support.ts'

function mountSmallDisk(t: TestContext, bytes: number): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'tercel-disk-'))
  let mounted = false
  t.after(() => {
    if (mounted) execFileSync('umount', ['-l', directory])
    rmdirSync(directory)
  })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', directory], { stdio: 'pipe' })
    mounted = true
  } catch (error) {
    t.skip(`a small file system cannot be mounted here: ${String(error).split('\n').join(' ')}`)
    return undefined
  }
  return directory
}

function fill(path: string): void {
  const fd = openSync(path, 'w')
  for (let size = 64 * 1024; size >= 1; size = Math.floor(size / 2)) {
    try {
      for (;;) writeSync(fd, Buffer.alloc(size, 1))
    } catch {
      // Smaller pieces may still fit.
    }
  }
  fsyncSync(fd)
  closeSync(fd)
}

test('a full disk stops nothing but new alerts, is reported, and is survived', async t => {
  const disk = mountSmallDisk(t, 32 * 1024 * 1024)
  if (disk === undefined) return
  const directory = join(disk, 'spool')
  const { spool, producer, log } = await openSpool(t, { directory, reserveBytes: 8 * 1024 * 1024 })
  await spool.register('a')
  const alert = (number: number) => makeAlert(String(number), { output: 'x'.repeat(1_000) })
  const first = Array.from({ length: 1_000 }, (_, index) => producer.offer(alert(index + 1)))
  await Promise.all(first)
  fill(join(disk, 'filler'))

  const rest = Array.from({ length: 2_000 }, (_, index) => producer.offer(alert(1_001 + index)))
  assert.ok(!rest.includes(undefined), 'the credits hold what is offered meanwhile')
  await until('the full disk is noticed', async () => (await spool.status()).state.kind === 'disk_full')

  let attempts = 0
  const watcher = watch(directory, (_, name) => {
    if (name === 'reserve') attempts += 1
  })
  t.after(() => watcher.close())
  await until('some attempts to recover were made', () => attempts >= 6)
  assert.deepEqual(
    log.lines.map(({ fields }) => fields.state),
    ['disk_full']
  )

  const alerts = await spool.next('a', { ...everything, maxCount: 400 })
  spool.settle(
    'a',
    alerts.map(({ seq }) => ({ seq, kind: 'delivered' }))
  )
  assert.equal((await spool.books('a')).delivered, 400)

  rmSync(join(disk, 'filler'))
  await Promise.all(rest)
  assert.equal((await spool.status()).state.kind, 'ok')
  const states = log.lines.map(({ fields }) => fields.state)
  assert.deepEqual(states, ['disk_full', 'ok'], 'each change is logged once')
  await producer.close()
  await spool.close()

  const store = new SpoolStore({ directory, maxBytes: 2 ** 30, reserveBytes: 8 * 1024 * 1024 })
  const uuids = readAll(store, 'a').map(({ json }) => JSON.parse(json).uuid)
  assert.deepEqual(
    uuids,
    Array.from({ length: 600 + rest.length }, (_, index) => String(401 + index))
  )
  store.close()
})

test('a spool starts on a disk that is already full', async t => {
  const disk = mountSmallDisk(t, 16 * 1024 * 1024)
  if (disk === undefined) return
  const directory = join(disk, 'spool')
  const before = await openSpool(t, { directory, reserveBytes: 8 * 1024 * 1024 })
  await before.spool.register('a')
  await before.producer.offer(makeAlert('1'))
  await before.producer.close()
  await before.spool.close()
  fill(join(disk, 'filler'))
  const { spool, producer } = await openSpool(t, { directory, reserveBytes: 8 * 1024 * 1024 })
  const [alert] = await spool.next('a', everything)
  spool.settle('a', [{ seq: alert!.seq, kind: 'delivered' }])
  const offered = producer.offer(makeAlert('2'))
  rmSync(join(disk, 'filler'))
  await offered
  const left = await spool.next('a', everything)
  assert.deepEqual(
    left.map(({ seq }) => seq),
    [2]
  )
})

test('an output can be added on a full disk, and the spool closes in order there', async t => {
  const disk = mountSmallDisk(t, 32 * 1024 * 1024)
  if (disk === undefined) return
  const directory = join(disk, 'spool')
  const { spool, producer, log } = await openSpool(t, { directory, reserveBytes: 8 * 1024 * 1024 })
  await spool.register('a')
  await Promise.all(['1', '2', '3'].map(uuid => producer.offer(makeAlert(uuid))))
  fill(join(disk, 'filler'))
  await spool.register('b', { from: 'oldest' })
  assert.deepEqual(await spool.outputs(), ['a', 'b'])
  spool.settle('a', [{ seq: 1, kind: 'delivered' }])
  const offered = Array.from({ length: 1_000 }, () => producer.offer(makeAlert('4', { output: 'x'.repeat(8_000) })))
  const states = () => log.lines.map(({ fields }) => fields.state)
  await until('the disk is found full', () => states().at(-1) === 'disk_full')
  await spool.close()
  const results = await Promise.allSettled(offered)
  const lost = results.filter(({ status }) => status === 'rejected').length
  assert.ok(lost > 0)
  const last = log.lines.at(-1)!
  assert.match(last.message, /not on disk when tercel had to stop/)
  assert.equal(last.fields.alerts, lost)
  rmSync(join(disk, 'filler'))
  const store = new SpoolStore({ directory, maxBytes: 2 ** 30, reserveBytes: 8 * 1024 * 1024 })
  assert.equal(store.head, 3 + offered.length - lost)
  assert.equal(store.books('a').delivered, 1)
  assert.equal(store.books('b').waiting, store.books('a').waiting + 1)
  store.close()
})

test('a start on a disk without any room says to make some', async t => {
  const disk = mountSmallDisk(t, 1024 * 1024)
  if (disk === undefined) return
  fill(join(disk, 'filler'))
  await assert.rejects(Spool.open({ directory: disk, log: new MemoryLog() }), error => {
    return error instanceof TercelError && error.code === 'TERCEL_SPOOL' && /full .*: make room/.test(error.message)
  })
})
