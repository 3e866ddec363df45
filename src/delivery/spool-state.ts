/** How the spool is: what holds up new alerts, if anything does. */
import { TercelError } from '../../base/errors.ts'

export type SpoolState =
  | { readonly kind: 'ok' }
  /** The spool has reached its limit: for what comes in, outputs with the largest backlogs lose alerts. */
  | { readonly kind: 'at_limit' }
  /** New alerts wait until these outputs, which are set to block, have got on. */
  | { readonly kind: 'blocked'; readonly outputs: readonly string[]; readonly reason: string }
  /** The disk is full: cursors are still written, new alerts wait. */
  | { readonly kind: 'disk_full'; readonly reason: string }
  /** Writing failed: nothing is written until the database was reopened and verified. */
  | { readonly kind: 'failing'; readonly reason: string }

/** What is said of each in the log. */
export const stateTexts: Readonly<Record<SpoolState['kind'], string>> = {
  ok: 'the spool takes alerts again',
  at_limit: 'the spool has reached its limit: the outputs with the largest backlogs lose alerts, low priorities first',
  blocked: 'new alerts wait: outputs that are set to block have a full backlog',
  disk_full: 'the disk of the spool is full: new alerts wait until there is room',
  failing: 'the spool cannot write: new alerts wait until it can'
}

/** What is answered while the database is being reopened. */
export function unreadable(state: SpoolState): TercelError {
  const reason = 'reason' in state ? state.reason : 'it is not open'
  return new TercelError('TERCEL_SPOOL', `the spool cannot be read now: ${reason}`)
}
