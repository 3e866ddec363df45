/** Runs tests of rules: the events of a test through the engine, and its alerts beside those that are expected. */
import type { Alert } from '../../rules/alert.ts'
import { Engine } from '../../rules/engine/engine.ts'
import type { FieldEvent } from '../../rules/engine/field-event.ts'
import { createRuleset, type Rule } from '../../rules/engine/ruleset.ts'
import { differences, type RaisedAlert } from './compare.ts'
import type { Suite } from './load.ts'
import type { RuleTest } from './test-file.ts'

export interface TestResult {
  readonly test: RuleTest
  readonly ms: number
  /** Lines of text that is not yet printable; none where the test has passed. */
  readonly failure: readonly string[]
}

/** Tests are about what rules match, not about how often. */
const noLimit = { burst: Number.MAX_SAFE_INTEGER, perSecond: Number.MAX_SAFE_INTEGER }
const hostname = 'localhost'
const noUuid = '00000000-0000-7000-8000-000000000000'

export function runSuite({ tests, ...rules }: Suite): TestResult[] {
  return tests.map(test => {
    const start = performance.now()
    const failure = failureOf(test, rules)
    return { test, ms: performance.now() - start, failure }
  })
}

type RulesUnderTest = Pick<Suite, 'ruleset' | 'matching'>

function failureOf(test: RuleTest, { ruleset, matching }: RulesUnderTest): string[] {
  const engine = new Engine(ruleset, { hostname, newUuid: () => noUuid, rateLimit: noLimit })
  const raised: RaisedAlert[] = test.events.flatMap((event, index) =>
    engine.evaluate(event).map((alert: Alert) => ({ alert, event: eventName(event, index) }))
  )
  const found = differences(test.alerts, raised)
  return found.length === 0 ? [] : [...found, ...explanation(test, { ruleset, matching })]
}

/** Which rules match which event, and why one that was expected cannot. */
function explanation({ events, alerts }: RuleTest, { ruleset, matching }: RulesUnderTest): string[] {
  const all = createRuleset({ ...ruleset, matching: 'all' })
  const matches = events.map((event, index) => {
    const [first, ...others] = all.match(event, contextOf(index)).map(({ name }) => name)
    if (first === undefined) return `${eventName(event, index)} matches no rule`
    const note = matching === 'first' && others.length > 0 ? '; the first alone raises an alert' : ''
    return `${eventName(event, index)} matches ${[first, ...others].join(', ')}${note}`
  })
  const expected = [...new Set(alerts.map(({ rule }) => rule))].map(name =>
    ruleset.rules.find(rule => rule.name === name)
  )
  return [...matches, ...expected.flatMap(rule => (rule === undefined ? [] : whyNot(rule, events)))]
}

function whyNot(rule: Rule, events: readonly FieldEvent[]): string[] {
  const { name, enabled, source, eventTypes } = rule
  if (!enabled) return [`${name} is disabled`]
  if (events.every(event => event.source !== source)) return [`${name} is for events of source ${source}`]
  if (eventTypes === undefined || events.some(({ type }) => eventTypes.has(type))) return []
  return [`${name} is for events of type ${[...eventTypes].join(', ')}`]
}

function contextOf(index: number) {
  return { hostname, names: { user: () => undefined, group: () => undefined }, eventNumber: index + 1 }
}

function eventName({ type }: FieldEvent, index: number): string {
  return `event ${index + 1} (${type === '' ? 'without evt.type' : type})`
}
