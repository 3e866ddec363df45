/** A test of a reading, as code: how many values there are decides how they are tested. */

import type { Event } from '../../collector/event.ts'
import type { Context, Extraction, Scalar, TextRange } from './fields/field.ts'
import { type CodeScope, type Leaf, type Plan, type Predicate, unfilled } from './plan.ts'
import type { Reading } from './reading.ts'
import type { ValueTest } from './value-test.ts'

/** Whether a test stands under an even or an odd number of nots. */
export type Polarity = 'positive' | 'negative'

export interface LeafOptions {
  /** What the test is, as rule text without its place. */
  readonly text: string
  readonly reading: Reading
  readonly test: ValueTest
  readonly polarity: Polarity
  /** How the values of a list count. */
  readonly list: 'all' | 'any'
  /** Whether both ends of a connection must satisfy the test. */
  readonly bothEnds: boolean
}

/** The plan of a test. A value that is missing makes it false. */
export function leafOf({ text, reading, test, polarity, list, bothEnds }: LeafOptions): Plan {
  const { extraction, argument, cost } = reading
  const weight = { cost: cost + test.cost, likelihood: test.likelihood }
  switch (extraction?.kind) {
    case undefined:
      return unfilled
    case 'one':
      return oneLeaf(text, reading, extraction, test)
    case 'host':
      return unfilled
    case 'list':
      return predicateLeaf(text, weight, listPredicate(extraction, argument, test, list))
    case 'ancestors': {
      const { some } = extraction
      const { holds } = test
      return predicateLeaf(text, { ...weight, cost: weight.cost + 10 }, event => some(event, holds))
    }
    case 'ends':
      return predicateLeaf(text, weight, endsPredicate(extraction, argument, test, bothEnds))
    case 'paths':
      return pathsLeaf(`${polarity} ${text}`, reading.text, weight, extraction, test, polarity)
  }
}

/** That a reading has a value. */
export function existsLeaf(text: string, reading: Reading): Plan {
  const test: ValueTest = { holds: () => true, code: () => 'true', onBytes: () => true, cost: 0, likelihood: 0.9 }
  return leafOf({ text, reading, test, polarity: 'positive', list: 'any', bothEnds: false })
}

function oneLeaf(
  text: string,
  reading: Reading,
  extraction: Extract<Extraction, { kind: 'one' }>,
  test: ValueTest
): Leaf {
  const onText = (scope: CodeScope) => {
    const { get, value } = scope.cell(reading.text, () => {
      const { argument } = reading
      const extra = argument === undefined ? '' : `, ${scope.param(argument)}`
      return `${scope.param(extraction.read)}(event, context${extra})`
    })
    const holds = test.code?.(value, constant => scope.param(constant)) ?? `${scope.param(test.holds)}(${value})`
    return `(${get} !== undefined && ${holds})`
  }
  return {
    kind: 'leaf',
    key: text,
    cost: reading.cost + test.cost,
    likelihood: test.likelihood,
    code: scope => onBytes(scope, reading.text, extraction.range, test, onText) ?? onText(scope)
  }
}

/** Where the bytes of a text stand in a frame, a test is made on them if it can be. */
function onBytes(
  scope: CodeScope,
  reading: string,
  range: TextRange | undefined,
  { onBytes }: ValueTest,
  otherwise: (scope: CodeScope) => string
): string | undefined {
  if (range === undefined || onBytes === undefined) return undefined
  const { get, value } = scope.cell(`bytes ${reading}`, () => `${scope.param(range)}(event)`)
  const fast = `${scope.param(onBytes)}(${value}.bytes, ${value}.start, ${value}.end)`
  return `(${get} !== undefined ? ${fast} : ${otherwise(scope)})`
}

/** A test that is a function. */
export function predicateLeaf(text: string, weight: Pick<Leaf, 'cost' | 'likelihood'>, predicate: Predicate): Leaf {
  return { kind: 'leaf', key: text, ...weight, code: scope => `${scope.param(predicate)}(event, context)` }
}

function listPredicate(
  { read }: Extract<Extraction, { kind: 'list' }>,
  argument: Reading['argument'],
  { holds }: ValueTest,
  list: 'all' | 'any'
): Predicate {
  if (list === 'any') return (event, context) => read(event, context, argument)?.some(holds) ?? false
  return (event, context) => {
    const values = read(event, context, argument)
    return values !== undefined && values.length > 0 && values.every(holds)
  }
}

function endsPredicate(
  { reads: [client, server] }: Extract<Extraction, { kind: 'ends' }>,
  argument: Reading['argument'],
  { holds }: ValueTest,
  both: boolean
): Predicate {
  return (event: Event, context: Context) => {
    const a = client(event, context, argument)
    const b = server(event, context, argument)
    if (a === undefined || b === undefined) return a !== undefined ? holds(a) : b !== undefined && holds(b)
    return both ? holds(a) && holds(b) : holds(a) || holds(b)
  }
}

function pathsLeaf(
  key: string,
  reading: string,
  weight: Pick<Leaf, 'cost' | 'likelihood'>,
  extraction: Extract<Extraction, { kind: 'paths' }>,
  test: ValueTest,
  polarity: Polarity
): Leaf {
  const predicate = pathsPredicate(extraction, test.holds, polarity)
  const onTexts = (scope: CodeScope) => `${scope.param(predicate)}(event, context)`
  const code = (scope: CodeScope) => onBytes(scope, reading, extraction.range, test, onTexts) ?? onTexts(scope)
  return { kind: 'leaf', key, ...weight, code }
}

function pathsPredicate(
  { resolved, asked, of }: Extract<Extraction, { kind: 'paths' }>,
  holds: (value: Scalar) => boolean,
  polarity: Polarity
): Predicate {
  const either = polarity === 'positive'
  return event => {
    const path = resolved(event)
    const other = asked(event)
    if (path === undefined || other === undefined) return false
    const a = of(path, event)
    if (a === undefined) return false
    if (path === other) return holds(a)
    const b = of(other, event)
    if (b === undefined) return false
    return either ? holds(a) || holds(b) : holds(a) && holds(b)
  }
}
