/** How long to wait before the next attempt: exponential backoff with full jitter. */

export interface BackoffSettings {
  /** Bound of the first pause, in milliseconds; each further failure doubles it. */
  readonly firstMs: number
  /** No bound is longer. */
  readonly longestMs: number
  /** A pause that the far end asks for is kept, up to this. */
  readonly longestAfterMs: number
}

export const defaultBackoff: BackoffSettings = { firstMs: 100, longestMs: 60_000, longestAfterMs: 3_600_000 }

/** For a far end that refuses us: what an operator has to mend is not mended in seconds. */
export const holdBackoff: BackoffSettings = { firstMs: 5_000, longestMs: 60_000, longestAfterMs: 3_600_000 }

/**
 * Milliseconds until the next attempt: anything from zero to the bound, so that many clients that failed together do
 * not come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * @param failures how many attempts failed in a row, from 1.
 * @param afterMs what the far end asked for; the pause is never shorter.
 * @param random gives numbers from 0 to below 1.
 */
export function backoffMs(
  failures: number,
  afterMs: number | undefined,
  settings: BackoffSettings,
  random: () => number
): number {
  const bound = Math.min(settings.longestMs, settings.firstMs * 2 ** (failures - 1))
  const asked = Math.min(afterMs ?? 0, settings.longestAfterMs)
  return Math.max(asked, Math.floor(random() * bound))
}
