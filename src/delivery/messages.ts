/**
 * What the threads say to each other: plain data only. The main thread and the spool's talk over the worker's own
 * port, each producer has a port of its own.
 */
import type { MessagePort } from 'node:worker_threads'
import type { PlainError } from '../plain-error.ts'
import type { BacklogLimits, ShedCause } from './backlog.ts'
import type { Books, Settlement } from './cursor.ts'
import type { DeadLetterFilter } from './dead-letter-scan.ts'
import type { CheckedRows } from './inspection.ts'
import type {
  AddressedBatch,
  AlertBatch,
  DeadLetter,
  DeadLetterCount,
  DeadLetterSum,
  ReadRequest,
  ShedCounts,
  SpooledAlert
} from './records.ts'
import type { DatabaseParts } from './spool-database.ts'
import type { SpoolState } from './spool-state.ts'
import type { ThrottleWindow } from './throttle-windows.ts'

/** What the main thread may ask; each name maps what it gives to what it gets. */
export interface SpoolRequests {
  register: { give: { output: string; from: 'now' | 'oldest'; backlog: BacklogLimits }; get: undefined }
  /** Answered once there is something to read, or with nothing when it is cancelled. */
  next: { give: { output: string; request: ReadRequest; wait: boolean }; get: SpooledAlert[] }
  /** Answered once it is on disk. */
  append: { give: { batch: AddressedBatch }; get: undefined }
  windows: { give: { output: string }; get: ThrottleWindow[] }
  books: { give: { output: string }; get: Books }
  outputs: { give: object; get: string[] }
  deadLetters: { give: { filter: DeadLetterFilter; limit: number }; get: DeadLetter[] }
  countDeadLetters: { give: { filter: DeadLetterFilter }; get: DeadLetterCount[] }
  replayDeadLetters: { give: { filter: DeadLetterFilter }; get: number }
  dropDeadLetters: { give: { filter: DeadLetterFilter }; get: number }
  status: { give: object; get: SpoolStatus }
  /** Gives how many alerts waited for it. */
  forget: { give: { output: string }; get: number }
  checkIndex: { give: { after: number }; get: CheckedRows }
  /** Gives how many bytes were given back to the disk. */
  vacuumStep: { give: object; get: number }
  emptyWal: { give: object; get: undefined }
  close: { give: object; get: undefined }
}

export type SpoolRequestName = keyof SpoolRequests

/** Sizes are as of the last time the file could be read. */
export interface SpoolStatus extends DatabaseParts {
  readonly state: SpoolState
  /** The limit, which `usedBytes` is held against. */
  readonly maxBytes: number
  /** How many alerts were ever accepted. */
  readonly head: number
  /** Transactions since the start, each of which waited for the disk once. */
  readonly commits: number
  /** How many alerts are in the file: some output waits for them, or they are about to be deleted. */
  readonly alerts: number
  /** How long ago the oldest of them was accepted, in milliseconds; 0 when there is none. */
  readonly oldestAlertMs: number
  readonly deadLetters: DeadLetterSum
  /** How many dead letters were deleted since the start, because they took more than their share of the limit. */
  readonly droppedDeadLetters: number
}

export type ToSpool =
  | { readonly kind: 'producer'; readonly port: MessagePort; readonly outstanding: Int32Array<SharedArrayBuffer> }
  | { readonly kind: 'settle'; readonly output: string; readonly settlements: readonly Settlement[] }
  | { readonly kind: 'cancel'; readonly id: number }
  | {
      [Name in SpoolRequestName]: {
        readonly kind: 'request'
        readonly id: number
        readonly name: Name
        readonly give: SpoolRequests[Name]['give']
      }
    }[SpoolRequestName]

export type FromSpool =
  | { readonly kind: 'opened' }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: PlainError }
  | { readonly kind: 'status'; readonly status: SpoolStatus }
  /** Alerts that an output lost at a limit since the last such message. */
  | { readonly kind: 'shed'; readonly output: string; readonly cause: ShedCause; readonly counts: ShedCounts }
  /** Dead letters that were deleted since the last such message. */
  | { readonly kind: 'droppedDeadLetters'; readonly count: number }
  /** The spool cannot go on; the thread ends after it. */
  | { readonly kind: 'failed'; readonly error: PlainError }

/** From a producer: one batch. */
export interface ToSpoolFromProducer {
  readonly kind: 'append'
  readonly batch: AlertBatch
}

/** To a producer: its next so many batches, in the order sent, are on disk. */
export interface ToProducer {
  readonly kind: 'accepted'
  readonly batches: number
}

/** What the spool's thread is started with. */
export interface SpoolWorkerData {
  readonly directory: string
  readonly maxBytes: number
  readonly reserveBytes: number
}
