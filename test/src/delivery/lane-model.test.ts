/**
 * Random walks over lanes, with faults, reloads, throttling, shedding and crashes: after each step the books balance, and what
 * is settled on disk is never sent again. At the end everything has come to where it belongs.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { type Alert, priorities } from '../../../rules/alert.ts'
import { alertCondition, alertField } from '../../../rules/engine/alert-condition.ts'
import { settlementKinds } from '../../../src/delivery/cursor.ts'
import { Lane } from '../../../src/delivery/lane.ts'
import type { Routing } from '../../../src/delivery/router.ts'
import { FarEnd, isPoison, moods, WalkedSpool } from './lane-model.ts'
import { ManualClock, MemoryLog, makeAlert, seededRandom, temporaryDirectory } from './support.ts'

const place = { file: 'tercel.yaml', line: 1, column: 1 }
const names = ['siem', 'chat', 'hook'] as const
const rules = ['quiet', 'noisy', 'noisy', 'noisy']
const windowMs = 60_000

const conditions: readonly Routing['when'][] = [
  undefined,
  alertCondition('alert.priority >= warning', place),
  alertCondition('alert.rule != quiet or proc.name = sh', place)
]
const throttles: readonly Routing['throttle'][] = [
  undefined,
  { key: [alertField('alert.rule', place)], windowMs },
  { key: [alertField('alert.rule', place), alertField('proc.name', place)], windowMs }
]

class Walk {
  readonly #random: () => number
  readonly #clock = new ManualClock()
  readonly #spool: WalkedSpool
  readonly #farEnds = new Map<string, FarEnd>()
  readonly #accepted: Alert[] = []
  #lanes = new Map<string, Lane>()
  #number = 0
  readonly #fixed: Routing | undefined
  readonly failures: Error[] = []

  /** @param routing of all outputs, always; without it they change. */
  constructor(root: string, seed: number, routing?: Routing) {
    this.#fixed = routing
    this.#random = seededRandom(seed)
    this.#spool = new WalkedSpool(root, this.#clock.now)
    for (const name of names) {
      const onSend = (alerts: readonly Alert[]) => {
        for (const { uuid } of alerts) {
          const kind = this.#spool.durable.get(`${name} ${uuid}`)
          // One that was in the lane's hands when it was shed may still go.
          assert(
            kind === undefined || kind === 'shed',
            `${uuid} was sent to ${name} again, though it was ${kind} on disk`
          )
        }
      }
      this.#farEnds.set(name, new FarEnd(onSend, this.#random))
    }
    this.#start()
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      const pick = this.#random()
      if (pick < 0.35) this.#put()
      else if (pick < 0.5) this.#spool.commit([])
      else if (pick < 0.65) this.#clock.advance(this.#below(3) === 0 ? this.#below(90_000) : this.#below(2_000))
      else if (pick < 0.8) this.#farEnd().mood = moods[this.#below(moods.length)]!
      else if (pick < 0.88) this.#lane().reroute(this.#someRouting())
      else if (pick < 0.93) this.#shed()
      else if (pick < 0.96) await this.#restart()
      else await this.#crash()
      await this.#agree()
    }
  }

  /** All far ends are well again: everything is settled, and where it should be. */
  async finish(): Promise<void> {
    for (const farEnd of this.#farEnds.values()) farEnd.mood = 'takes'
    for (let round = 0; round < 200 && !this.#isDone(); round += 1) {
      this.#spool.commit([])
      this.#clock.advance(70_000)
      await this.#agree()
    }
    for (const name of names) this.#checkEnd(name)
    await Promise.all([...this.#lanes.values()].map(lane => lane.drain(0)))
    this.#spool.store.close()
  }

  #isDone(): boolean {
    return names.every(name => {
      const { store } = this.#spool
      return store.books(name).waiting === 0 && store.windows(name).length === 0
    })
  }

  #checkEnd(name: string): void {
    const { store, durable, summaries } = this.#spool
    assert.equal(store.books(name).waiting, 0, `${name} has everything`)
    this.#spool.commit([])
    const made = summaries.get(name) ?? []
    const all = [...this.#accepted, ...made]
    const count = Object.fromEntries(settlementKinds.map(kind => [kind, 0]))
    const { kept } = this.#farEnds.get(name)!
    for (const alert of all) {
      const kind = durable.get(`${name} ${alert.uuid}`)
      assert(kind !== undefined, `${alert.uuid} of ${name} was settled`)
      count[kind]! += 1
      if (kind === 'delivered') assert(kept.has(alert.uuid), `${alert.uuid} has arrived at ${name}`)
      if (kind === 'dead') assert(isPoison(alert), `${alert.uuid} was refused by ${name}`)
      if (kind === 'filtered') assert(conditions.some(when => when?.holds(alert) === false))
    }
    for (const uuid of kept.keys()) assert(all.some(alert => alert.uuid === uuid))
    assert.equal(new Set(all.map(({ uuid }) => uuid)).size, all.length, 'every summary was made once')
    const books = store.books(name)
    assert.deepEqual(count, Object.fromEntries(settlementKinds.map(kind => [kind, books[kind]])))
    for (const { output_fields: fields } of this.#fixed === undefined ? [] : made) {
      const first = durable.get(`${name} ${fields['throttle.first_uuid']}`)
      assert(
        ['delivered', 'dead', 'shed'].includes(String(first)),
        `what a summary of ${name} calls the first was ${first}`
      )
    }
    const summed = made.reduce((sum, alert) => sum + Number(alert.output_fields['throttle.count']), 0)
    assert.equal(summed, books.throttled, `the summaries of ${name} count what was throttled`)
  }

  #below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  #someRouting(): Routing {
    if (this.#fixed !== undefined) return this.#fixed
    return { when: conditions[this.#below(conditions.length)], throttle: throttles[this.#below(throttles.length)] }
  }

  #farEnd(): FarEnd {
    return this.#farEnds.get(names[this.#below(names.length)]!)!
  }

  #lane(): Lane {
    return this.#lanes.get(names[this.#below(names.length)]!)!
  }

  #put(): void {
    const alerts = Array.from({ length: 1 + this.#below(20) }, () => {
      this.#number += 1
      return makeAlert(`alert-${this.#number}`, {
        priority: priorities[this.#below(priorities.length)]!,
        rule: rules[this.#below(rules.length)]!,
        output_fields: { 'proc.name': ['sh', 'bash'][this.#below(2)]! }
      })
    })
    this.#accepted.push(...alerts)
    this.#spool.commit(alerts)
  }

  /** An output goes beyond a limit of its backlog. */
  #shed(): void {
    const name = names[this.#below(names.length)]!
    const { store } = this.#spool
    const cursor = [...store.cursors].find(each => each.name === name)!
    if (cursor.waiting < 2) return
    const waiting = () => new Set(store.read(name, { after: 0, maxCount: 1e6, maxBytes: 1e9 }).map(({ seq }) => seq))
    const before = waiting()
    store.register(name, 'now', { onFull: 'shed', maxBytes: cursor.waitingBytes / 2 })
    while (store.shedder.shedBacklogs(() => {}));
    store.register(name, 'now', { onFull: 'shed' })
    const after = waiting()
    this.#spool.shed(
      name,
      [...before].filter(seq => !after.has(seq))
    )
  }

  #start(): void {
    for (const name of names) this.#spool.store.register(name, 'oldest')
    const spool = this.#spool.view()
    for (const name of names) {
      const lane = new Lane({
        name,
        output: this.#farEnds.get(name)!,
        spool,
        batch: { maxCount: 1 + this.#below(8), maxBytes: 1e6 },
        concurrency: 1 + this.#below(3),
        lingerMs: this.#below(2) * 1_000,
        routing: this.#someRouting(),
        log: new MemoryLog(),
        clock: this.#clock,
        random: this.#random,
        onFailure: error => this.failures.push(error)
      })
      this.#lanes.set(name, lane)
      lane.start()
    }
  }

  /** In order: what waits stays, with another routing. */
  async #restart(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(lane => lane.drain(0)))
    this.#spool.commit([])
    this.#start()
  }

  async #crash(): Promise<void> {
    const lanes = [...this.#lanes.values()]
    this.#spool.crash()
    this.#start()
    await Promise.all(lanes.map(lane => lane.drain(0)))
  }

  async #agree(): Promise<void> {
    // Lanes do what they can without time passing.
    for (let turns = 0; turns < 12; turns += 1) await turn()
    assert.deepEqual(this.failures, [])
    for (const name of names) {
      const { accepted, waiting, waitingBytes: _, oldestWaitingMs: __, ...settled } = this.#spool.store.books(name)
      const sum = Object.values(settled).reduce((total, count) => total + count, waiting)
      assert.equal(sum, accepted, `the books of ${name} balance`)
    }
  }
}

async function walk(t: TestContext, seed: number, routing?: Routing): Promise<void> {
  const walk = new Walk(temporaryDirectory(t), seed, routing)
  await walk.run(150)
  await walk.finish()
}

for (let seed = 1; seed <= 12; seed += 1) {
  test(`lanes lose nothing and send nothing again that is settled, walk ${seed}`, t => walk(t, seed))
}

for (let seed = 21; seed <= 24; seed += 1) {
  test(`of alerts that are alike the first is never what is held back, walk ${seed}`, t =>
    walk(t, seed, { throttle: throttles[1] }))
}
