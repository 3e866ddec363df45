/** What the spool should be, as plain lists and maps: slow, and so simple that it can be believed. */
import type { BacklogLimits, ShedCause } from '../../../src/delivery/backlog.ts'
import type { Settlement, SettlementKind } from '../../../src/delivery/cursor.ts'
import type { TestAlert } from './support.ts'

export interface ModelAlert extends Required<TestAlert> {
  readonly bytes: number
  readonly acceptedMs: number
  /** The only output that it is for. */
  readonly only: string | undefined
}

/** Alerts that come together; those for one output alone may close windows of its throttle, or be dead letters. */
export interface ModelBatch {
  readonly alerts: readonly Required<TestAlert>[]
  readonly only?: string
  readonly closes?: readonly string[]
  /** `output seq` of each. */
  readonly letters?: readonly string[]
}

interface ModelOutput {
  readonly name: string
  limits: BacklogLimits
  /** Alerts that were there, or came, while it was registered. */
  readonly accepted: Set<number>
  settled: Map<number, SettlementKind>
  /** What of it a commit has written: what a crash leaves. */
  written: Map<number, SettlementKind>
  /** The state of each window that is open. */
  windows: Map<string, string>
  writtenWindows: Map<string, string>
  handedOut: number
}

/** `output seq cause` of each alert that was shed. */
export type ModelShed = string[]

export class Model {
  readonly alerts: ModelAlert[] = []
  readonly outputs = new Map<string, ModelOutput>()
  /** `output seq` of the dead letters that are written, oldest first. */
  dead: string[] = []
  /** How many were deleted to keep their bound. */
  droppedDead = 0
  readonly #maxDeadBytes: number
  #unwrittenDead: string[] = []

  constructor(maxBytes: number) {
    this.#maxDeadBytes = maxBytes / 4
  }

  commit(batches: readonly ModelBatch[], acceptedMs: number): void {
    for (const { alerts, only, closes = [], letters = [] } of batches) {
      for (const alert of alerts) {
        this.alerts.push({ ...alert, bytes: Buffer.byteLength(alert.text), acceptedMs, only })
        for (const { name, accepted } of this.outputs.values()) {
          if (only === undefined || only === name) accepted.add(this.alerts.length)
        }
      }
      for (const id of closes) this.outputs.get(only!)!.windows.delete(id)
      this.drop(letters)
    }
    for (const output of this.outputs.values()) {
      output.written = new Map(output.settled)
      output.writtenWindows = new Map(output.windows)
    }
    this.dead.push(...this.#unwrittenDead)
    this.#unwrittenDead = []
    if (this.#deadBytes > this.#maxDeadBytes) {
      for (; this.#deadBytes > 0.95 * this.#maxDeadBytes; this.droppedDead += 1) this.dead.shift()
    }
  }

  drop(letters: readonly string[]): void {
    this.dead = this.dead.filter(letter => !letters.includes(letter))
  }

  /** What they take: alert, its rule, reason (`no 17`), the output's name twice, and 100 bytes. */
  get #deadBytes(): number {
    return this.dead.reduce((sum, letter) => {
      const [output, seq] = letter.split(' ')
      const { bytes, rule } = this.#at(Number(seq))
      return sum + bytes + rule.length + `no ${seq}`.length + 2 * output!.length + 100
    }, 0)
  }

  register(name: string, accepted: Iterable<number>, limits: BacklogLimits): void {
    const known = this.outputs.get(name)
    if (known !== undefined) known.limits = limits
    else {
      const settled = { settled: new Map(), written: new Map(), windows: new Map(), writtenWindows: new Map() }
      this.outputs.set(name, { name, limits, handedOut: 0, accepted: new Set(accepted), ...settled })
    }
  }

  settle(name: string, settlement: Settlement): void {
    const { settled, windows } = this.outputs.get(name)!
    if (settlement.kind === 'throttled' && settlement.window !== undefined) {
      windows.set(settlement.window.id, settlement.window.state)
    }
    if (settled.has(settlement.seq)) return
    settled.set(settlement.seq, settlement.kind)
    if (settlement.kind === 'dead') this.#unwrittenDead.push(`${name} ${settlement.seq}`)
  }

  /** A stop or a crash: what was not written is forgotten, and so are the limits until they are set anew. */
  reopen(): void {
    for (const output of this.outputs.values()) {
      output.settled = new Map(output.written)
      output.windows = new Map(output.writtenWindows)
      output.limits = { onFull: 'shed' }
      output.handedOut = 0
    }
    this.#unwrittenDead = []
    this.droppedDead = 0
  }

  waiting(name: string): number[] {
    const { accepted, settled } = this.outputs.get(name)!
    return [...accepted].filter(seq => !settled.has(seq)).sort((a, b) => a - b)
  }

  waitingBytes(name: string): number {
    return this.#bytes(this.waiting(name))
  }

  shedBacklogs(): ModelShed {
    const shed: ModelShed = []
    for (const { name, limits } of this.outputs.values()) {
      const { maxBytes = Number.POSITIVE_INFINITY, onFull } = limits
      const waiting = this.waiting(name)
      const bytes = this.#bytes(waiting)
      if (onFull === 'block' || bytes <= maxBytes || waiting.length <= 1) continue
      const amount = { bytes: bytes - 0.95 * maxBytes, alerts: waiting.length - 1 }
      this.#shed([name], this.#victims(waiting, [name], amount), 'backlog', shed)
    }
    return shed
  }

  shedAged(nowMs: number): ModelShed {
    const shed: ModelShed = []
    for (const { name, limits } of this.outputs.values()) {
      if (limits.maxAgeMs === undefined) continue
      const waiting = this.waiting(name)
      const young = waiting.findIndex(seq => this.#at(seq).acceptedMs >= nowMs - limits.maxAgeMs!)
      this.#shed([name], young === -1 ? waiting : waiting.slice(0, young), 'age', shed)
    }
    return shed
  }

  shedForRoom(bytes: number): ModelShed {
    const names = [...this.outputs.keys()].filter(name => this.waiting(name).length > 0)
    const shedding = names
      .filter(name => this.outputs.get(name)!.limits.onFull === 'shed')
      .sort((a, b) => this.waitingBytes(b) - this.waitingBytes(a))
    /** What only these wait for. */
    const held = (owners: readonly string[]) => {
      const others = new Set(names.filter(name => !owners.includes(name)).flatMap(name => this.waiting(name)))
      const seqs = new Set(owners.flatMap(name => this.waiting(name)))
      return [...seqs].filter(seq => !others.has(seq)).sort((a, b) => a - b)
    }
    const enough = Math.max(bytes, this.#bytes(held(shedding)) / 2)
    let owners = shedding.slice(0, 1)
    while (owners.length < shedding.length && this.#bytes(held(owners)) < enough) {
      owners = shedding.slice(0, owners.length + 1)
    }
    const shed: ModelShed = []
    this.#shed(owners, this.#victims(held(owners), owners, { bytes, alerts: 10_000 }), 'spool', shed)
    return shed
  }

  /** One after another: of the lowest priority, of the rule with the most alerts left, the oldest. */
  #victims(seqs: readonly number[], owners: readonly string[], amount: { bytes: number; alerts: number }): number[] {
    const handedOut = Math.max(0, ...owners.map(name => this.outputs.get(name)!.handedOut))
    const tier = (seq: number) => {
      const { internal, severity } = this.#at(seq)
      return (internal ? -1 : severity) - (seq <= handedOut ? 0.5 : 0)
    }
    const left = [...seqs]
    const victims: number[] = []
    while (left.length > 0 && this.#bytes(victims) < amount.bytes && victims.length < amount.alerts) {
      const lowest = Math.max(...left.map(tier))
      const candidates = left.filter(seq => tier(seq) === lowest)
      const noise = (seq: number) => candidates.filter(each => this.#at(each).rule === this.#at(seq).rule).length
      const loudest = Math.max(...candidates.map(noise))
      const victim = candidates.find(seq => noise(seq) === loudest)!
      victims.push(victim)
      left.splice(left.indexOf(victim), 1)
    }
    return victims
  }

  #shed(names: readonly string[], victims: readonly number[], cause: ShedCause, shed: ModelShed): void {
    for (const seq of victims) {
      for (const name of names) {
        if (!this.waiting(name).includes(seq)) continue
        this.settle(name, { seq, kind: 'shed' })
        shed.push(`${name} ${seq} ${cause}`)
      }
    }
  }

  #bytes(seqs: readonly number[]): number {
    return seqs.reduce((sum, seq) => sum + this.#at(seq).bytes, 0)
  }

  #at(seq: number): ModelAlert {
    return this.alerts[seq - 1]!
  }
}
