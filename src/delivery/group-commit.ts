/**
 * Group commit: whatever waits goes in one transaction. Decides when to commit, and what to do when the disk is full
 * or fails: the batches stay in memory (their producers run out of credits), the state says why, and it tries again.
 */
import { messageOf, type TercelError } from '../../base/errors.ts'
import { CommitTimer } from './commit-timer.ts'
import { GroupQueue } from './group-queue.ts'
import type { AlertBatch } from './records.ts'
import type { OnShed } from './shedder.ts'
import { corruptError, diskFullError } from './spool-database.ts'
import { SpoolLimits } from './spool-limits.ts'
import type { SpoolState } from './spool-state.ts'
import type { SpoolStore } from './spool-store.ts'
import { sqliteFailure, wantsRoom } from './sqlite-errors.ts'

export interface GroupCommitOptions {
  readonly store: SpoolStore
  readonly onState: (state: SpoolState) => void
  /** After each commit that accepted alerts or made room to read. */
  readonly onCommit: () => void
  readonly onShed: OnShed
  /** The spool cannot go on: the file is corrupt, or we made a mistake. */
  readonly onFatal: (error: unknown) => void
}

/** Cursors are written at most this much later (milliseconds), or at this many settlements. */
export const settleDelay = 100
const settleCount = 1_000

export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #store: SpoolStore
  readonly #queue: GroupQueue
  readonly #limits: SpoolLimits
  readonly #timer = new CommitTimer(() => this.#run())
  #state: SpoolState = { kind: 'ok' }
  /** Those in a transaction whose end is not known. */
  #uncertain: readonly AlertBatch[] = []
  #mustReopen = false
  /** Alerts may have become too old, or limits lower. */
  #mustShed = true

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#store = options.store
    this.#queue = new GroupQueue(this.#store.reserve.bytes)
    this.#limits = new SpoolLimits(this.#store, this.#queue, options.onShed)
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

  /**
   * Queues a batch.
   *
   * @param accepted called once it is on disk.
   * @param refused called when it never will be: only a batch for one output can come to that.
   */
  append(batch: AlertBatch, accepted: () => void, refused: (error: TercelError) => void = () => {}): void {
    this.#queue.append({ batch, accepted, refused })
    this.#soon()
  }

  /** Refuses what waits to be committed for an output alone: it is gone. */
  refuse(output: string): void {
    this.#queue.refuse(output)
  }

  /** To be called after settlements: their cursors ride the next commit. */
  settled(): void {
    const { kind } = this.#state
    const opens = kind === 'at_limit' || (kind === 'blocked' && this.#limits.group().length > 0)
    if (opens || this.#store.unwritten >= settleCount) this.#soon()
    else this.#timer.later(settleDelay)
  }

  /** To be called now and then, since alerts age, and when limits were set: sheds what is beyond them. */
  checkLimits(): void {
    this.#mustShed = true
    this.#soon()
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
    this.#timer.backOff()
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

  /** Commits what waits as `flush` does, even where a backlog holds it up. For the end. */
  finish(): void {
    this.#limits.ignoreBlocks()
    this.flush()
  }

  /** Stops the timers; what is not committed stays unaccepted. */
  stop(): void {
    this.#timer.stop()
  }

  /** True when another run at once would get further with what waits. */
  #run(): boolean {
    try {
      return this.#mustReopen || !this.#store.reserve.present ? this.#recover() : this.#commit()
    } catch (error) {
      this.failed(error)
      return false
    }
  }

  #commit(): boolean {
    const group = this.#limits.group()
    const refused = this.#queue.length > 0 && group.length === 0
    const holdUp = refused ? this.#limits.makeRoom() : undefined
    this.#shed()
    const moved = this.#store.unwritten > 0
    const changes = group.length > 0 || moved || this.#store.deletable
    if (changes) {
      this.#uncertain = group
      this.#store.commit(group)
      this.#accept(group)
      this.#store.size.checkpoint()
    }
    this.#enter(holdUp ?? (this.#limits.stillHolds(this.#state) ? this.#state : { kind: 'ok' }))
    if (group.length > 0 || moved) this.#options.onCommit()
    if (group.length > 0) this.#mustShed ||= this.#limits.backlogOver
    // What was refused may fit now that others were deleted.
    const further = changes && this.#queue.length > 0
    if (further || this.#store.deletable || this.#mustShed) this.#soon()
    else if (this.#queue.length === 0 && this.#store.size.vacuumIfMany()) this.#timer.later(settleDelay)
    return further
  }

  /** One step of what is beyond the limits of outputs; the commit that follows deletes it. */
  #shed(): void {
    if (!this.#mustShed) return
    const aged = this.#limits.shedAged()
    const backlogs = this.#limits.shedBacklogs()
    this.#mustShed = aged || backlogs
  }

  /** One attempt to get going again: first the database, then cursors and deletes, then room, then alerts. */
  #recover(): boolean {
    if (this.#mustReopen) {
      if (this.#store.reopen()) this.#accept(this.#uncertain)
      this.#uncertain = []
      this.#mustReopen = false
    }
    this.#shed()
    this.#store.commit([])
    this.#options.onCommit()
    if (!this.#store.reserve.present) this.#store.size.shrink()
    if (!this.#store.reserve.ensure(this.#queue.footprint)) {
      this.#enter({ kind: 'disk_full', reason: 'no space left on device' })
      this.#timer.backOff()
      return false
    }
    this.#timer.recovered()
    this.#enter({ kind: 'ok' })
    this.#soon()
    return true
  }

  #accept(batches: readonly AlertBatch[]): void {
    this.#uncertain = []
    this.#queue.accept(batches)
  }

  #enter(state: SpoolState): void {
    const changed = state.kind !== this.#state.kind
    this.#state = state
    if (changed) this.#options.onState(state)
  }

  #soon(): void {
    if (this.#mustReopen || !this.#store.reserve.present) return
    this.#timer.soon()
  }
}
