/** What the tests of delivery share: alerts, random numbers with a seed, clocks, temporary folders. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync, StatementResultingChanges } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Alert } from '../../../rules/alert.ts'
import type { Clock } from '../../../src/delivery/clock.ts'
import { GroupCommit, type GroupCommitOptions } from '../../../src/delivery/group-commit.ts'
import type { Log } from '../../../src/delivery/log.ts'
import { SpoolProducer } from '../../../src/delivery/producer.ts'
import type { AlertBatch, DeadLetter, SpooledAlert } from '../../../src/delivery/records.ts'
import { Spool } from '../../../src/delivery/spool.ts'
import { openDatabase } from '../../../src/delivery/spool-database.ts'
import type { SpoolOptions } from '../../../src/delivery/spool-options.ts'
import type { SpoolStore } from '../../../src/delivery/spool-store.ts'

export { seededRandom } from '../../../base/seeded-random.ts'

export function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tercel-test-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function makeAlert(uuid: string, fields: Partial<Alert> = {}): Alert {
  return {
    uuid,
    time: '2026-01-02T03:04:05.123456789Z',
    priority: 'Warning',
    rule: 'Sensitive file read by untrusted program',
    source: 'syscall',
    hostname: 'node-1',
    tags: ['filesystem'],
    output: `03:04:05.123456789: Warning alert ${uuid}`,
    output_fields: { 'proc.name': 'cat' },
    ...fields
  }
}

/** What a test says of an alert that it puts into the store. */
export interface TestAlert {
  readonly text: string
  /** Default 4, Warning. */
  readonly severity?: number
  readonly rule?: string
  readonly internal?: boolean
}

export function batchOf(alerts: readonly TestAlert[]): AlertBatch {
  const bytes = alerts.map(({ text }) => Buffer.byteLength(text))
  return {
    texts: alerts.map(({ text }) => text),
    severities: alerts.map(({ severity = 4 }) => severity),
    rules: alerts.map(({ rule = 'a rule' }) => rule),
    internal: alerts.map(({ internal = false }) => internal),
    bytes,
    totalBytes: bytes.reduce((sum, each) => sum + each, 0)
  }
}

export function makeBatch(texts: readonly string[]): AlertBatch {
  return batchOf(texts.map(text => ({ text })))
}

export function readAll(store: SpoolStore, output: string): SpooledAlert[] {
  return store.read(output, { after: 0, maxCount: 1_000_000, maxBytes: Number.POSITIVE_INFINITY })
}

/** All that are written, oldest first. */
export function deadLetters(store: SpoolStore): DeadLetter[] {
  const scan = store.deadLetters.scan({})
  const letters: DeadLetter[] = []
  while (!scan.done) letters.push(...scan.next().map(({ id }) => store.deadLetters.read(id)!))
  return letters
}

/** Waits until something holds; fails with what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain until ${what}`)
    await wait(2)
  }
}

export class MemoryLog implements Log {
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] = []

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields: { ...fields }, message })
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields: { ...fields }, message })
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields: { ...fields }, message })
  }

  get messages(): string[] {
    return this.lines.map(({ message }) => message)
  }
}

interface Sleeper {
  readonly wakeAt: number
  readonly wake: () => void
}

/** Stands still until it is told to move. */
export class ManualClock implements Clock {
  #now = 1_000_000
  readonly #sleepers = new Set<Sleeper>()

  readonly now = (): number => this.#now

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const sleeper = { wakeAt: this.#now + milliseconds, wake: () => wake() }
      const wake = () => {
        this.#sleepers.delete(sleeper)
        resolve()
      }
      if (signal.aborted || milliseconds <= 0) return resolve()
      signal.addEventListener('abort', wake, { once: true })
      this.#sleepers.add(sleeper)
    })
  }

  after(milliseconds: number, run: () => void): () => void {
    const called = new AbortController()
    this.sleep(milliseconds, called.signal).then(() => called.signal.aborted || run())
    return () => called.abort()
  }

  /** How far off each sleeper's waking is, in milliseconds, the nearest first. */
  get sleeping(): number[] {
    return [...this.#sleepers].map(({ wakeAt }) => wakeAt - this.#now).sort((a, b) => a - b)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const { wakeAt, wake } of [...this.#sleepers]) if (wakeAt <= this.#now) wake()
  }
}

/** Group commit on a store, started; what is not listened to is dropped, but for a failure that ends it. */
export function startCommits(
  store: SpoolStore,
  listeners: Partial<Pick<GroupCommitOptions, 'onState' | 'onShed' | 'onFatal'>> = {}
): GroupCommit {
  const commits = new GroupCommit({
    store,
    onState: () => {},
    onCommit: () => {},
    onShed: () => {},
    onFatal: error => assert.fail(error as Error),
    ...listeners
  })
  commits.start()
  return commits
}

/** SQLITE_IOERR_FSYNC */
const fsyncFailed = 10 | (4 << 8)

/** Databases whose next COMMIT fails, before or after it has taken place. */
export class CommitFaults {
  /** Transactions that were committed, or seemed to fail. */
  commits = 0
  #next: { order: 'before' | 'after'; code: number } | undefined

  failNext(order: 'before' | 'after', code: number = fsyncFailed): void {
    this.#next = { order, code }
  }

  readonly open = (file: string): DatabaseSync => {
    const db = openDatabase(file)
    const prepare = db.prepare.bind(db)
    db.prepare = sql => {
      const statement = prepare(sql)
      if (sql === 'COMMIT') {
        const run = statement.run.bind(statement)
        statement.run = () => this.#commit(run)
      }
      return statement
    }
    return db
  }

  #commit(run: () => StatementResultingChanges): StatementResultingChanges {
    const fault = this.#next
    this.#next = undefined
    this.commits += 1
    if (fault === undefined) return run()
    if (fault.order === 'after') run()
    throw Object.assign(new Error('disk I/O error'), { errcode: fault.code })
  }
}

/** A read of all that an output has not settled. */
export const everything = { after: 0, maxCount: 100_000, maxBytes: Number.POSITIVE_INFINITY }

/** An open spool in a directory that goes with the test, and a producer for it. */
export async function openSpool(t: TestContext, options: Partial<SpoolOptions> & { log?: MemoryLog } = {}) {
  const log = options.log ?? new MemoryLog()
  const directory = options.directory ?? temporaryDirectory(t)
  const spool = await Spool.open({ log, directory, ...options })
  t.after(() => spool.close().catch(() => {}))
  return { spool, log, directory, producer: new SpoolProducer(spool.connectProducer()) }
}
