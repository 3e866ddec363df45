/** Time as delivery knows it; tests put their own here. */
import { setTimeout as wait } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
  /** Calls `run` after so many milliseconds. Gives what calls it off, which costs next to nothing. */
  after(milliseconds: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal) {
    await wait(milliseconds, undefined, { signal }).catch(() => {})
  },
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds)
    return () => clearTimeout(timer)
  }
}
