/** Random walks over the spool beside a model that is plain arrays: after each step both must agree. */
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type Settlement, type SettlementKind, settlementKinds } from '../../../src/delivery/cursor.ts'
import { footprint } from '../../../src/delivery/spool-database.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { makeBatch, readAll, seededRandom, temporaryDirectory } from './support.ts'

interface ModelOutput {
  readonly start: number
  settled: Map<number, SettlementKind>
  /** What of it a commit has written: what a crash leaves. */
  written: Map<number, SettlementKind>
}

class Model {
  readonly texts: string[] = []
  readonly outputs = new Map<string, ModelOutput>()
  dead = new Set<string>()
  #deadSettled = new Set<string>()

  commit(texts: readonly string[]): void {
    this.texts.push(...texts)
    for (const output of this.outputs.values()) output.written = new Map(output.settled)
    this.dead = new Set(this.#deadSettled)
  }

  settle(name: string, settlement: Settlement): void {
    const { settled } = this.outputs.get(name)!
    if (settled.has(settlement.seq)) return
    settled.set(settlement.seq, settlement.kind)
    if (settlement.kind === 'dead') this.#deadSettled.add(`${name} ${settlement.seq}`)
  }

  crash(): void {
    for (const output of this.outputs.values()) output.settled = new Map(output.written)
    this.#deadSettled = new Set(this.dead)
  }

  /** The outputs with the lowest cursor lose their oldest alerts, up to the next cursor or until enough is freed. */
  shed(bytes: number): Map<string, number> {
    const cursors = new Map([...this.outputs.keys()].map(name => [name, this.cursor(name)]))
    const lowest = Math.min(...cursors.values())
    const upTo = Math.min(this.texts.length, ...[...cursors.values()].filter(cursor => cursor > lowest))
    const shed = new Map<string, number>()
    let freed = 0
    for (let seq = lowest + 1; seq <= upTo && freed < bytes; seq += 1) {
      freed += Buffer.byteLength(this.texts[seq - 1]!)
      for (const [name, cursor] of cursors) {
        if (cursor !== lowest || this.outputs.get(name)!.settled.has(seq)) continue
        this.settle(name, { seq, kind: 'shed' })
        shed.set(name, (shed.get(name) ?? 0) + 1)
      }
    }
    return shed
  }

  /** Everything up to here is settled. */
  cursor(name: string): number {
    const first = this.waiting(name)[0]
    return first === undefined ? this.texts.length : first - 1
  }

  waiting(name: string): number[] {
    const { start, settled } = this.outputs.get(name)!
    return this.texts.map((_, index) => index + 1).filter(seq => seq > start && !settled.has(seq))
  }
}

interface Weight {
  readonly limit: number
  /** In characters of two bytes. */
  readonly longestPad: number
  /** Dead letters are kept whatever the limit says, so where it is low there are none. */
  readonly kinds: readonly SettlementKind[]
}

/** With the second the limit is soon reached: its heavy alerts outrun the outputs. */
const weights: readonly Weight[] = [
  { limit: 2 * 1024 * 1024, longestPad: 400, kinds: settlementKinds },
  { limit: 768 * 1024, longestPad: 3_000, kinds: settlementKinds.filter(kind => kind !== 'dead') }
]

/** What cursors and deletes may take beyond the limit: they are what makes room. */
const withoutAlerts = 64 * 1024

class Walk {
  readonly #root: string
  readonly #random: () => number
  readonly #model = new Model()
  readonly #weight: Weight
  #generation = 0
  #store: SpoolStore
  #unread = 0
  /** How many alerts were shed in all. */
  shed = 0

  constructor(root: string, seed: number, weight: Weight) {
    this.#root = root
    this.#weight = weight
    this.#random = seededRandom(seed)
    this.#store = this.#open()
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      const pick = this.#random()
      if (pick < 0.3) this.#append()
      else if (pick < 0.65) this.#settle()
      else if (pick < 0.75) this.#commitOnly()
      else if (pick < 0.83) this.#crash()
      else if (pick < 0.9) this.#reopen()
      else if (pick < 0.95) this.#register()
      else if (pick < 0.97) this.#shed(this.#below(5_000))
      else this.#settleAgain()
      this.#agree()
    }
    this.#store.close()
  }

  #open(): SpoolStore {
    const directory = join(this.#root, String(this.#generation))
    return new SpoolStore({ directory, maxBytes: this.#weight.limit, reserveBytes: 64 * 1024 })
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  #append(): void {
    const batches = Array.from({ length: 1 + this.#below(3) }, () =>
      Array.from({ length: this.#below(12) }, () => {
        this.#unread += 1
        return JSON.stringify({ n: this.#unread, pad: 'ü'.repeat(this.#below(this.#weight.longestPad)) })
      })
    )
    const made = batches.map(texts => makeBatch(texts))
    const bytes = made.reduce((sum, { totalBytes }) => sum + totalBytes, 0)
    if (!this.#makeRoom(footprint(bytes, batches.flat().length))) return
    this.#store.commit(made)
    this.#model.commit(batches.flat())
    this.#store.checkpoint()
  }

  /** As group commit does at the limit. False when there is nothing more to shed. */
  #makeRoom(bytes: number): boolean {
    while (this.#store.room < bytes) {
      if (!this.#store.deletable && this.#shed(bytes - this.#store.room) === 0) return false
      this.#commitOnly()
      this.#agree()
    }
    return true
  }

  /** Gives how many alerts were shed. */
  #shed(bytes: number): number {
    const counts = new Map<string, number>()
    this.#store.shed(bytes, (output, severity) => {
      assert.equal(severity, 4)
      counts.set(output, (counts.get(output) ?? 0) + 1)
    })
    assert.deepEqual(counts, this.#model.shed(bytes))
    let count = 0
    for (const each of counts.values()) count += each
    this.shed += count
    return count
  }

  #commitOnly(): void {
    this.#store.commit([])
    this.#model.commit([])
    this.#store.checkpoint()
    if (this.#random() < 0.2) this.#store.shrink()
  }

  #settle(): void {
    const name = this.#someOutput()
    if (name === undefined) return
    const waiting = this.#model.waiting(name).slice(0, 60)
    const settlements = waiting
      .filter(() => this.#random() < 0.6)
      .sort(() => this.#random() - 0.5)
      .map((seq): Settlement => {
        const kind = this.#weight.kinds[this.#below(this.#weight.kinds.length)]!
        return kind === 'dead' ? { seq, kind, reason: `no ${seq}`, attempts: 1 } : { seq, kind }
      })
    this.#store.settle(name, settlements)
    for (const settlement of settlements) this.#model.settle(name, settlement)
  }

  /** A late answer about something that is done changes nothing. */
  #settleAgain(): void {
    const name = this.#someOutput()
    const seq = name === undefined ? undefined : [...this.#model.outputs.get(name)!.settled.keys()].at(-1)
    if (name === undefined || seq === undefined) return
    this.#store.settle(name, [{ seq, kind: 'delivered' }])
    this.#store.settle(name, [{ seq, kind: 'dead', reason: `no ${seq}`, attempts: 1 }])
  }

  #register(): void {
    if (this.#model.outputs.size >= 4) return
    const name = `output-${this.#model.outputs.size}`
    const from = this.#random() < 0.5 ? 'now' : 'oldest'
    const newest = this.#model.texts.length
    const needed = Math.min(newest, ...this.#cursors())
    this.#store.register(name, from)
    // How far deletion has come is the store's to say; what somebody waits for is kept in any case.
    const start = newest - this.#store.books(name).accepted
    if (from === 'now') assert.equal(start, newest)
    else assert.ok(start <= needed)
    this.#model.outputs.set(name, { start, settled: new Map(), written: new Map() })
  }

  /** As kill -9 leaves it: the files as they are between two system calls, without the index, which lies in memory. */
  #crash(): void {
    const from = join(this.#root, String(this.#generation))
    const to = join(this.#root, String(this.#generation + 1))
    mkdirSync(to)
    for (const file of ['spool.db', 'spool.db-wal']) {
      if (existsSync(join(from, file))) copyFileSync(join(from, file), join(to, file))
    }
    this.#store.close()
    this.#generation += 1
    this.#store = this.#open()
    this.#model.crash()
  }

  /** A stop in good order commits first. */
  #reopen(): void {
    this.#commitOnly()
    this.#store.close()
    this.#store = this.#open()
  }

  #someOutput(): string | undefined {
    return [...this.#model.outputs.keys()][this.#below(this.#model.outputs.size)]
  }

  #cursors(): number[] {
    return [...this.#model.outputs.keys()].map(name => this.#model.cursor(name))
  }

  #agree(): void {
    const { texts, outputs, dead } = this.#model
    assert.equal(this.#store.head, texts.length)
    assert.ok(this.#store.usedBytes <= this.#weight.limit + withoutAlerts, 'the limit holds')
    for (const [name, { start, settled }] of outputs) {
      const books = this.#store.books(name)
      const waiting = this.#model.waiting(name)
      assert.equal(books.accepted, texts.length - start)
      const done = settlementKinds.reduce((sum, kind) => sum + books[kind], 0)
      assert.equal(books.accepted, done + books.waiting, 'the books balance')
      for (const kind of settlementKinds) {
        assert.equal(books[kind], [...settled.values()].filter(each => each === kind).length, kind)
      }
      assert.equal(books.waiting, waiting.length)
      const read = readAll(this.#store, name).map(({ seq, json }) => [seq, json])
      const expected = waiting.map(seq => [seq, texts[seq - 1]])
      assert.deepEqual(read, expected, 'what is not settled is read, in order and unchanged')
    }
    const letters = this.#store.deadLetters(1_000_000)
    assert.deepEqual(new Set(letters.map(({ output, reason }) => `${output} ${reason.slice(3)}`)), dead)
    assert.equal(letters.length, dead.size)
  }
}

function walk(t: TestContext, seed: number, steps: number): void {
  try {
    const walk = new Walk(temporaryDirectory(t), seed, weights[seed % 2]!)
    walk.run(steps)
    t.diagnostic(`${walk.shed} alerts were shed`)
  } catch (error) {
    throw new Error(`seed ${seed}: TERCEL_TEST_SEED=${seed} repeats it`, { cause: error })
  }
}

const givenSeed = process.env.TERCEL_TEST_SEED
const seeds =
  givenSeed === undefined ? Array.from({ length: 12 }, () => Math.floor(Math.random() * 2 ** 31)) : [Number(givenSeed)]

for (const [index, seed] of seeds.entries()) {
  test(`the spool agrees with its model over a random walk (${index + 1} of ${seeds.length})`, t => walk(t, seed, 150))
}
