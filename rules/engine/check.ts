/** Tree to plan: every test is checked, and what is wrong is reported with its place. */

import type { Problem } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import { alertSource } from './alert-event.ts'
import type { Expression, Operator, Test, Value } from './ast.ts'
import { eventNames } from './event-names.ts'
import { existsLeaf, type LeafOptions, leafOf, type Polarity, predicateLeaf } from './leaf.ts'
import { operandPlan } from './operand-plan.ts'
import { type ReadingContext, readingOf } from './operand-reading.ts'
import { anyOfTest, combinedTest, lookupKinds, operatorsOf, valueTest } from './operators.ts'
import { always, type Leaf, never, type Plan } from './plan.ts'
import { printOperand, printTest, printValue } from './print.ts'
import { printable } from './printable.ts'
import { collect, ruleError } from './problems.ts'
import type { Reading } from './reading.ts'

/** What the check of one condition needs, and whom it tells. */
export interface CheckContext extends ReadingContext {
  readonly problems: Problem[]
}

/** The plan of a condition whose lists and macros are substituted; every test that is wrong adds to `problems`. */
export function checkCondition(expression: Expression, context: CheckContext): Plan {
  return check(expression, 'positive', context)
}

function check(expression: Expression, polarity: Polarity, context: CheckContext): Plan {
  switch (expression.kind) {
    case 'test':
      return (
        collect(context.problems, () => checkTest(expression, polarity, context), 'LOAD_ERR_COMPILE_CONDITION') ?? never
      )
    case 'not':
      return {
        kind: 'not',
        part: check(expression.operand, polarity === 'positive' ? 'negative' : 'positive', context)
      }
    case 'macro':
      return expression.body === undefined ? never : check(expression.body, polarity, context)
    default:
      return { kind: expression.kind, parts: expression.operands.map(each => check(each, polarity, context)) }
  }
}

function checkTest(test: Test, polarity: Polarity, context: CheckContext): Plan {
  const { left, operator, modifier, right } = test
  const reading = readingOf(left, context)
  checkOperator(test, reading)
  // What an alert says of its event is a text like any other.
  if (left.kind === 'field' && context.source !== alertSource) {
    if (left.name === 'evt.type' && right.kind === 'values') return typePlan(test, context.source)
    if (left.name === 'evt.dir') return directionPlan(test, reading)
  }
  const text = printTest(test)
  if (reading.shape === 'host') {
    const plan = hostPlan(test, reading, text)
    if (plan !== undefined) return plan
  }
  if (operator === 'exists') return existsLeaf(text, reading)
  const options: Omit<LeafOptions, 'test'> = {
    text,
    reading,
    polarity,
    list: operator === 'in' ? 'all' : 'any',
    bothEnds: operator === '!='
  }
  if (right.kind === 'operand') return operandPlan(test, reading, readingOf(right.operand, context), options)
  const comparison = { operator, type: reading.type, name: printOperand(left) }
  if (modifier === undefined) {
    const plan = leafOf({ ...options, test: valueTest({ ...comparison, values: right.values }) })
    return plan.kind === 'leaf' ? withAlternatives(plan, operator, right.values, options) : plan
  }
  const kind = reading.type === 'CHARBUF' && modifier === 'anyof' ? lookupKinds[operator] : undefined
  if (kind !== undefined && right.values.length > 1) {
    const texts = right.values.map(value => value.text)
    const plan = leafOf({ ...options, test: anyOfTest(kind, texts) })
    return plan.kind === 'leaf' ? withAlternatives(plan, operator, right.values, options) : plan
  }
  const tests = right.values.map(value => valueTest({ ...comparison, values: [value] }))
  return leafOf({ ...options, test: combinedTest(modifier, tests) })
}

/** `fd.name = /a or fd.name in (/b, /c)` is one look-up, and so is one beginning or another, one piece or another. */
function withAlternatives(
  leaf: Leaf,
  operator: Operator,
  values: readonly Value[],
  options: Omit<LeafOptions, 'test'>
): Leaf {
  const { reading, polarity } = options
  const kind = lookupKinds[operator]
  // Where a path must satisfy the test under both its names, one name may not satisfy one alternative and one the other.
  const canMerge = reading.shape === 'one' || (reading.shape === 'paths' && polarity === 'positive')
  if (kind === undefined || reading.type !== 'CHARBUF' || !canMerge) return leaf
  const of = (texts: readonly string[]): Plan => {
    const items = texts.map(text => ({ kind: 'value', text, place: values[0]!.place }) as const)
    const text = `${reading.text} ${operator} anyof (${items.map(printValue).join(', ')})`
    const plan = leafOf({ ...options, text, test: anyOfTest(kind, texts) })
    return plan.kind === 'leaf' ? withAlternatives(plan, operator, items, options) : plan
  }
  return { ...leaf, alternatives: { kind, reading, values: values.map(({ text }) => text), of } }
}

function checkOperator({ operator, operatorPlace, right }: Test, reading: Reading): void {
  if (operator === 'exists') return
  const { type, shape, text } = reading
  if (shape === 'list' && !['in', 'intersects'].includes(operator)) {
    throw ruleError(
      `${operator} does not fit ${text}, which is a list; expected exists, in or intersects`,
      operatorPlace
    )
  }
  const allowed = operatorsOf[type]
  if (!allowed.includes(operator)) {
    const expected = `expected one of ${allowed.join(' ')} exists`
    throw ruleError(`${operator} does not fit ${text}, which is ${type}; ${expected}`, operatorPlace)
  }
  if (right.kind === 'operand' && ['regex', 'pmatch'].includes(operator)) {
    throw ruleError(`${operator} takes constants only`, right.operand.place)
  }
}

/** Undefined where the event says the name itself. */
function hostPlan(
  { operator, operatorPlace, modifier, right }: Test,
  reading: Reading,
  text: string
): Plan | undefined {
  if (right.kind === 'operand' || modifier !== undefined || !['exists', '=', '==', '!=', 'in'].includes(operator)) {
    throw ruleError(`${reading.text} takes exists, =, != and in, with names of hosts`, operatorPlace)
  }
  const { extraction } = reading
  if (extraction?.kind !== 'host') return undefined
  const names = right.values.map(value => value.text)
  return predicateLeaf(text, { cost: 8, likelihood: 0.2 }, (event, context) => {
    const address = extraction.read(event, context, undefined)
    if (address === undefined) return false
    if (operator === 'exists') return true
    return names.some(name => context.hosts?.has(name, address) ?? false) !== (operator === '!=')
  })
}

/** Names of events are known; in code for one type of event the test is a constant. */
function typePlan(test: Test, source: string): Plan {
  const { operator, modifier, right } = test
  const values = right.kind === 'values' ? right.values : []
  const known = eventNames.get(source) ?? new Set()
  for (const { text, place } of values) {
    if (known.has(text)) continue
    const message = `unknown event type ${printable(text)}${didYouMean(text, known)}`
    throw ruleError(message, place, 'LOAD_ERR_UNKNOWN_FILTER')
  }
  const comparison = { operator, type: 'CHARBUF', name: 'evt.type' } as const
  const holds =
    operator === 'exists'
      ? () => true
      : modifier === undefined
        ? valueTest({ ...comparison, values }).holds
        : combinedTest(
            modifier,
            values.map(value => valueTest({ ...comparison, values: [value] }))
          ).holds
  return { kind: 'type', key: printTest(test), admits: type => type !== '' && holds(type) }
}

/** Events are seen when a call returns: the direction is always the way out. */
function directionPlan({ operator, right, left }: Test, { type }: Reading): Plan {
  if (operator === 'exists') return always
  if (right.kind !== 'values') throw ruleError('evt.dir is compared with < or > only', right.operand.place)
  const { holds } = valueTest({ operator, values: right.values, type, name: printOperand(left) })
  return holds('<') ? always : never
}
