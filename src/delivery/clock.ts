/** Time as delivery knows it; tests put their own here. */
import { setTimeout as wait } from 'node:timers/promises'
import { SteadyTime } from './steady-time.ts'

export interface Clock {
  /** Milliseconds since the epoch, without jumps when the machine's clock is set: pauses are reckoned with it. */
  now(): number
  /** Resolves after so many milliseconds, at most 24 days, or as soon as the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Calls `run` after so many milliseconds, at most 24 days. Gives what calls it off, which costs next to nothing. */
  after(milliseconds: number, run: () => void): () => void
}

const time = new SteadyTime()

/** Node takes a longer one for a millisecond; 24 days. */
const longestTimer = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => time.now(),
  async sleep(milliseconds, signal) {
    await wait(Math.min(milliseconds, longestTimer), undefined, { signal }).catch(() => {})
  },
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(milliseconds, longestTimer))
    return () => clearTimeout(timer)
  }
}
