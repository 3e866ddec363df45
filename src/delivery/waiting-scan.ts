/**
 * Passes over all that waits, for shedding: of a million alerts each takes some milliseconds, as long as nothing is called
 * for every one of them.
 */
import type { AlertIndex } from './alert-index.ts'
import type { AlertSegment } from './alert-segment.ts'
import { lowestBit } from './bits.ts'
import type { OutputCursor } from './cursor.ts'
import { type Candidates, shedTier } from './shed-policy.ts'

/** The bytes of what one output waits for and none of some others. */
export function heldBytes(index: AlertIndex, output: OutputCursor, others: readonly OutputCursor[]): number {
  let bytes = 0
  for (const segment of index.segments) {
    for (let word = 0; 32 * word < segment.count; word += 1) {
      for (let bits = waitingBits(segment, word, [output], others); bits !== 0; bits &= bits - 1) {
        bytes += segment.bytesAt(32 * word + lowestBit(bits))
      }
    }
  }
  return bytes
}

/** What one of some outputs waits for and none of the others. */
export class WaitingCandidates implements Candidates {
  readonly #index: AlertIndex
  readonly #some: readonly OutputCursor[]
  readonly #others: readonly OutputCursor[]
  readonly #handedOut: number

  constructor(index: AlertIndex, some: readonly OutputCursor[], others: readonly OutputCursor[]) {
    this.#index = index
    this.#some = some
    this.#others = others
    this.#handedOut = Math.max(0, ...some.map(({ handedOut }) => handedOut))
  }

  tally(bytes: Float64Array, alerts: Float64Array): void {
    for (const segment of this.#index.segments) {
      for (let word = 0; 32 * word < segment.count; word += 1) {
        for (let bits = waitingBits(segment, word, this.#some, this.#others); bits !== 0; bits &= bits - 1) {
          const at = 32 * word + lowestBit(bits)
          const tier = tierAt(segment, at, this.#handedOut)
          bytes[tier]! += segment.bytesAt(at)
          alerts[tier]! += 1
        }
      }
    }
  }

  each(highestTier: number, visit: (seq: number, bytes: number, tier: number, rule: number) => void): void {
    for (const segment of this.#index.segments) {
      for (let word = 0; 32 * word < segment.count; word += 1) {
        for (let bits = waitingBits(segment, word, this.#some, this.#others); bits !== 0; bits &= bits - 1) {
          const at = 32 * word + lowestBit(bits)
          const tier = tierAt(segment, at, this.#handedOut)
          if (tier <= highestTier) visit(segment.seqAt(at), segment.bytesAt(at), tier, segment.ruleAt(at))
        }
      }
    }
  }
}

function tierAt(segment: AlertSegment, at: number, handedOut: number): number {
  return shedTier(segment.severityAt(at), segment.internalAt(at), segment.seqAt(at) <= handedOut)
}

function waitingBits(
  segment: AlertSegment,
  word: number,
  some: readonly OutputCursor[],
  others: readonly OutputCursor[]
): number {
  let bits = 0
  for (let i = 0; i < some.length; i += 1) bits |= segment.waitingWord(some[i]!.slot, word)
  if (bits === 0) return 0
  for (let i = 0; i < others.length; i += 1) bits &= ~segment.waitingWord(others[i]!.slot, word)
  return bits
}
