/** The cursors of all outputs, and what of them is not written yet. */
import { TercelError } from '../../base/errors.ts'
import type { AlertIndex } from './alert-index.ts'
import type { OutputCursor, Settlement } from './cursor.ts'
import type { AlertBatch } from './records.ts'
import { ThrottleWindows } from './throttle-windows.ts'

export interface UnwrittenDead {
  readonly output: string
  readonly settlement: Extract<Settlement, { kind: 'dead' }>
}

/** Dead letters that wait to be written; at this many nothing more is read until they are. */
const maxUnwrittenDead = 10_000

export class Cursors {
  readonly windows = new ThrottleWindows()
  readonly #index: AlertIndex
  readonly #cursors = new Map<string, OutputCursor>()
  readonly #changed = new Set<OutputCursor>()
  #dead: UnwrittenDead[] = []
  #unwritten = 0

  constructor(index: AlertIndex) {
    this.#index = index
  }

  get names(): string[] {
    return [...this.#cursors.keys()]
  }

  get all(): Iterable<OutputCursor> {
    return this.#cursors.values()
  }

  /** Outputs that have settled something since they were written. */
  get changed(): ReadonlySet<OutputCursor> {
    return this.#changed
  }

  get dead(): readonly UnwrittenDead[] {
    return this.#dead
  }

  get tooManyDead(): boolean {
    return this.#dead.length >= maxUnwrittenDead
  }

  /** How many settlements are not written. */
  get unwritten(): number {
    return this.#unwritten
  }

  add(cursor: OutputCursor): void {
    this.#cursors.set(cursor.name, cursor)
  }

  remove(name: string): void {
    const cursor = this.#cursors.get(name)
    if (cursor === undefined) return
    this.#changed.delete(cursor)
    this.#cursors.delete(name)
    this.windows.forget(name)
    this.#index.removeOutput(cursor.slot)
  }

  has(name: string): boolean {
    return this.#cursors.has(name)
  }

  of(name: string): OutputCursor {
    const cursor = this.#cursors.get(name)
    if (cursor === undefined) throw new TercelError('TERCEL_DEFECT', `the spool knows no output ${name}`)
    return cursor
  }

  /** Takes in alerts that are on disk, as does the index. */
  accept(batch: AlertBatch, acceptedMs: number): void {
    const only = batch.address && this.of(batch.address.output)
    const slots = only && [only.slot]
    const addressed = only !== undefined
    for (let at = 0; at < batch.bytes.length; at += 1) {
      this.#index.head += 1
      const seq = this.#index.head
      const bytes = batch.bytes[at]!
      const alert = {
        seq,
        severity: batch.severities[at]!,
        internal: batch.internal[at]!,
        bytes,
        acceptedMs,
        addressed
      }
      this.#index.append(alert, batch.rules[at]!, slots)
      for (const cursor of this.#cursors.values()) {
        if (only === undefined || cursor === only) cursor.accept(bytes)
        else cursor.pass()
      }
    }
    this.windows.closed(batch)
  }

  settle(output: string, settlements: readonly Settlement[]): void {
    const cursor = this.#cursors.get(output)
    // A late answer for an output that was taken out.
    if (cursor === undefined) return
    for (const settlement of settlements) {
      if (settlement.seq > this.#index.head) {
        throw new TercelError('TERCEL_DEFECT', 'settled an alert that was not accepted')
      }
      // Also of an alert that was shed meanwhile: the window counts those that were settled with it.
      if (settlement.kind === 'throttled' && settlement.window) this.windows.put(output, settlement.window)
      if (this.#settleOne(cursor, settlement) && settlement.kind === 'dead') this.#dead.push({ output, settlement })
    }
  }

  /** False when it was settled before: an answer that comes after an alert was shed does not count. */
  shed(cursor: OutputCursor, seq: number): boolean {
    return this.#settleOne(cursor, { seq, kind: 'shed' })
  }

  #settleOne(cursor: OutputCursor, { seq, kind }: Settlement): boolean {
    if (!cursor.settle(seq, kind)) return false
    this.#changed.add(cursor)
    this.#unwritten += 1
    return true
  }

  /** All that has changed is on disk. */
  written(): void {
    this.#changed.clear()
    this.#dead = []
    this.windows.written()
    this.#unwritten = 0
  }
}
