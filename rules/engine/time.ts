/** Wall-clock times as text, in UTC, with nanoseconds. */

import type { Nanoseconds } from '../../collector/event.ts'

const nanosecondsPerSecond = 1_000_000_000n

/** `2026-01-02T03:04:05.123456789Z` */
export function isoTime(time: Nanoseconds): string {
  const seconds = floorSeconds(time)
  const nanoseconds = String(time - seconds * nanosecondsPerSecond).padStart(9, '0')
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${nanoseconds}Z`
}

/** `03:04:05.123456789` */
export function clockTime(time: Nanoseconds): string {
  return isoTime(time).slice(-19, -1)
}

/** `2026-01-02 03:04:05.123456789` */
export function dateTime(time: Nanoseconds): string {
  return isoTime(time).slice(0, -1).replace('T', ' ')
}

export function floorSeconds(time: Nanoseconds): bigint {
  return (time - (((time % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond)) / nanosecondsPerSecond
}
