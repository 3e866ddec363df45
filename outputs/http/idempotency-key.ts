/** The header by which a far end can tell that a request came twice. */
import { hash } from 'node:crypto'
import type { Alert } from '../../rules/alert.ts'

/** The same alerts in the same order have the same key. */
export function idempotencyKey(alerts: readonly Alert[]): string {
  const [first] = alerts
  // What another sensor calls a uuid may be anything: a header takes visible ASCII.
  if (alerts.length === 1 && /^[\x21-\x7e]{1,255}$/.test(first!.uuid)) return first!.uuid
  return hash('sha256', alerts.map(({ uuid }) => uuid).join('\n'))
}
