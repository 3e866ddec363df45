/** Decides for each request which fault of a programme it meets. Pure but for the clock that is passed in. */
import { seededRandom } from '../../base/seeded-random.ts'
import type { Fault, FaultProgram, When } from './faults.ts'

/** What conditions may ask of a request. */
export interface RequestFacts {
  readonly body: Buffer
  readonly alerts: number
}

export class FaultPlan {
  readonly program: FaultProgram
  readonly #now: () => number
  readonly #startMs: number
  readonly #random: () => number
  #requests = 0

  /** @param now gives milliseconds; requests are counted, and seconds run, from here on. */
  constructor(program: FaultProgram, now: () => number = performance.now.bind(performance)) {
    this.program = program
    this.#now = now
    this.#startMs = now()
    this.#random = seededRandom(program.seed)
  }

  /** The fault that the next request meets, if any. */
  next(facts: RequestFacts): Fault | undefined {
    this.#requests += 1
    const { faults } = this.program
    if (faults.length === 0) return undefined
    const seconds = (this.#now() - this.#startMs) / 1000
    // Every share is drawn for every request: what a draw gives does not depend on time or on the other conditions.
    const draws = faults.map(({ when }) => (when.share === undefined ? 0 : this.#random()))
    return faults.find(({ when }, index) => holds(when, facts, this.#requests, seconds, draws[index]!))
  }
}

function holds(when: When, { body, alerts }: RequestFacts, request: number, seconds: number, draw: number): boolean {
  const { share = 1, first = request, every = 1, contains, min_alerts = 0, min_bytes = 0 } = when
  return (
    draw < share &&
    request <= first &&
    request % every === 0 &&
    alerts >= min_alerts &&
    body.length >= min_bytes &&
    seconds >= (when.from_seconds ?? 0) &&
    seconds < (when.until_seconds ?? Number.POSITIVE_INFINITY) &&
    (contains === undefined || body.includes(contains))
  )
}
