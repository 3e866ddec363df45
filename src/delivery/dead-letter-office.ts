/**
 * What operators do with dead letters: find, count, replay and drop them. Each goes step by step, and the spool's thread
 * serves others between two steps.
 */
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { TercelError } from '../../base/errors.ts'
import { printableText } from '../../base/printable.ts'
import { addToBatch, newBatch } from './alert-batch.ts'
import { batches } from './batches.ts'
import type { DeadLetterFilter, DeadLetterHead, DeadLetterScan } from './dead-letter-scan.ts'
import { type GroupCommit, settleDelay } from './group-commit.ts'
import type { AddressedBatch, DeadLetter, DeadLetterCount } from './records.ts'
import { unreadable } from './spool-state.ts'
import type { SpoolStore } from './spool-store.ts'

const mib = 1024 * 1024

/** Of a page, which the thread that sends alerts makes into an answer. */
const maxListBytes = mib

/** What a transaction replays. */
const replayLimits = { maxCount: 500, maxBytes: mib }

/** How often a drop that waits for a replay looks whether that can go on; milliseconds. */
const stateMs = 100

export class DeadLetterOffice {
  readonly #store: SpoolStore
  readonly #commits: GroupCommit
  /** Replaying and dropping go one after another, but for a drop that makes room for a replay. */
  #last: Promise<unknown> = Promise.resolve()
  /** Letters that a replay has put into the spool, where they wait for room: they are not dropped any more. */
  readonly #inHand = new Set<number>()

  constructor(store: SpoolStore, commits: GroupCommit) {
    this.#store = store
    this.#commits = commits
  }

  /** The oldest that fit: up to so many, and up to 1 MiB. */
  async list(filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
    await this.#written()
    const letters: DeadLetter[] = []
    let bytes = 0
    for await (const heads of this.#steps(filter)) {
      for (const head of heads) {
        bytes += head.bytes
        if (letters.length === limit || (letters.length > 0 && bytes > maxListBytes)) return letters
        const letter = this.#store.deadLetters.read(head.id)
        if (letter !== undefined) letters.push(letter)
      }
    }
    return letters
  }

  /** How many fit, by output. */
  async count(filter: DeadLetterFilter): Promise<DeadLetterCount[]> {
    await this.#written()
    const counts = new Map<string, { output: string; count: number; bytes: number }>()
    for await (const heads of this.#steps(filter)) {
      for (const { output, bytes } of heads) {
        const sum = counts.get(output) ?? { output, count: 0, bytes: 0 }
        sum.count += 1
        sum.bytes += bytes
        counts.set(output, sum)
      }
    }
    return [...counts.values()]
  }

  /**
   * Puts letters back into the spool for their outputs. Those that die again meanwhile are left.
   *
   * @returns how many.
   * @throws TercelError TERCEL_SPOOL when outputs of some are gone: those letters stay, all others were replayed.
   */
  replay(filter: DeadLetterFilter): Promise<number> {
    return this.#inTurn(async () => {
      this.#commits.flush()
      const left = new Map<string, number>()
      let replayed = 0
      for await (const heads of this.#steps(filter)) {
        for (const [output, letters] of Map.groupBy(heads, head => head.output)) {
          for (const some of batches(letters, replayLimits)) {
            const batch = this.#batchOf(output, some)
            if (await this.#append(batch)) replayed += batch.texts.length
            else left.set(output, (left.get(output) ?? 0) + batch.texts.length)
          }
        }
      }
      if (left.size > 0) throw leftError(left, replayed)
      return replayed
    })
  }

  /**
   * Deletes letters for good, also while a replay waits for room: it may be this that makes it. Gives how many. Those that
   * the replay has put into the spool by then are left to it.
   */
  drop(filter: DeadLetterFilter): Promise<number> {
    const before = this.#last
    const done = this.#endOrTrouble(before).then(() => this.#drop(filter))
    this.#last = Promise.allSettled([before, done])
    return done
  }

  async #drop(filter: DeadLetterFilter): Promise<number> {
    this.#commits.flush()
    let dropped = 0
    for await (const heads of this.#steps(filter)) {
      const ids = heads.map(({ id }) => id).filter(id => !this.#inHand.has(id))
      dropped += this.#commits.withReserve(() => this.#store.deadLetters.drop(ids))
    }
    // What waited for room may have it now.
    this.#commits.checkLimits()
    return dropped
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }

  /** Resolves when the work has ended, or when the spool is in a state in which it may wait for room. */
  async #endOrTrouble(work: Promise<unknown>): Promise<void> {
    let ended = false
    const end = work.then(() => {
      ended = true
    })
    // Whether there is work at all is known in a moment.
    await Promise.race([end, turn()])
    while (!ended && this.#commits.state.kind === 'ok') await Promise.race([end, pause(stateMs)])
  }

  /** Those that only memory knows yet are dead letters too. A look has nothing written for them: it waits until it is. */
  async #written(): Promise<void> {
    if (this.#store.unwritten > 0) await pause(settleDelay)
  }

  async *#steps(filter: DeadLetterFilter): AsyncGenerator<DeadLetterHead[]> {
    let scan: DeadLetterScan | undefined
    do {
      if (!this.#commits.readable) throw unreadable(this.#commits.state)
      scan ??= this.#store.deadLetters.scan(filter)
      yield scan.next()
      await turn()
    } while (!scan.done)
  }

  /** Some letters of an output as alerts again; those that are gone by now are left out. */
  #batchOf(output: string, heads: readonly DeadLetterHead[]): AddressedBatch {
    const letters: number[] = []
    const batch = { ...newBatch(), address: { output, letters } }
    for (const { id, rule, severity } of heads) {
      const json = this.#store.deadLetters.read(id)?.json
      if (json === undefined) continue
      letters.push(id)
      addToBatch(batch, { json, bytes: Buffer.byteLength(json), severity, rule, internal: false })
    }
    return batch
  }

  /** Resolves when the batch is on disk; to false when its output is gone. */
  async #append(batch: AddressedBatch): Promise<boolean> {
    if (!this.#store.hasOutput(batch.address.output)) return false
    const { letters = [] } = batch.address
    const { promise, resolve } = Promise.withResolvers<boolean>()
    for (const id of letters) this.#inHand.add(id)
    const end = (isOnDisk: boolean) => {
      for (const id of letters) this.#inHand.delete(id)
      resolve(isOnDisk)
    }
    this.#commits.append(
      batch,
      () => end(true),
      () => end(false)
    )
    return promise
  }
}

function leftError(left: ReadonlyMap<string, number>, replayed: number): TercelError {
  const parts = [...left].map(([output, count]) => `${count} of output ${printableText(output)}`)
  const message = `the outputs of some dead letters are not there: ${parts.join(', ')} were left, ${replayed} others were replayed; configure the output again, or drop them`
  return new TercelError('TERCEL_SPOOL', message)
}
