/**
 * A stretch of the index: some thousand alerts in the order in which they came, in columns of 14 bytes an alert, and for
 * each output a bit an alert that says whether it waits for it.
 */
import { clearBit, countBits, hasBit, lowestBit, nextBit, setBit } from './bits.ts'

/** Alerts in a segment at most. */
export const segmentSize = 4_096

const wordCount = segmentSize / 32

const offsetBound = 2 ** 32

/** What the index knows of an alert. */
export interface IndexedAlert {
  readonly seq: number
  /** 0 (Emergency) to 7 (Debug). */
  readonly severity: number
  /** A report of tercel itself. */
  readonly internal: boolean
  /** Of its JSON, below 2^28. */
  readonly bytes: number
  /** Milliseconds since the epoch; by a clock that does not jump. */
  readonly acceptedMs: number
  /** For one output alone: the others never wait for it. */
  readonly addressed: boolean
}

export class AlertSegment {
  readonly firstSeq: number
  /** Of all entries, those that are deleted included. */
  count = 0
  /** How many are in the file. */
  live = 0
  /** How many of those nobody waits for. */
  idle = 0
  readonly #firstMs: number
  readonly #seqs = new Uint32Array(segmentSize)
  readonly #accepted = new Uint32Array(segmentSize)
  /** Bytes, internal and severity: 28, 1 and 3 bits. */
  readonly #weights = new Uint32Array(segmentSize)
  readonly #rules = new Uint16Array(segmentSize)
  readonly #present = new Uint32Array(wordCount)
  /** Made for the first alert that is addressed. */
  #addressed: Uint32Array | undefined
  /** By the slot of the output. */
  readonly #waiting: (Uint32Array | undefined)[] = []

  constructor(firstSeq: number, firstMs: number) {
    this.firstSeq = firstSeq
    this.#firstMs = firstMs
  }

  get lastSeq(): number {
    return this.count === 0 ? this.firstSeq : this.seqAt(this.count - 1)
  }

  /** Whether an alert that came after all others can be added. */
  fits(seq: number, acceptedMs: number): boolean {
    const near = seq - this.firstSeq < offsetBound && acceptedMs - this.#firstMs < offsetBound
    return this.count < segmentSize && near
  }

  /**
   * Adds an alert that came after all others, which nobody waits for yet.
   *
   * @param rule the number that its rule's name has in the index.
   * @returns its place.
   */
  append({ seq, severity, internal, bytes, acceptedMs, addressed }: IndexedAlert, rule: number): number {
    const at = this.count++
    this.#seqs[at] = seq - this.firstSeq
    this.#accepted[at] = Math.max(0, acceptedMs - this.#firstMs)
    this.#weights[at] = (bytes << 4) | (internal ? 8 : 0) | severity
    this.#rules[at] = rule
    setBit(this.#present, at)
    if (addressed) {
      this.#addressed ??= new Uint32Array(wordCount)
      setBit(this.#addressed, at)
    }
    this.live += 1
    return at
  }

  seqAt(at: number): number {
    return this.firstSeq + this.#seqs[at]!
  }

  bytesAt(at: number): number {
    return this.#weights[at]! >>> 4
  }

  severityAt(at: number): number {
    return this.#weights[at]! & 7
  }

  internalAt(at: number): boolean {
    return (this.#weights[at]! & 8) !== 0
  }

  ruleAt(at: number): number {
    return this.#rules[at]!
  }

  acceptedMsAt(at: number): number {
    return this.#firstMs + this.#accepted[at]!
  }

  /** The place of the first alert from `seq` on; `count` when all came before. */
  lowerBound(seq: number): number {
    const offset = seq - this.firstSeq
    if (offset <= 0) return 0
    // Without gaps the place is known.
    if (this.#seqs[offset] === offset && offset < this.count) return offset
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#seqs[middle]! < offset) low = middle + 1
      else high = middle
    }
    return low
  }

  present(at: number): boolean {
    return hasBit(this.#present, at)
  }

  /** The place of the next alert from `at` on that is in the file; `count` when there is none. */
  nextPresent(at: number): number {
    return nextBit(this.#present, at, this.count)
  }

  addressedAt(at: number): boolean {
    return this.#addressed !== undefined && hasBit(this.#addressed, at)
  }

  /** How many alerts are in the file that are for one output alone. */
  get addressed(): number {
    let count = 0
    if (this.#addressed === undefined) return count
    for (let word = 0; word < wordCount; word += 1) count += countBits(this.#addressed[word]! & this.#present[word]!)
    return count
  }

  waits(slot: number, at: number): boolean {
    const bits = this.#waiting[slot]
    return bits !== undefined && hasBit(bits, at)
  }

  /** The place of the next alert from `at` on that an output waits for; `count` when there is none. */
  nextWaiting(slot: number, at: number): number {
    const bits = this.#waiting[slot]
    return bits === undefined ? this.count : nextBit(bits, at, this.count)
  }

  /** 32 alerts from place 32 × `word` on, as bits: those an output waits for. */
  waitingWord(slot: number, word: number): number {
    return this.#waiting[slot]?.[word] ?? 0
  }

  /** Has an output wait for an alert. `countIdle` is due after it. */
  wait(slot: number, at: number): void {
    this.#waiting[slot] ??= new Uint32Array(wordCount)
    setBit(this.#waiting[slot], at)
  }

  /** An output is done with an alert that it waited for. True when nobody waits for it any more. */
  settle(slot: number, at: number): boolean {
    clearBit(this.#waiting[slot]!, at)
    for (const bits of this.#waiting) if (bits !== undefined && hasBit(bits, at)) return false
    this.idle += 1
    return true
  }

  forget(slot: number): void {
    this.#waiting[slot] = undefined
  }

  /** Counts anew how many alerts nobody waits for. */
  countIdle(): void {
    this.idle = 0
    for (let word = 0; word < wordCount; word += 1) this.idle += countBits(this.#idleWord(word))
  }

  /** The place of the next alert from `at` on that nobody waits for; `count` when there is none. */
  nextIdle(at: number): number {
    for (let from = at; from < this.count; from = (from | 31) + 1) {
      const rest = this.#idleWord(from >>> 5) >>> (from & 31)
      if (rest !== 0) return from + lowestBit(rest)
    }
    return this.count
  }

  /** An alert that nobody waited for was deleted. */
  remove(at: number): void {
    if (!this.present(at)) return
    clearBit(this.#present, at)
    this.live -= 1
    this.idle -= 1
  }

  /** Adds what is left of another segment, which came after this one. */
  take(other: AlertSegment): void {
    for (let at = other.nextPresent(0); at < other.count; at = other.nextPresent(at + 1)) {
      const alert = {
        seq: other.seqAt(at),
        severity: other.severityAt(at),
        internal: other.internalAt(at),
        bytes: other.bytesAt(at),
        acceptedMs: other.acceptedMsAt(at),
        addressed: other.addressedAt(at)
      }
      const place = this.append(alert, other.ruleAt(at))
      for (let slot = 0; slot < other.#waiting.length; slot += 1) if (other.waits(slot, at)) this.wait(slot, place)
    }
    this.idle += other.idle
  }

  #idleWord(word: number): number {
    let needed = 0
    for (const bits of this.#waiting) needed |= bits?.[word] ?? 0
    return this.#present[word]! & ~needed
  }
}

/** Two segments as one; undefined when they lie too far apart for one. */
export function joined(first: AlertSegment, second: AlertSegment): AlertSegment | undefined {
  const both = new AlertSegment(first.firstSeq, first.acceptedMsAt(0))
  if (!both.fits(second.lastSeq, second.acceptedMsAt(Math.max(0, second.count - 1)))) return undefined
  both.take(first)
  both.take(second)
  return both
}
