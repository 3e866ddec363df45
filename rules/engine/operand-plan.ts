/** Tests that compare a field with another field of the same event: `proc.name = val(proc.pname)`. */

import type { Event } from '../../collector/event.ts'
import type { Operator, Test } from './ast.ts'
import { foldCase } from './case.ts'
import { isTime } from './constants.ts'
import type { Context, FieldType, Scalar } from './fields/field.ts'
import { globMatcher } from './glob.ts'
import { type LeafOptions, predicateLeaf } from './leaf.ts'
import { type Plan, unfilled } from './plan.ts'
import { ruleError } from './problems.ts'
import { allOf, firstOf, isList, type ReadAll, type Reading } from './reading.ts'

type Kind = 'text' | 'bytes' | 'boolean' | 'address' | 'time' | 'number'

function kindOf(type: FieldType): Kind {
  if (type === 'CHARBUF') return 'text'
  if (type === 'BYTEBUF') return 'bytes'
  if (type === 'BOOL') return 'boolean'
  if (type === 'IPADDR' || type === 'IPNET') return 'address'
  return isTime(type) ? 'time' : 'number'
}

/**
 * The plan of a comparison of two readings of the same event.
 *
 * @throws TercelError TERCEL_RULES where they cannot be compared
 */
export function operandPlan(test: Test, left: Reading, right: Reading, options: Omit<LeafOptions, 'test'>): Plan {
  const { operator, operatorPlace, modifier } = test
  if (modifier !== undefined) throw ruleError(`${modifier} takes a list of constants`, operatorPlace)
  if (kindOf(left.type) !== kindOf(right.type)) {
    const types = `${left.text} is ${left.type}, and ${right.text} is ${right.type}`
    throw ruleError(`${types}: they cannot be compared`, operatorPlace)
  }
  if (isList(right) && !['in', 'intersects'].includes(operator)) {
    throw ruleError(`${operator} does not fit ${right.text}, which is a list; expected in or intersects`, operatorPlace)
  }
  const own = testedValues(left, options)
  const others = isList(right) ? allOf(right) : firstOf(right)
  const compare = comparisons[operator]
  if (own === undefined || others === undefined || compare === undefined) return unfilled
  const predicate = (event: Event, context: Context): boolean => {
    const values = own.read(event, context)
    const found = values === undefined ? undefined : others(event, context)
    if (values === undefined || found === undefined || values.length === 0) return false
    const holds = (value: Scalar) => found.some(other => compare(value, other))
    return own.every ? values.every(holds) : values.some(holds)
  }
  return predicateLeaf(
    `${options.polarity} ${options.text}`,
    { cost: left.cost + right.cost + 4, likelihood: 0.3 },
    predicate
  )
}

/** The values that a test looks at, and whether it must hold for every one of them. */
function testedValues(reading: Reading, { polarity, list, bothEnds }: Omit<LeafOptions, 'test'>) {
  const { extraction } = reading
  switch (extraction?.kind) {
    case 'paths': {
      const { resolved, asked, of } = extraction
      const read: ReadAll = event => {
        const paths = [resolved(event), asked(event)].filter(path => path !== undefined)
        return paths.map(path => of(path, event)).filter(value => value !== undefined)
      }
      return { read, every: polarity === 'negative' }
    }
    case 'list':
    case 'ancestors':
      return { read: allOf(reading)!, every: list === 'all' && extraction.kind === 'list' }
    case 'one':
    case 'ends':
      return { read: firstOf(reading)!, every: bothEnds }
    default:
      return undefined
  }
}

type Compare = (value: Scalar, other: Scalar) => boolean

const equal: Compare = (value, other) => value === other
const texts = (compare: (value: string, other: string) => boolean) => compare as Compare

/** How two values of an event are compared. */
const comparisons: Readonly<Partial<Record<Operator, Compare>>> = {
  '=': equal,
  '==': equal,
  in: equal,
  intersects: equal,
  '!=': (value, other) => value !== other,
  '<': (value, other) => value < other,
  '<=': (value, other) => value <= other,
  '>': (value, other) => value > other,
  '>=': (value, other) => value >= other,
  contains: texts((value, other) => value.includes(other)),
  bcontains: texts((value, other) => value.includes(other)),
  startswith: texts((value, other) => value.startsWith(other)),
  bstartswith: texts((value, other) => value.startsWith(other)),
  endswith: texts((value, other) => value.endsWith(other)),
  icontains: texts((value, other) => foldCase(value).includes(foldCase(other))),
  glob: texts((value, other) => globMatcher(other)(value)),
  iglob: texts((value, other) => globMatcher(foldCase(other))(foldCase(value)))
}
