/** Random walks over the spool beside a model that is plain arrays: after each step both must agree. */
import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { priorities } from '../../../rules/alert.ts'
import type { BacklogLimits, ShedCause } from '../../../src/delivery/backlog.ts'
import { type Settlement, type SettlementKind, settlementKinds } from '../../../src/delivery/cursor.ts'
import type { AlertBatch, DeadLetter } from '../../../src/delivery/records.ts'
import type { OnShed } from '../../../src/delivery/shedder.ts'
import { footprint } from '../../../src/delivery/spool-database.ts'
import { SpoolStore } from '../../../src/delivery/spool-store.ts'
import { Model, type ModelBatch, type ModelShed } from './spool-model.ts'
import {
  batchOf,
  CommitFaults,
  deadLetters,
  everything,
  seededRandom,
  type TestAlert,
  temporaryDirectory
} from './support.ts'

interface Weight {
  readonly limit: number
  /** In characters of two bytes. */
  readonly longestPad: number
  readonly kinds: readonly SettlementKind[]
}

/**
 * With the second the limit is soon reached: its heavy alerts outrun the outputs; there are no dead letters, which may
 * go beyond the limit. With the third it is the dead letters that reach theirs.
 */
const weights: readonly Weight[] = [
  { limit: 2 * 1024 * 1024, longestPad: 400, kinds: settlementKinds },
  { limit: 768 * 1024, longestPad: 3_000, kinds: settlementKinds.filter(kind => kind !== 'dead') },
  { limit: 4 * 1024 * 1024, longestPad: 3_000, kinds: ['dead', 'dead', 'delivered'] }
]

const windowIds = ['w1', 'w2', 'w3']

/**
 * What cursors and deletes may take beyond the limit: they are what makes room. A commit that deletes writes every page that it
 * deletes from to the WAL: in these small spools up to 75.
 */
const withoutAlerts = 256 * 1024

class Walk {
  readonly #root: string
  readonly #random: () => number
  readonly #model: Model
  readonly #weight: Weight
  readonly #faults = new CommitFaults()
  #nowMs = 1_000_000
  #generation = 0
  #store: SpoolStore
  #unread = 0
  /** How many outputs there were. None has a name that another had, whose dead letters would be taken for its own. */
  #registered = 0
  /** How many alerts were shed, by cause. */
  readonly shed: Record<ShedCause, number> = { backlog: 0, age: 0, spool: 0 }

  constructor(root: string, seed: number, weight: Weight) {
    this.#root = root
    this.#weight = weight
    this.#model = new Model(weight.limit)
    this.#random = seededRandom(seed)
    this.#store = this.#open()
  }

  /** How many dead letters were. */
  replayed = 0

  get droppedDead(): number {
    return this.#model.droppedDead
  }

  run(steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      const pick = this.#random()
      this.#nowMs += this.#below(200)
      if (pick < 0.22) this.#append()
      else if (pick < 0.27) this.#replay()
      else if (pick < 0.28) this.#dropLetters()
      else if (pick < 0.55) this.#settle()
      else if (pick < 0.6) this.#commitOnly()
      else if (pick < 0.63) this.#failToCommit()
      else if (pick < 0.67) this.#crash()
      else if (pick < 0.71) this.#reopen()
      else if (pick < 0.72) this.#unregister()
      else if (pick < 0.8) this.#register()
      else if (pick < 0.83) this.#shedForRoom(this.#below(20_000))
      else if (pick < 0.88)
        this.#compare(onShed => this.#store.shedder.shedBacklogs(onShed), this.#model.shedBacklogs())
      else if (pick < 0.92) this.#shedAged()
      else if (pick < 0.97) this.#handOut()
      else this.#settleAgain()
      this.#agree()
    }
    this.#store.close()
  }

  #open(): SpoolStore {
    const directory = join(this.#root, String(this.#generation))
    const clocks = { now: () => this.#nowMs, monotonic: () => this.#nowMs }
    return new SpoolStore({
      directory,
      maxBytes: this.#weight.limit,
      reserveBytes: 64 * 1024,
      open: this.#faults.open,
      ...clocks
    })
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  #someAlert(): Required<TestAlert> {
    this.#unread += 1
    const text = JSON.stringify({ n: this.#unread, pad: 'ü'.repeat(this.#below(this.#weight.longestPad)) })
    // Few are grave, and some rules are louder than others.
    const severity = 7 - Math.floor(this.#random() ** 2 * 8)
    const rule = `rule ${Math.floor(this.#random() ** 2 * 5)}`
    return { text, severity, rule, internal: this.#random() < 0.05 }
  }

  #append(): void {
    this.#commit(Array.from({ length: 1 + this.#below(3) }, () => this.#someBatch(this.#below(12))))
  }

  /** For all outputs, or for one alone, some of whose throttle's windows it closes. */
  #someBatch(count: number): ModelBatch {
    const alerts = Array.from({ length: count }, () => this.#someAlert())
    const only = this.#random() < 0.3 ? this.#someOutput() : undefined
    return only === undefined ? { alerts } : { alerts, only, closes: windowIds.filter(() => this.#random() < 0.3) }
  }

  #commit(batches: readonly ModelBatch[]): void {
    const made = batches.map(batch => this.#make(batch))
    if (!this.#makeRoom(roomFor(made))) return
    this.#store.commit(made)
    this.#model.commit(batches, this.#nowMs)
    this.#store.size.checkpoint()
  }

  #make({ alerts, only, closes = [], letters = [] }: ModelBatch): AlertBatch {
    if (only === undefined) return batchOf(alerts)
    const ids = deadLetters(this.#store).flatMap(letter => (letters.includes(nameOf(letter)) ? [letter.id] : []))
    return { ...batchOf(alerts), address: { output: only, closes, letters: ids } }
  }

  #replay(): void {
    const batch = this.#someReplay()
    if (batch === undefined) return
    const made = [this.#make(batch)]
    if (!this.#makeRoom(roomFor(made))) return
    // What was dropped to make room is replayed all the same.
    this.#store.commit(made)
    this.#model.commit([batch], this.#nowMs)
    this.#store.size.checkpoint()
    this.replayed += batch.alerts.length
  }

  /** Some dead letters of an output as alerts again. */
  #someReplay(): ModelBatch | undefined {
    const only = this.#someOutput()
    if (only === undefined) return undefined
    const own = this.#model.dead.filter(letter => letter.startsWith(`${only} `))
    const letters = own.filter(() => this.#random() < 0.3).slice(0, 9)
    const seqs = letters.map(letter => Number(letter.split(' ')[1]))
    return { alerts: seqs.map(seq => ({ ...this.#model.alerts[seq - 1]!, internal: false })), only, letters }
  }

  #dropLetters(): void {
    const letters = this.#model.dead.filter(() => this.#random() < 0.1)
    const ids = deadLetters(this.#store).flatMap(letter => (letters.includes(nameOf(letter)) ? [letter.id] : []))
    assert.equal(this.#store.deadLetters.drop(ids), letters.length)
    this.#model.drop(letters)
  }

  /** As group commit does at the limit. False when there is nothing more to shed. */
  #makeRoom(bytes: number): boolean {
    while (this.#store.size.room < bytes) {
      if (!this.#store.deletable && this.#shedForRoom(bytes - this.#store.size.room) === 0) return false
      this.#commitOnly()
      this.#agree()
    }
    return true
  }

  #shedForRoom(bytes: number): number {
    return this.#compare(
      onShed => this.#store.shedder.shedForRoom(bytes, onShed),
      bytes === 0 ? [] : this.#model.shedForRoom(bytes)
    )
  }

  #shedAged(): void {
    const expected = this.#model.shedAged(this.#nowMs)
    this.#compare(onShed => this.#store.shedder.shedAged(this.#nowMs, onShed), expected)
  }

  /** What was shed is compared by number, priority and cause here, and one by one in `agree`. Gives how many it were. */
  #compare(shed: (onShed: OnShed) => void, expected: ModelShed): number {
    const told: string[] = []
    shed((output, severity, cause) => {
      told.push(`${output} ${severity} ${cause}`)
      this.shed[cause] += 1
    })
    const named = expected.map(each => {
      const [output, seq, cause] = each.split(' ')
      return `${output} ${this.#model.alerts[Number(seq) - 1]!.severity} ${cause}`
    })
    assert.deepEqual(told.sort(), named.sort())
    return told.length
  }

  #commitOnly(): void {
    this.#store.commit([])
    this.#model.commit([], this.#nowMs)
    this.#store.size.checkpoint()
    if (this.#random() < 0.2) this.#store.size.shrink()
  }

  /** A commit whose fsync failed is there after reopening, or it is not: then its alerts may be committed again. */
  #failToCommit(): void {
    const replay = this.#random() < 0.3 ? this.#someReplay() : undefined
    const batch = replay ?? this.#someBatch(this.#below(4))
    const made = [this.#make(batch)]
    if (!this.#makeRoom(roomFor(made))) return
    const order = this.#random() < 0.5 ? 'before' : 'after'
    this.#faults.failNext(order)
    assert.throws(() => this.#store.commit(made), /disk I\/O error/)
    const found = this.#store.reopen()
    assert.equal(found, order === 'after' && batch.alerts.length > 0)
    if (order === 'after') this.#model.commit([batch], this.#nowMs)
    // As long as it is not known whether windows were closed, their batch waits.
    if (!found && batch.closes !== undefined) {
      this.#store.commit(made)
      this.#model.commit([batch], this.#nowMs)
      this.#store.size.checkpoint()
    }
    // What it dropped is not known for sure, and not counted.
    this.#model.droppedDead = this.#store.deadLetters.dropped
    // As group commit does.
    this.#commitOnly()
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
        if (kind === 'dead') return { seq, kind, reason: `no ${seq}`, attempts: 1 }
        if (kind !== 'throttled' || this.#random() < 0.2) return { seq, kind }
        const id = windowIds[this.#below(windowIds.length)]!
        return { seq, kind, window: { id, startMs: 1, endMs: 2, state: `{"last":${seq}}` } }
      })
    this.#store.settle(name, settlements)
    for (const settlement of settlements) this.#model.settle(name, settlement)
  }

  /** A late answer about something that is done changes nothing but the window that comes with it. */
  #settleAgain(): void {
    const name = this.#someOutput()
    const seq = name === undefined ? undefined : [...this.#model.outputs.get(name)!.settled.keys()].at(-1)
    if (name === undefined || seq === undefined) return
    this.#store.settle(name, [{ seq, kind: 'delivered' }])
    this.#store.settle(name, [{ seq, kind: 'dead', reason: `no ${seq}`, attempts: 1 }])
    const window = { id: windowIds[0]!, startMs: 1, endMs: 2, state: '{"late":true}' }
    this.#store.settle(name, [{ seq, kind: 'throttled', window }])
    this.#model.settle(name, { seq, kind: 'throttled', window })
  }

  /** A lane takes a page, which is on its way then. */
  #handOut(): void {
    const name = this.#someOutput()
    if (name === undefined) return
    const maxCount = 1 + this.#below(20)
    const page = this.#store.read(name, { ...everything, maxCount })
    const expected = this.#model.waiting(name).slice(0, maxCount)
    assert.deepEqual(
      page.map(({ seq }) => seq),
      expected
    )
    const output = this.#model.outputs.get(name)!
    output.handedOut = Math.max(output.handedOut, expected.at(-1) ?? 0)
  }

  /** A new output, or new limits for one that is there. */
  #register(): void {
    const known = [...this.#model.outputs.keys()][this.#below(4)]
    const isNew = known === undefined
    const name = known ?? `output-${this.#registered++}`
    const from = this.#random() < 0.5 ? 'now' : 'oldest'
    const limits: BacklogLimits = {
      onFull: this.#random() < 0.8 ? 'shed' : 'block',
      maxBytes: this.#random() < 0.5 ? 500 + this.#below(100 * this.#weight.longestPad) : undefined,
      maxAgeMs: this.#random() < 0.3 ? this.#below(3_000) : undefined
    }
    const needed = [...this.#model.outputs.keys()].flatMap(each => this.#model.waiting(each))
    this.#store.register(name, from, limits)
    const accepted = isNew ? this.#readAll(name) : []
    if (isNew && from === 'now') assert.deepEqual(accepted, [])
    // How far deletion has come is the store's to say; what somebody waits for is kept in any case.
    else if (isNew) {
      const isAddressed = (seq: number) => this.#model.alerts[seq - 1]!.only !== undefined
      assert.ok(needed.every(seq => isAddressed(seq) || accepted.includes(seq)))
      assert.ok(!accepted.some(isAddressed), 'what was put in for one output is for no other')
    }
    this.#model.register(name, accepted, limits)
  }

  #unregister(): void {
    const name = this.#someOutput()
    if (name === undefined) return
    // Dead letters that are not written yet would have no output to be of.
    this.#commitOnly()
    this.#store.unregister(name)
    this.#model.outputs.delete(name)
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
    this.#model.reopen()
  }

  /** A stop in good order commits first. */
  #reopen(): void {
    this.#commitOnly()
    this.#store.close()
    this.#store = this.#open()
    this.#model.reopen()
  }

  #someOutput(): string | undefined {
    return [...this.#model.outputs.keys()][this.#below(this.#model.outputs.size)]
  }

  /** All that waits, without it counting as handed out. */
  #readAll(name: string): number[] {
    const cursor = [...this.#store.cursors].find(each => each.name === name)!
    const { handedOut } = cursor
    const all = this.#store.read(name, everything)
    cursor.handedOut = handedOut
    for (const { seq, json, addressed } of all) {
      const { text, only } = this.#model.alerts[seq - 1]!
      assert.equal(json, text)
      assert.equal(addressed, only !== undefined)
    }
    return all.map(({ seq }) => seq)
  }

  #agree(): void {
    const { alerts, outputs, dead } = this.#model
    assert.equal(this.#store.head, alerts.length)
    assert.ok(this.#store.size.usedBytes <= this.#weight.limit + withoutAlerts, 'the limit holds')
    for (const [name, { accepted, settled, windows }] of outputs) {
      const open = this.#store.windows(name).map(({ id, state }) => [id, state] as const)
      assert.deepEqual(new Map(open), windows)
      const books = this.#store.books(name)
      const waiting = this.#model.waiting(name)
      assert.equal(books.accepted, accepted.size)
      const done = settlementKinds.reduce((sum, kind) => sum + books[kind], 0)
      assert.equal(books.accepted, done + books.waiting, 'the books balance')
      for (const kind of settlementKinds) {
        assert.equal(books[kind], [...settled.values()].filter(each => each === kind).length, kind)
      }
      assert.equal(books.waiting, waiting.length)
      assert.equal(books.waitingBytes, this.#model.waitingBytes(name))
      const oldest = waiting[0]
      const age = oldest === undefined ? 0 : this.#nowMs - alerts[oldest - 1]!.acceptedMs
      assert.equal(books.oldestWaitingMs, age)
      assert.deepEqual(this.#readAll(name), waiting, 'what is not settled is read, in order and unchanged')
    }
    if (this.#store.unwritten === 0) assert.deepEqual(this.#store.checkIndex(0).problems, [], 'the file knows the same')
    const letters = deadLetters(this.#store)
    assert.deepEqual(letters.map(nameOf), dead)
    for (const [at, { rule, priority, json }] of letters.entries()) {
      const { text, severity, ...alert } = alerts[Number(dead[at]!.split(' ')[1]) - 1]!
      assert.deepEqual({ rule, priority, json }, { rule: alert.rule, priority: priorities[severity], json: text })
    }
    assert.equal(this.#store.deadLetters.dropped, this.#model.droppedDead)
  }
}

/** As the model names a dead letter. */
function nameOf({ output, reason }: DeadLetter): string {
  return `${output} ${reason.slice('no '.length)}`
}

function roomFor(batches: readonly AlertBatch[]): number {
  const bytes = batches.reduce((sum, { totalBytes }) => sum + totalBytes, 0)
  const count = batches.reduce((sum, { texts }) => sum + texts.length, 0)
  return footprint(bytes, count)
}

function walk(t: TestContext, seed: number, steps: number): void {
  try {
    const walk = new Walk(temporaryDirectory(t), seed, weights[seed % weights.length]!)
    walk.run(steps)
    t.diagnostic(
      `shed: ${JSON.stringify(walk.shed)}; dead letters dropped: ${walk.droppedDead}, replayed: ${walk.replayed}`
    )
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
