/** Which dead letters somebody means, and finding them step by step, so that no step takes long. */
import { wildcardMatcher } from '../../rules/engine/switches.ts'
import type { SpoolFile } from './spool-file.ts'

/** What is left out fits every letter. */
export interface DeadLetterFilter {
  readonly ids?: readonly number[] | undefined
  readonly output?: string | undefined
  /** A star stands for any text. */
  readonly rule?: string | undefined
  /** A part of the reason, in capitals or not. */
  readonly reason?: string | undefined
  /** Died at or after this, in milliseconds since the epoch. */
  readonly sinceMs?: number | undefined
  /** Died before this, in milliseconds since the epoch. */
  readonly untilMs?: number | undefined
  /** Those with a higher id: the last id of a page gives the next one. */
  readonly after?: number | undefined
}

/** A dead letter without its alert. */
export interface DeadLetterHead {
  readonly id: number
  readonly output: string
  readonly rule: string
  readonly severity: number
  readonly reason: string
  readonly deadMs: number
  /** What it takes in the file, about. */
  readonly bytes: number
}

/** Letters that are looked at in a step. */
const scanStep = 500

export class DeadLetterScan {
  readonly #file: SpoolFile
  readonly #fits: (letter: DeadLetterHead) => boolean
  /** The newest letter at the start: what dies later is none of this scan. */
  readonly #last: number
  /** Ids that are left to look at, where ids were given. */
  readonly #ids: number[] | undefined
  #after: number
  #done = false

  constructor(file: SpoolFile, filter: DeadLetterFilter) {
    this.#file = file
    this.#fits = letterMatcher(filter)
    this.#last = Number(file.sql.newestDead.get()?.id)
    this.#after = filter.after ?? 0
    this.#ids = filter.ids && [...new Set(filter.ids)].sort((a, b) => a - b)
  }

  /** Whether all were looked at. */
  get done(): boolean {
    return this.#done
  }

  /** The letters that fit among the next ones, oldest first. */
  next(): DeadLetterHead[] {
    const heads = this.#ids === undefined ? this.#nextInRow() : this.#nextOf(this.#ids)
    return heads.filter(this.#fits)
  }

  #nextInRow(): DeadLetterHead[] {
    const heads = this.#read(this.#after, this.#last)
    this.#done = heads.length < scanStep
    this.#after = heads.at(-1)?.id ?? this.#last
    return heads
  }

  #nextOf(ids: number[]): DeadLetterHead[] {
    const step = ids.splice(0, scanStep)
    this.#done = ids.length === 0
    return step.filter(id => id > this.#after && id <= this.#last).flatMap(id => this.#read(id - 1, id))
  }

  #read(after: number, last: number): DeadLetterHead[] {
    return this.#file.sql.deadLetterHeads.all(after, last, scanStep) as unknown as DeadLetterHead[]
  }
}

function letterMatcher({ output, rule, reason, sinceMs, untilMs }: DeadLetterFilter) {
  const isRule = rule === undefined ? () => true : wildcardMatcher(rule)
  const part = reason?.toLowerCase() ?? ''
  return (letter: DeadLetterHead): boolean =>
    (output === undefined || letter.output === output) &&
    letter.deadMs >= (sinceMs ?? Number.NEGATIVE_INFINITY) &&
    letter.deadMs < (untilMs ?? Number.POSITIVE_INFINITY) &&
    isRule(letter.rule) &&
    letter.reason.toLowerCase().includes(part)
}
