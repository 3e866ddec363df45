/**
 * UUIDs of version 7 (RFC 9562, section 5.7): ordered by time, and within a process always rising, unless the clock is set
 * back.
 */

import { randomBytes } from 'node:crypto'

const counterBits = 12

/** Times that are further back than this come from a clock that was set back, not from events out of order. */
const steppedBackMs = 60_000

/**
 * Makes a function that gives a new UUID for a time in milliseconds since the Unix epoch. Where the time does not
 * advance, a counter in the 12 bits after it does (section 6.2, method 1); it begins in its lower half at random.
 */
export function createUuidFactory(
  random: (size: number) => Uint8Array = randomBytes
): (milliseconds: number) => string {
  let last = -1
  let counter = 0
  return milliseconds => {
    const bytes = random(10)
    if (milliseconds > last || milliseconds < last - steppedBackMs) {
      last = milliseconds
      counter = ((bytes[0]! << 8) | bytes[1]!) & ((1 << (counterBits - 1)) - 1)
    } else if (++counter === 1 << counterBits) {
      last++
      counter = 0
    }
    const variant = 0x80 | (bytes[2]! & 0x3f)
    const tail = Buffer.from(bytes.subarray(3)).toString('hex')
    const time = last.toString(16).padStart(12, '0')
    const low = counter.toString(16).padStart(3, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${low}-${variant.toString(16)}${tail.slice(0, 2)}-${tail.slice(2)}`
  }
}
