/**
 * Group commit: whatever waits goes in one transaction. Decides when to commit, and what to do when the disk is full
 * or fails: the batches stay in memory (their producers run out of credits), the state says why, and it tries again.
 */
import { messageOf } from '../../base/errors.ts'
import type { AlertBatch } from './records.ts'
import { corruptError, footprint } from './spool-database.ts'
import type { SpoolStore } from './spool-store.ts'
import { sqliteFailure, wantsRoom } from './sqlite-errors.ts'

export type SpoolState =
  | { readonly kind: 'ok' }
  /** The spool has reached its limit: new alerts wait until outputs have made room. */
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
  /** The spool cannot go on: the file is corrupt, or we made a mistake. */
  readonly onFatal: (error: unknown) => void
}

interface Waiting {
  readonly batch: AlertBatch
  readonly accepted: () => void
}

/** Cursors are written at most this much later (milliseconds), or at this many settlements. */
const settleDelay = 100
const settleCount = 1_000

/** The largest transaction: longer ones keep readers waiting. */
const maxGroupCount = 5_000
const maxGroupBytes = 4 * 1024 * 1024

/** What of the reserve a transaction may be, since the reserve has to hold the WAL when the disk is full. */
const groupShare = 0.25

/** The share of the limit that must be free again before the spool calls itself well. */
const distanceFromLimit = 0.1

/** Pauses between attempts on a failing disk, in milliseconds. */
const firstPause = 100
const longestPause = 2_000

export class GroupCommit {
  readonly #options: GroupCommitOptions
  readonly #store: SpoolStore
  readonly #groupBytes: number
  #waiting: Waiting[] = []
  #state: SpoolState = { kind: 'ok' }
  #immediate: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #pause = firstPause
  /** How many of the first batches are in a transaction whose end is not known. */
  #uncertain = 0
  #mustReopen = false

  constructor(options: GroupCommitOptions) {
    this.#options = options
    this.#store = options.store
    this.#groupBytes = Math.min(maxGroupBytes, groupShare * this.#store.reserve.bytes)
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
    this.#waiting.push({ batch, accepted })
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

  /** Commits what waits, as far as the disk and the limit allow. */
  flush(): void {
    let before: number
    do {
      this.stop()
      before = this.#waiting.length
      this.#run()
    } while (this.#waiting.length < before)
  }

  /** Stops the timers; what is not committed stays unaccepted. */
  stop(): void {
    clearImmediate(this.#immediate)
    clearTimeout(this.#timer)
    this.#immediate = undefined
    this.#timer = undefined
  }

  #run(): void {
    this.#immediate = undefined
    try {
      if (this.#mustReopen || !this.#store.reserve.present) this.#recover()
      else this.#commit()
    } catch (error) {
      this.failed(error)
    }
  }

  #commit(): void {
    const group = this.#takeGroup()
    const moved = this.#store.unwritten > 0
    const changes = group.length > 0 || moved || this.#store.deletable
    if (changes) {
      this.#uncertain = group.length
      this.#store.commit(group.map(({ batch }) => batch))
      this.#accept(group.length)
      this.#store.checkpoint()
    }
    const refused = this.#waiting.length > 0 && group.length === 0
    this.#enter(refused || this.#stillAtLimit() ? { kind: 'at_limit' } : { kind: 'ok' })
    if (group.length > 0 || moved) this.#options.onCommit()
    // What was refused may fit now that others were deleted.
    if (this.#store.deletable || (this.#waiting.length > 0 && changes)) this.#soon()
    else if (this.#waiting.length === 0 && this.#store.vacuumStep()) this.#later(settleDelay)
  }

  /** The batches at the front of the queue that go together and fit under the limit. */
  #takeGroup(): Waiting[] {
    if (this.#waiting.length === 0) return []
    const room = this.#store.room
    let count = 0
    let bytes = 0
    const end = this.#waiting.findIndex(({ batch }, index) => {
      count += batch.texts.length
      bytes += batch.totalBytes
      // A batch that is larger than a group goes alone.
      const tooLarge = index > 0 && (count > maxGroupCount || bytes > this.#groupBytes)
      return tooLarge || footprint(bytes, count) > room
    })
    return end === -1 ? [...this.#waiting] : this.#waiting.slice(0, end)
  }

  /** What the next transaction needs, in bytes: with less free, the disk would only be found full again. */
  #nextFootprint(): number {
    let count = 0
    let bytes = 0
    for (const { batch } of this.#waiting) {
      count += batch.texts.length
      bytes += batch.totalBytes
      if (count > maxGroupCount || bytes > this.#groupBytes) break
    }
    return Math.ceil(footprint(bytes, count))
  }

  /** The limit is left behind with some distance, or its report would come and go with each alert. */
  #stillAtLimit(): boolean {
    if (this.#state.kind !== 'at_limit') return false
    return this.#waiting.length > 0 || this.#store.room < distanceFromLimit * this.#store.maxBytes
  }

  /** One attempt to get going again: first the database, then cursors and deletes, then room, then alerts. */
  #recover(): void {
    if (this.#mustReopen) {
      if (this.#store.reopen()) this.#accept(this.#uncertain)
      this.#uncertain = 0
      this.#mustReopen = false
    }
    this.#store.commit([])
    this.#options.onCommit()
    if (!this.#store.reserve.present) this.#store.shrink()
    if (!this.#store.reserve.ensure(this.#nextFootprint())) {
      this.#enter({ kind: 'disk_full', reason: 'no space left on device' })
      this.#backOff()
      return
    }
    this.#pause = firstPause
    this.#enter({ kind: 'ok' })
    this.#soon()
  }

  #accept(count: number): void {
    this.#uncertain = 0
    for (const { accepted } of this.#waiting.splice(0, count)) accepted()
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
