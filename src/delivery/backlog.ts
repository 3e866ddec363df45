/** How much may wait for an output, and what happens then. */

export interface BacklogLimits {
  /** Of alert JSON that waits. Without it only the spool's own limit counts. */
  readonly maxBytes?: number | undefined
  /** Older alerts are shed, whatever their priority and whatever `onFull` says: waiting makes nothing younger. */
  readonly maxAgeMs?: number | undefined
  /** `shed` gives up alerts of low priority; `block` has all sources wait until the output gets on. */
  readonly onFull: 'shed' | 'block'
}

export const unlimitedBacklog: BacklogLimits = { onFull: 'shed' }

/** Why alerts were shed for an output: its own limit in bytes or in age, or the limit of the spool. */
export type ShedCause = 'backlog' | 'age' | 'spool'

/** What is said of each in the log. */
export const shedTexts: Readonly<Record<ShedCause, string>> = {
  backlog: 'the backlog of the output is at its limit: alerts were shed, low priorities first',
  age: 'alerts were shed that had waited longer than the output takes them',
  spool: 'the spool is at its limit: alerts were shed for the output, low priorities first'
}

/** What of a backlog its limit is held against. */
export interface Backlog {
  readonly limits: BacklogLimits
  readonly waiting: number
  /** Of the JSON of what waits. */
  readonly waitingBytes: number
}

/**
 * How many bytes of alert JSON may come before a backlog that blocks is full.
 *
 * @param atLeast what an empty backlog takes in any case, or what is larger than the limit would wait for ever.
 */
export function roomBeforeBlocking(
  { limits: { maxBytes, onFull }, waiting, waitingBytes }: Backlog,
  atLeast: number
): number {
  if (onFull === 'shed' || maxBytes === undefined) return Number.POSITIVE_INFINITY
  return waiting === 0 ? Math.max(maxBytes, atLeast) : maxBytes - waitingBytes
}

/** Whether shedding is due. The last alert of a backlog stays, however large: its output may be about to take it. */
export function isOverLimit({ limits: { maxBytes, onFull }, waiting, waitingBytes }: Backlog): boolean {
  return onFull === 'shed' && maxBytes !== undefined && waitingBytes > maxBytes && waiting > 1
}
