/** Events in, alerts out: tries the rules of a ruleset on each event. */

import type { Event } from '../../collector/event.ts'
import type { Alert, OutputValue } from '../alert.ts'
import type { Context, Hosts, Names } from './fields/field.ts'
import { renderTemplate } from './format.ts'
import { printable } from './printable.ts'
import { defaultRateLimit, type RateLimit, TokenBucket } from './rate-limit.ts'
import { outputValue } from './render.ts'
import type { ExtraField, Rule, Ruleset } from './ruleset.ts'
import { clockTime, isoTime } from './time.ts'

export type { Names } from './fields/field.ts'

export interface EngineOptions {
  readonly hostname: string
  /** Gives a UUIDv7 for a time in milliseconds since the Unix epoch. */
  readonly newUuid: (milliseconds: number) => string
  /** Names of users and groups; by default only those with id 0 are known. */
  readonly names?: Names
  /** What names of hosts in rules stand for. */
  readonly hosts?: Hosts | undefined
  /** Alerts that each rule may raise, whatever it says itself. */
  readonly rateLimit?: RateLimit
}

/** Id 0 is root in every container, for users and for groups. */
const rootOnly: Names = {
  user: uid => (uid === 0 ? 'root' : undefined),
  group: gid => (gid === 0 ? 'root' : undefined)
}

const none: readonly Alert[] = []

export class Engine {
  readonly #ruleset: Ruleset
  readonly #options: EngineOptions
  readonly #context: Context & { eventNumber: number }
  readonly #buckets = new Map<Rule, TokenBucket>()
  #suppressed = new Map<string, number>()

  constructor(ruleset: Ruleset, options: EngineOptions) {
    this.#ruleset = ruleset
    this.#options = options
    const { hostname, names = rootOnly, hosts } = options
    this.#context = { hostname, names, hosts, eventNumber: 0 }
  }

  /**
   * The alerts of the rules that match the event, but for those of rules that have reached their limit. What of the event is
   * in an alert is copied.
   */
  evaluate(event: Event): readonly Alert[] {
    this.#context.eventNumber++
    const rules = this.#ruleset.match(event, this.#context)
    if (rules.length === 0) return none
    return rules.map(rule => this.#raise(rule, event)).filter(alert => alert !== undefined)
  }

  /** How many alerts of each rule its limit has suppressed since the last call. */
  takeSuppressed(): Record<string, number> {
    const suppressed = this.#suppressed
    this.#suppressed = new Map()
    return Object.fromEntries(suppressed)
  }

  #raise(rule: Rule, event: Event): Alert | undefined {
    if (!this.#bucketOf(rule).take(event.time)) {
      this.#suppressed.set(rule.name, (this.#suppressed.get(rule.name) ?? 0) + 1)
      return undefined
    }
    // Falco gives evt.time in nanoseconds; as a number it is exact to 256 of them, `time` is exact.
    const fields: Record<string, OutputValue> = { 'evt.time': Number(event.time) }
    const values: Record<string, OutputValue> = {}
    for (const reading of rule.output.readings) {
      const value = outputValue(reading, event, this.#context)
      values[reading.text] = value
      if (reading.text !== 'evt.time') fields[printable(reading.text)] = value
    }
    for (const field of rule.extraFields) fields[field.name] = extraValue(field, event, this.#context)
    return {
      uuid: this.#options.newUuid(Number(event.time / 1_000_000n)),
      time: isoTime(event.time),
      priority: rule.priority,
      rule: rule.name,
      source: event.source,
      hostname: this.#options.hostname,
      tags: rule.tags,
      output: `${clockTime(event.time)}: ${rule.priority} ${renderTemplate(rule.output, values)}`,
      output_fields: fields
    }
  }

  #bucketOf(rule: Rule): TokenBucket {
    const known = this.#buckets.get(rule)
    if (known !== undefined) return known
    const bucket = new TokenBucket(this.#options.rateLimit ?? rule.rateLimit ?? defaultRateLimit)
    this.#buckets.set(rule, bucket)
    return bucket
  }
}

function extraValue({ kind, value }: ExtraField, event: Event, context: Context): OutputValue {
  if (kind === 'field') return outputValue(value.readings[0]!, event, context)
  const values = value.readings.map(reading => [reading.text, outputValue(reading, event, context)] as const)
  return renderTemplate(value, Object.fromEntries(values))
}
