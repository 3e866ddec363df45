/** A clock that runs ahead of the real one, so that minutes of waiting are over in a second. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '../../../../src/delivery/clock.ts'

export function acceleratedClock(factor: number): Clock {
  const start = Date.now()
  return {
    now: () => start + (Date.now() - start) * factor,
    async sleep(milliseconds, signal) {
      await wait(milliseconds / factor, undefined, { signal }).catch(() => {})
    },
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds / factor)
      return () => clearTimeout(timer)
    }
  }
}
