/**
 * A thread's way into the spool. It serialises alerts once, sends them in batches, and never has more on the way than
 * its credits: beyond them alerts are shed and counted, or their source waits.
 */
import type { MessagePort } from 'node:worker_threads'
import { TercelError } from '../../base/errors.ts'
import { type Alert, type Priority, priorities, severityOf } from '../../rules/alert.ts'
import { addToBatch, maxAlertBytes, newBatch, tooLarge } from './alert-batch.ts'
import { type CreditLimits, Credits, type Spent } from './credits.ts'
import type { ToProducer, ToSpoolFromProducer } from './messages.ts'
import type { AlertBatch, ShedCounts } from './records.ts'

/** What a producer is made of; can be sent to a worker (`transferList: [connection.port]`). */
export interface ProducerConnection {
  readonly port: MessagePort
  readonly credits: CreditLimits
  /**
   * How many alerts were taken and are not on disk, in memory that both threads see: what is lost when they have to stop
   * is known even if this one does not answer any more.
   */
  readonly outstanding: Int32Array<SharedArrayBuffer>
}

export interface OfferOptions {
  /** A report of tercel itself: it has credits of its own. */
  readonly internal?: boolean
}

/** A batch is sent at the end of the event loop's turn, or when it has grown to this. */
const batchCount = 500
const batchBytes = 1024 * 1024

interface OpenBatch {
  readonly batch: AlertBatch
  readonly spent: Spent
  readonly spentInternal: Spent
  readonly done: PromiseWithResolvers<void>
}

export class SpoolProducer {
  readonly #port: MessagePort
  readonly #credits: Credits
  readonly #internalCredits: Credits
  readonly #outstanding: Int32Array
  readonly #shed = new Map<Priority, number>()
  readonly #sent: OpenBatch[] = []
  #open: OpenBatch | undefined
  #flush: NodeJS.Immediate | undefined
  #room = Promise.withResolvers<void>()
  #closed = false

  constructor({ port, credits, outstanding }: ProducerConnection) {
    this.#port = port
    this.#outstanding = outstanding
    this.#credits = new Credits(credits.alerts, credits.bytes)
    this.#internalCredits = new Credits(credits.internalAlerts, credits.internalBytes)
    this.#room.promise.catch(() => {})
    port.on('message', (message: ToProducer) => this.#accepted(message.batches))
    port.on('close', () => this.#lost())
  }

  /**
   * Takes an alert if there are credits for its priority.
   *
   * @returns a promise that resolves when the alert is on disk and rejects with TercelError TERCEL_SPOOL when the spool
   *   has gone; or undefined: the alert was shed, and counted in `takeShed`. An internal one is not counted: its
   *   caller keeps what it reports.
   */
  offer(alert: Alert, { internal = false }: OfferOptions = {}): Promise<void> | undefined {
    const credits = internal ? this.#internalCredits : this.#credits
    if (!this.#closed && credits.allows(internal ? 0 : severityOf(alert.priority))) {
      const json = JSON.stringify(alert)
      const bytes = Buffer.byteLength(json)
      if (bytes <= maxAlertBytes && credits.take(bytes)) return this.#append(alert, json, bytes, internal)
    }
    if (!internal) this.#shed.set(alert.priority, (this.#shed.get(alert.priority) ?? 0) + 1)
    return undefined
  }

  /**
   * Takes an alert once there are credits for it, in whatever time that takes: for sources that can wait. Nothing is
   * shed for want of credits.
   *
   * @returns a promise that resolves when the alert is on disk.
   * @throws TercelError TERCEL_SPOOL when the spool has gone, or when the alert is larger than 1 MiB.
   */
  async submit(alert: Alert): Promise<void> {
    const json = JSON.stringify(alert)
    const bytes = Buffer.byteLength(json)
    if (bytes > maxAlertBytes) throw tooLarge(alert.rule, bytes)
    while (!this.#credits.take(bytes)) {
      if (this.#closed) throw spoolGone()
      await this.#room.promise
    }
    return this.#append(alert, json, bytes, false)
  }

  /** Resolves when an alert of any priority would be taken; sources that can wait read no further before. */
  async ready(): Promise<void> {
    while (!this.#credits.ample) await this.#room.promise
    if (this.#closed) throw spoolGone()
  }

  /** How many alerts were shed since the last call, by priority; empty when none were. */
  takeShed(): ShedCounts {
    const counts: Partial<Record<Priority, number>> = {}
    for (const priority of priorities) {
      const count = this.#shed.get(priority)
      if (count !== undefined) counts[priority] = count
    }
    this.#shed.clear()
    return counts
  }

  /** Resolves when all that was taken is on disk. */
  async flush(): Promise<void> {
    this.#send()
    await this.#sent.at(-1)?.done.promise
  }

  /** Waits for what was taken to be on disk, then ends the connection. */
  async close(): Promise<void> {
    await this.flush()
    this.#closed = true
    this.#port.close()
  }

  #append(alert: Alert, json: string, bytes: number, internal: boolean): Promise<void> {
    if (this.#closed) return Promise.reject(spoolGone())
    this.#open ??= openBatch()
    const { batch, spent, spentInternal, done } = this.#open
    addToBatch(batch, { json, bytes, severity: severityOf(alert.priority), rule: alert.rule, internal })
    Atomics.add(this.#outstanding, 0, 1)
    const account = internal ? spentInternal : spent
    account.alerts += 1
    account.bytes += bytes
    if (batch.texts.length >= batchCount || batch.totalBytes >= batchBytes) this.#send()
    else this.#flush ??= setImmediate(() => this.#send())
    return done.promise
  }

  #send(): void {
    clearImmediate(this.#flush)
    this.#flush = undefined
    if (this.#open === undefined) return
    this.#sent.push(this.#open)
    this.#port.postMessage({ kind: 'append', batch: this.#open.batch } satisfies ToSpoolFromProducer)
    this.#open = undefined
  }

  #accepted(batches: number): void {
    for (const { spent, spentInternal, done } of this.#sent.splice(0, batches)) {
      this.#credits.give(spent)
      this.#internalCredits.give(spentInternal)
      done.resolve()
    }
    this.#wakeWaiting()
  }

  #wakeWaiting(): void {
    this.#room.resolve()
    this.#room = Promise.withResolvers<void>()
    this.#room.promise.catch(() => {})
  }

  #lost(): void {
    this.#closed = true
    clearImmediate(this.#flush)
    const open = this.#open === undefined ? [] : [this.#open]
    for (const { done } of [...this.#sent.splice(0), ...open]) done.reject(spoolGone())
    this.#open = undefined
    this.#room.reject(spoolGone())
  }
}

function openBatch(): OpenBatch {
  const done = Promise.withResolvers<void>()
  // Callers that do not wait for the disk may let go of the promise.
  done.promise.catch(() => {})
  return {
    batch: newBatch(),
    spent: { alerts: 0, bytes: 0 },
    spentInternal: { alerts: 0, bytes: 0 },
    done
  }
}

function spoolGone(): TercelError {
  return new TercelError('TERCEL_SPOOL', 'the spool has gone: the alert was not accepted')
}
