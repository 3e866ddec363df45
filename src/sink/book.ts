/** What the sink remembers of alerts: for each uuid how often it came and how often it was taken. Bounded. */
import type { SinkAlert } from './body.ts'

export interface AlertRecord {
  readonly uuid: string
  /** How often it came, also in requests that were not taken. */
  readonly arrived: number
  /** How often it was taken: more than once is a duplicate. */
  readonly taken: number
  /** Its place among the alerts in the order in which they were taken first, from 1; 0 while it is not taken. */
  readonly order: number
  /** When it came first, in milliseconds since 1970. */
  readonly at: number
}

export interface AlertCounts {
  /** Arrivals of alerts. */
  alerts: number
  /** Arrivals that were taken. */
  taken: number
  /** Different uuids that were taken at least once. */
  unique: number
  /** Alerts that were taken more than once. */
  duplicates: number
  /** Arrivals without a uuid, of which duplicates are not seen. */
  anonymous: number
  /** Arrivals of alerts that found no more room in memory, of which duplicates are not seen either. */
  unremembered: number
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A uuid has 36; other senders may have other ids, but none of any length. */
const maxIdLength = 128

export class AlertBook {
  readonly #records = new Map<string, Mutable<AlertRecord>>()
  readonly #limit: number
  readonly counts: AlertCounts = {
    alerts: 0,
    taken: 0,
    unique: 0,
    duplicates: 0,
    anonymous: 0,
    unremembered: 0
  }

  /** @param limit how many uuids are remembered. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** Counts alerts that are not looked at. */
  count(alerts: number, taken: boolean): void {
    this.counts.alerts += alerts
    if (taken) this.counts.taken += alerts
  }

  note(alerts: readonly SinkAlert[], taken: boolean, at: number): void {
    this.count(alerts.length, taken)
    for (const { uuid } of alerts) {
      if (typeof uuid === 'string' && uuid.length <= maxIdLength) this.#note(uuid, taken, at)
      else this.counts.anonymous += 1
    }
  }

  #note(uuid: string, taken: boolean, at: number): void {
    let record = this.#records.get(uuid)
    if (record === undefined) {
      if (this.#records.size >= this.#limit) {
        this.counts.unremembered += 1
        return
      }
      record = { uuid, arrived: 0, taken: 0, order: 0, at }
      this.#records.set(uuid, record)
    }
    record.arrived += 1
    if (!taken) return
    record.taken += 1
    if (record.taken === 1) record.order = ++this.counts.unique
    if (record.taken === 2) this.counts.duplicates += 1
  }

  /** In the order in which they first came. */
  [Symbol.iterator](): IterableIterator<AlertRecord> {
    return this.#records.values()
  }
}
