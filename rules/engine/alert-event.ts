/** Alerts as events: what `when` and `throttle` of an output test. */

import type { Event } from '../../collector/event.ts'
import type { Alert } from '../alert.ts'

/** The source of such events: which fields they have. */
export const alertSource = 'alert'

export interface AlertEvent extends Event {
  readonly alert: Alert
}

/** Conditions over alerts go by no time. */
const noTime = 0n

export function alertEvent(alert: Alert): AlertEvent {
  return { source: alertSource, type: '', time: noTime, alert }
}
