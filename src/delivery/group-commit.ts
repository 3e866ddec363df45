/**
 * Group commit: whatever waits goes in one transaction. Decides when to commit, and what to do when the disk is full
 * or fails: the batches stay in memory (their producers run out of credits), the state says why, and it tries again.
 */
import { messageOf } from '../../base/errors.ts'
import { GroupQueue } from './group-queue.ts'
import type { AlertBatch } from './records.ts'
import { corruptError, diskFullError } from './spool-database.ts'
import type { SpoolStore } from './spool-store.ts'
import { sqliteFailure, wantsRoom } from './sqlite-errors.ts'

export type SpoolState =
  | { readonly kind: 'ok' }
  /** The spool has reached its limit: for what comes in, outputs that are furthest behind lose their oldest alerts. */
  | { readonly kind: 'at_limit' }
  /** The disk is full: cursors are still written, new alerts wait. */
  | { readonly kind: 'disk_full'; readonly reason: string }
  /** Writing failed: nothing is written until the database was reopened and verified. */
  | { readonly kind: 'failing'; readonly reason: string }

export interface GroupCommitOptions {
  readonly store: SpoolStore
  readonly onState: (state: SpoolState) => void
  /** After each commit that accepted alerts or made room to read. */
  readonly onCommit: () => void
  /** An alert was shed for an output; the severity is 0 (Emergency) to 7 (Debug). */
  readonly onShed: (output: string, severity: number) => void
  /** The spool cannot go on: the file is corrupt, or we made a mistake. */
  readonly onFatal: (error: unknown) => void
}

/** Cursors are written at most this much later (milliseconds), or at this many settlements. */
const settleDelay = 100
const settleCount = 1_000

/** The share of the limit that must be free again before the spool calls itself well. */
const distanceFromLimit = 0.1

/** The share of the limit that is shed at once, at least. */
const shedShare = 0.05

/** Pauses between attempts on a failing disk, in milliseconds. */
const firstPause = 100
const longestPause = 2_000

export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #store: SpoolStore
  readonly #queue: GroupQueue
  #state: SpoolState = { kind: 'ok' }
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause
  /** How many of the first batches are in a transaction whose end is not known. */
  #uncertain = 0
  #mustReopen = false
  /** The most room there may be after alerts were shed, in bytes. */
  #roomByShedding = 0

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#store = options.store
    this.#queue = new GroupQueue(this.#store.reserve.bytes)
  }

  /** To be called once, before anything is appended. */
  start(): void {
    if (!this.#store.reserve.ensure()) this.#run()
  }

  get state(): SpoolState {
    return this.#state
  }

  /** Whether the database can be read. */
  get readable(): boolean {
    return !this.#mustReopen
  }

  /** Queues a batch; `accepted` is called once it is on disk. */
  append(batch: AlertBatch, accepted: () => void): void {
    this.#queue.append(batch, accepted)
    this.#soon()
  }

  /** To be called after settlements: their cursors ride the next commit. */
  settled(): void {
    if (this.#store.unwritten >= settleCount || this.#state.kind === 'at_limit') this.#soon()
    else this.#later(settleDelay)
  }

  /** Takes in an error of another use of the database, such as a read. */
  failed(error: unknown): void {
    const failure = sqliteFailure(error)
    const reason = messageOf(error)
    if (failure === 'full') {
      this.#enter({ kind: 'disk_full', reason })
    } else if (failure === 'io') {
      this.#mustReopen = true
      this.#enter({ kind: 'failing', reason })
    } else {
      this.#mustReopen = true
      this.#options.onFatal(failure === 'corrupt' ? corruptError(this.#store.file, error) : error)
      return
    }
    if (wantsRoom(error)) this.#store.reserve.release()
    this.#backOff()
  }

  /**
   * Does something that writes a little; on a full disk, in the room that the reserve gives back.
   *
   * @throws TercelError TERCEL_SPOOL when there is none left either.
   */
  withReserve<T>(write: () => T): T {
    try {
      return write()
    } catch (error) {
      if (sqliteFailure(error) !== 'full') throw error
      this.failed(error)
    }
    try {
      return write()
    } catch (error) {
      throw sqliteFailure(error) === 'full' ? diskFullError(this.#store.file, error) : error
    }
  }

  /** Commits what waits, as far as the disk and the limit allow. */
  flush(): void {
    do this.stop()
    while (this.#run())
    if (this.#store.unwritten === 0) return
    // The disk was found full just now: what the reserve has given back is for cursors.
    this.stop()
    this.#run()
  }

  /** Stops the timers; what is not committed stays unaccepted. */
  stop(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
  }

  /** True when another run at once would get further with what waits. */
  #run(): boolean {
    this.#immediate = undefined
    try {
      return this.#mustReopen || !this.#store.reserve.present ? this.#recover() : this.#commit()
    } catch (error) {
      this.failed(error)
      return false
    }
  }

  #commit(): boolean {
    const group = this.#queue.group(this.#store.room)
    const refused = this.#queue.length > 0 && group.length === 0
    // What nobody waits for is deleted before anything is shed.
    if (refused && !this.#store.deletable) this.#shed()
    const moved = this.#store.unwritten > 0
    const changes = group.length > 0 || moved || this.#store.deletable
    if (changes) {
      this.#uncertain = group.length
      this.#store.commit(group)
      this.#accept(group.length)
      this.#store.checkpoint()
    }
    this.#enter(refused || this.#stillAtLimit() ? { kind: 'at_limit' } : { kind: 'ok' })
    if (group.length > 0 || moved) this.#options.onCommit()
    // What was refused may fit now that others were deleted.
    const further = changes && this.#queue.length > 0
    if (further || this.#store.deletable) this.#soon()
    else if (this.#queue.length === 0 && this.#store.vacuumStep()) this.#later(settleDelay)
    return further
  }

  #shed(): void {
    const { firstFootprint } = this.#queue
    const bytes = Math.max(firstFootprint - this.#store.room, shedShare * this.#store.maxBytes)
    this.#store.shed(bytes, this.#options.onShed)
    this.#roomByShedding = firstFootprint + bytes
  }

  /** The limit is left behind with some distance, or its report would come and go with each alert. */
  #stillAtLimit(): boolean {
    if (this.#state.kind !== 'at_limit') return false
    // More than shedding makes, or that would be taken for recovery.
    const distance = Math.max(distanceFromLimit * this.#store.maxBytes, this.#roomByShedding)
    return this.#queue.length > 0 || this.#store.room < distance
  }

  /** One attempt to get going again: first the database, then cursors and deletes, then room, then alerts. */
  #recover(): boolean {
    if (this.#mustReopen) {
      if (this.#store.reopen()) this.#accept(this.#uncertain)
      this.#uncertain = 0
      this.#mustReopen = false
    }
    this.#store.commit([])
    this.#options.onCommit()
    if (!this.#store.reserve.present) this.#store.shrink()
    if (!this.#store.reserve.ensure(this.#queue.footprint)) {
      this.#enter({ kind: 'disk_full', reason: 'no space left on device' })
      this.#backOff()
      return false
    }
    this.#pause = firstPause
    this.#enter({ kind: 'ok' })
    this.#soon()
    return true
  }

  #accept(count: number): void {
    this.#uncertain = 0
    this.#queue.accept(count)
  }

  #enter(state: SpoolState): void {
    const changed = state.kind !== this.#state.kind
    this.#state = state
    if (changed) this.#options.onState(state)
  }

  #backOff(): void {
    this.stop()
    this.#timer = setTimeout(() => this.#timedOut(), this.#pause)
    this.#pause = Math.min(2 * this.#pause, longestPause)
  }

  #soon(): void {
    if (this.#mustReopen || !this.#store.reserve.present) return
    this.#immediate ??= setImmediate(() => this.#run())
  }

  #later(milliseconds: number): void {
    this.#timer ??= setTimeout(() => this.#timedOut(), milliseconds)
  }

  #timedOut(): void {
    this.#timer = undefined
    this.#run()
  }
}
