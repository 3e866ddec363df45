/** Tree to function. Rule text never becomes code: constants are closed over. */

import type { Problem } from '../../base/errors.ts'
import { didYouMean } from '../../base/nearest.ts'
import type { Event } from '../../collector/event.ts'
import { type Connective, type Expression, fieldText, type Test } from './ast.ts'
import { eventNames } from './event-names.ts'
import type { Context, Extraction, Scalar } from './fields/field.ts'
import { type FieldUse, useField } from './fields/registry.ts'
import { operatorCost, passingLengths, type ValueTest, valueTest } from './operators.ts'
import { printable } from './printable.ts'
import { collect, ruleError } from './problems.ts'

export type Predicate = (event: Event, context: Context) => boolean

/** Whether a test stands under an even or an odd number of nots. */
type Polarity = 'positive' | 'negative'

interface Compiled {
  readonly predicate: Predicate
  readonly cost: number
  /** What is connected, where it is a connective. */
  readonly parts?: { readonly kind: Connective['kind']; readonly operands: readonly Compiled[] }
}

/** What the compilation of one condition needs, and whom it tells. */
interface Compilation {
  readonly source: string
  readonly problems: Problem[]
  readonly onField: (use: FieldUse, test: Test) => void
}

/** Compiles a condition whose lists and macros are substituted; every test that is wrong adds to `problems`. */
export function compileCondition(expression: Expression, compilation: Compilation): Predicate {
  return compile(expression, 'positive', compilation).predicate
}

function compile(expression: Expression, polarity: Polarity, compilation: Compilation): Compiled {
  switch (expression.kind) {
    case 'test':
      return collect(compilation.problems, () => compileTest(expression, polarity, compilation)) ?? never
    case 'not': {
      const operand = compile(expression.operand, polarity === 'positive' ? 'negative' : 'positive', compilation)
      return { predicate: negation(operand.predicate), cost: operand.cost }
    }
    case 'macro':
      return expression.body === undefined ? never : compile(expression.body, polarity, compilation)
    default:
      return compileConnective(expression, polarity, compilation)
  }
}

/**
 * Tests have no effects and cannot fail, and a missing value makes a test false wherever it stands: so the cheapest may be
 * made first, also across macros, whose `and` becomes a part of the one around it.
 */
function compileConnective({ kind, operands }: Connective, polarity: Polarity, compilation: Compilation): Compiled {
  const compiled = operands
    .map(each => compile(each, polarity, compilation))
    .flatMap(each => (each.parts?.kind === kind ? each.parts.operands : [each]))
    .sort((a, b) => a.cost - b.cost)
  const predicates = compiled.map(({ predicate }) => predicate)
  const cost = compiled.reduce((sum, each) => sum + each.cost, 0)
  const predicate = kind === 'and' ? conjunction(predicates) : disjunction(predicates)
  return { predicate, cost, parts: { kind, operands: compiled } }
}

function compileTest(test: Test, polarity: Polarity, { source, onField }: Compilation): Compiled {
  const use = useField(test.field, source)
  if (use.field.name === 'evt.type') checkEventNames(test, source)
  onField(use, test)
  const { type, extraction, cost } = use.field
  checkListOperator(test, extraction)
  const holds = test.operator === 'exists' ? () => true : valueTest(test, type)
  if (extraction === undefined) return never
  return {
    predicate: readAndTest(extraction, use, holds, test, polarity),
    cost: cost + operatorCost(test.operator)
  }
}

function readAndTest(
  extraction: Extraction,
  { argument }: FieldUse,
  holds: ValueTest,
  test: Test,
  polarity: Polarity
): Predicate {
  const { operator } = test
  switch (extraction.kind) {
    case 'one':
      return testOf(extraction.read, holds, argument)
    case 'list': {
      const { read } = extraction
      if (operator === 'intersects') return (event, context) => read(event, context, argument)?.some(holds) ?? false
      return (event, context) => {
        const values = read(event, context, argument)
        return values !== undefined && values.length > 0 && values.every(holds)
      }
    }
    case 'ancestors': {
      const { read, some } = extraction
      if (argument !== undefined) return testOf(read, holds, argument)
      return event => some(event, holds)
    }
    case 'ends': {
      const [client, server] = extraction.reads
      const both = operator === '!='
      return (event, context) => {
        const a = client(event, context, argument)
        const b = server(event, context, argument)
        if (a === undefined || b === undefined) return a !== undefined ? holds(a) : b !== undefined && holds(b)
        return both ? holds(a) && holds(b) : holds(a) || holds(b)
      }
    }
    case 'paths': {
      const { length } = extraction
      const lengths = length && passingLengths(test)
      const onPaths = testOfPaths(extraction, holds, polarity)
      if (length === undefined || lengths === undefined) return onPaths
      // Most paths are of a length that no constant has: no string is made of them.
      return event => {
        const bytes = length(event)
        return (bytes === undefined || lengths[bytes] === 1) && onPaths(event)
      }
    }
  }
}

function testOfPaths(
  { resolved, asked, of }: Extract<Extraction, { kind: 'paths' }>,
  holds: ValueTest,
  polarity: Polarity
): (event: Event) => boolean {
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

function testOf(
  read: (event: Event, context: Context, argument: FieldUse['argument']) => Scalar | undefined,
  holds: ValueTest,
  argument: FieldUse['argument']
): Predicate {
  return (event, context) => {
    const value = read(event, context, argument)
    return value !== undefined && holds(value)
  }
}

function checkListOperator({ field, operator, operatorPlace }: Test, extraction: Extraction | undefined): void {
  if (extraction?.kind !== 'list' || ['exists', 'in', 'intersects'].includes(operator)) return
  const name = fieldText(field)
  throw ruleError(`${operator} does not fit ${name}, which is a list; expected exists, in or intersects`, operatorPlace)
}

function checkEventNames({ values }: Test, source: string): void {
  const known = eventNames.get(source) ?? new Set()
  for (const { text, place } of values) {
    if (!known.has(text)) throw ruleError(`unknown event type ${printable(text)}${didYouMean(text, known)}`, place)
  }
}

const never: Compiled = { predicate: () => false, cost: 0 }

function negation(operand: Predicate): Predicate {
  return (event, context) => !operand(event, context)
}

function conjunction(operands: readonly Predicate[]): Predicate {
  const [a, b, c] = operands
  if (operands.length === 2) return (event, context) => a!(event, context) && b!(event, context)
  if (operands.length === 3) return (event, context) => a!(event, context) && b!(event, context) && c!(event, context)
  return (event, context) => {
    for (const operand of operands) if (!operand(event, context)) return false
    return true
  }
}

function disjunction(operands: readonly Predicate[]): Predicate {
  const [a, b, c] = operands
  if (operands.length === 2) return (event, context) => a!(event, context) || b!(event, context)
  if (operands.length === 3) return (event, context) => a!(event, context) || b!(event, context) || c!(event, context)
  return (event, context) => {
    for (const operand of operands) if (operand(event, context)) return true
    return false
  }
}
