/** Cutting what is to go together into what is taken at once. */

interface Sized {
  readonly bytes: number
}

/** Of the JSON of all of them. */
export function bytesOf(alerts: readonly Sized[]): number {
  return alerts.reduce((sum, { bytes }) => sum + bytes, 0)
}

/** Cuts what was read into what is taken at once. One that is larger than the limit goes alone. */
export function* batches<T extends Sized>(
  page: readonly T[],
  { maxCount, maxBytes }: { readonly maxCount: number; readonly maxBytes: number }
): Generator<readonly T[]> {
  let batch: T[] = []
  let bytes = 0
  for (const held of page) {
    if (batch.length > 0 && (batch.length >= maxCount || bytes + held.bytes > maxBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(held)
    bytes += held.bytes
  }
  if (batch.length > 0) yield batch
}
