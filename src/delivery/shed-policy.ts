/**
 * Which alerts are shed, and for whom: the lowest priority first, within it the oldest of the rule that is noisiest.
 * Nothing here knows a file or an output; what waits is handed in.
 */

/**
 * Alerts of a lower tier are shed before those of a higher one, without exception: Debug first, tercel's own reports last, as
 * they are what says that others were given up. Within a priority those that a lane holds come last, since their
 * answer would not count any more.
 */
export function shedTier(severity: number, internal: boolean, inFlight: boolean): number {
  return 2 * (internal ? 8 : 7 - severity) + (inFlight ? 1 : 0)
}

const tierCount = 2 * 9

/** What may be shed. */
export interface Candidates {
  /** Adds up bytes and alerts by tier. */
  tally(bytes: Float64Array, alerts: Float64Array): void
  /** Visits those up to a tier, oldest first. */
  each(highestTier: number, visit: (seq: number, bytes: number, tier: number, rule: number) => void): void
}

export interface ShedAmount {
  /** Shed at least so much of alert JSON, if there is as much. */
  readonly bytes: number
  /** Shed no more alerts than this. */
  readonly alerts: number
}

/** The alerts to shed. */
export function chooseVictims(candidates: Candidates, amount: ShedAmount): number[] {
  if (amount.bytes <= 0 || amount.alerts <= 0) return []
  const last = lastTier(candidates, amount)
  const victims: number[] = []
  let bytes = 0
  const rules = new Map<number, RuleQueue>()
  candidates.each(last, (seq, size, tier, rule) => {
    if (tier < last) {
      victims.push(seq)
      bytes += size
    } else {
      const queue = rules.get(rule) ?? new RuleQueue()
      if (queue.count === 0) rules.set(rule, queue)
      queue.add(seq, size, amount.alerts)
    }
  })
  const noisiest = new NoisiestFirst([...rules.values()])
  while (bytes < amount.bytes && victims.length < amount.alerts) {
    const taken = noisiest.take()
    if (taken === undefined) break
    victims.push(taken.seq)
    bytes += taken.bytes
  }
  return victims
}

/** The tier in which enough is reached; those below it are shed whole. */
function lastTier(candidates: Candidates, amount: ShedAmount): number {
  const bytes = new Float64Array(tierCount)
  const alerts = new Float64Array(tierCount)
  candidates.tally(bytes, alerts)
  let bytesLeft = amount.bytes
  let alertsLeft = amount.alerts
  for (let tier = 0; tier < tierCount; tier += 1) {
    bytesLeft -= bytes[tier]!
    alertsLeft -= alerts[tier]!
    if (bytesLeft <= 0 || alertsLeft <= 0) return tier
  }
  return tierCount - 1
}

interface Candidate {
  readonly seq: number
  readonly bytes: number
}

/** The alerts of a rule, oldest first; only so many are kept as may be shed. */
class RuleQueue {
  count = 0
  readonly #oldest: Candidate[] = []
  #taken = 0

  add(seq: number, bytes: number, most: number): void {
    this.count += 1
    if (this.#oldest.length < most) this.#oldest.push({ seq, bytes })
  }

  get next(): Candidate | undefined {
    return this.#oldest[this.#taken]
  }

  take(): Candidate | undefined {
    const taken = this.next
    this.#taken += 1
    this.count -= 1
    return taken
  }

  /** The one with more alerts; of two alike, the one with the older alert. */
  before(other: RuleQueue): boolean {
    if (this.count !== other.count) return this.count > other.count
    return (this.next?.seq ?? Number.POSITIVE_INFINITY) < (other.next?.seq ?? Number.POSITIVE_INFINITY)
  }
}

/** A heap of the rules: the noisiest is at the top. */
class NoisiestFirst {
  readonly #heap: RuleQueue[]

  constructor(rules: RuleQueue[]) {
    this.#heap = rules
    for (let at = (rules.length >>> 1) - 1; at >= 0; at -= 1) this.#sink(at)
  }

  take(): Candidate | undefined {
    const taken = this.#heap[0]?.take()
    this.#sink(0)
    return taken
  }

  #sink(from: number): void {
    const heap = this.#heap
    for (let at = from; ; ) {
      const left = 2 * at + 1
      const right = left + 1
      let first = at
      if (left < heap.length && heap[left]!.before(heap[first]!)) first = left
      if (right < heap.length && heap[right]!.before(heap[first]!)) first = right
      if (first === at) return
      const moved = heap[at]!
      heap[at] = heap[first]!
      heap[first] = moved
      at = first
    }
  }
}

/**
 * How many outputs have to shed for room in the file. Those with the largest backlogs begin: an alert's room is free only
 * once nobody waits for it, and an output that is well has little that waits.
 *
 * @param heldBytes by output, the largest backlog first: what would be freed by its shedding once those before it shed too.
 * @returns the first so many hold, by themselves, what is needed and at least half of what could be freed at all: with less,
 *   a few outputs would lose alerts of high priority while others keep the low ones that take the room.
 */
export function countLaggards(heldBytes: readonly number[], neededBytes: number): number {
  const all = heldBytes.reduce((sum, bytes) => sum + bytes, 0)
  const enough = Math.max(neededBytes, all / 2)
  let held = 0
  for (const [index, bytes] of heldBytes.entries()) {
    held += bytes
    if (held >= enough) return index + 1
  }
  return heldBytes.length
}
