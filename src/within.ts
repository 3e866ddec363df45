/** Waiting for work, but not for ever. */
import { type Clock, systemClock } from './delivery/clock.ts'

/**
 * What the work gives; where that takes longer than so many milliseconds, what `late` gives or throws. The work goes on
 * then, and nobody waits for it.
 */
export async function within<T>(
  work: Promise<T>,
  milliseconds: number,
  late: () => T,
  clock: Pick<Clock, 'after'> = systemClock
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const inTime = clock.after(milliseconds, () => {
    try {
      resolve(late())
    } catch (error) {
      reject(error)
    }
  })
  try {
    return await Promise.race([work, promise])
  } finally {
    inTime()
  }
}

/** For work that gives nothing, and may be late. */
export const goOn = (): void => {}
