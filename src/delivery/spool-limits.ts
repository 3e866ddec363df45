/**
 * Where group commit meets the limits: which batches may be committed now, who has to shed for the others, and who holds
 * them up.
 */
import { isOverLimit, roomBeforeBlocking } from './backlog.ts'
import type { GroupQueue } from './group-queue.ts'
import type { AlertBatch } from './records.ts'
import type { OnShed } from './shedder.ts'
import type { SpoolState } from './spool-state.ts'
import type { SpoolStore } from './spool-store.ts'

/** The share of a limit that must be free again before it counts as left: its report would come and go otherwise. */
const distanceFromLimit = 0.1

/** The share of the limit that is shed at once, at least. */
const shedShare = 0.05

const backlogFull = 'their backlog is at its limit'

const spoolFull = 'the spool is at its limit, and only they hold its room'

export class SpoolLimits {
  readonly #store: SpoolStore
  readonly #queue: GroupQueue
  readonly #onShed: OnShed
  /** The most room there may be after alerts were shed, in bytes. */
  #roomByShedding = 0
  #blocksIgnored = false

  constructor(store: SpoolStore, queue: GroupQueue, onShed: OnShed) {
    this.#store = store
    this.#queue = queue
    this.#onShed = onShed
  }

  /** From now on no backlog holds up alerts: tercel stops, and what is not on disk by then is lost. */
  ignoreBlocks(): void {
    this.#blocksIgnored = true
  }

  /** The batches that may be committed now. */
  group(): AlertBatch[] {
    return this.#queue.group(this.#store.size.room, this.#backlogRoom(this.#queue.firstBytes))
  }

  /**
   * The first batch was refused: makes room for it, if that is shedding's to do.
   *
   * @returns what holds it up.
   */
  makeRoom(): SpoolState {
    const { firstBytes, firstFootprint } = this.#queue
    if (this.#backlogRoom(firstBytes) < firstBytes) {
      const full = [...this.#store.cursors].filter(cursor => roomBeforeBlocking(cursor, firstBytes) < firstBytes)
      return blocked(full, backlogFull)
    }
    // What nobody waits for is deleted before anything is shed.
    if (this.#store.deletable) return { kind: 'at_limit' }
    const bytes = Math.max(firstFootprint - this.#store.size.room, shedShare * this.#store.maxBytes)
    this.#roomByShedding = firstFootprint + bytes
    const shed = this.#store.shedder.shedForRoom(bytes, this.#onShed)
    const holders = [...this.#store.cursors].filter(({ limits, waiting }) => limits.onFull === 'block' && waiting > 0)
    if (shed > 0 || holders.length === 0) return { kind: 'at_limit' }
    return blocked(holders, spoolFull)
  }

  /** Whether a limit that was reached is not left behind yet, or not far enough. */
  stillHolds(state: SpoolState): boolean {
    if (state.kind === 'at_limit') {
      // More than shedding makes, or that would be taken for recovery.
      const distance = Math.max(distanceFromLimit * this.#store.maxBytes, this.#roomByShedding)
      return this.#queue.length > 0 || this.#store.size.room < distance
    }
    if (state.kind !== 'blocked') return false
    const isNear = [...this.#store.cursors].some(cursor => {
      const { maxBytes = Number.POSITIVE_INFINITY } = cursor.limits
      return roomBeforeBlocking(cursor, 0) < distanceFromLimit * maxBytes
    })
    const isFull = state.reason === spoolFull && this.#store.size.room < distanceFromLimit * this.#store.maxBytes
    return this.#queue.length > 0 || isNear || isFull
  }

  /** Whether an output has to shed for its own limit in bytes. */
  get backlogOver(): boolean {
    return [...this.#store.cursors].some(isOverLimit)
  }

  /** Sheds for backlogs that are over their own limits, one step. Gives whether a step is left to do. */
  shedBacklogs(): boolean {
    return this.#store.shedder.shedBacklogs(this.#onShed)
  }

  /** Sheds what is too old, one step. Gives whether a step is left to do. */
  shedAged(): boolean {
    return this.#store.shedder.shedAged(this.#store.nowMs, this.#onShed)
  }

  #backlogRoom(firstBytes: number): number {
    if (this.#blocksIgnored) return Number.POSITIVE_INFINITY
    let room = Number.POSITIVE_INFINITY
    for (const cursor of this.#store.cursors) room = Math.min(room, roomBeforeBlocking(cursor, firstBytes))
    return Math.max(0, room)
  }
}

function blocked(outputs: readonly { readonly name: string }[], reason: string): SpoolState {
  return { kind: 'blocked', outputs: outputs.map(({ name }) => name), reason }
}
